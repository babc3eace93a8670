"""Hosts as network namespaces joined by a bridge, every link shaped; a rank of assay runs in each."""
import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from tests.not_run import not_run

ROOT = pathlib.Path(__file__).resolve().parents[3]
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"
INSIDE = "ASSAY_TEST_INSIDE_NAMESPACE"
PORT = 29400
SOUND_MBIT = 200


def enter_private_network():
    """Starts this process again in a network namespace of its own, as root there; once."""
    if os.environ.get(INSIDE):
        return
    for tool in ("unshare", "nsenter", "ip", "tc"):
        if not shutil.which(tool):
            not_run(f"{tool} is not installed")
    flags = ["-n"] if os.geteuid() == 0 else ["-Urn"]
    probe = subprocess.run(["unshare", *flags, "sh", "-c", "ip link add assay0 type bridge && unshare -n true"],
                           capture_output=True, text=True)
    if probe.returncode != 0:
        not_run("no network namespace with a bridge can be made: " + probe.stderr.strip()[:200])
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", *flags, sys.executable, *sys.argv])


def run(*command):
    subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True)


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def go_before_others():
    """A rank that waits for a core looks like one behind a slow link."""
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


class ShapedFabric:
    """`mbit` gives a host's link rate where it is not the sound one, or that of one of its `nics` as (host, nic);
    `timed` ranks go before other programs; with `ipv6` the hosts have no IPv4 address but loopback's, and each knows
    `names` (addresses by name) from its /etc/hosts."""

    def __init__(self, hosts, mbit=None, sound=SOUND_MBIT, timed=False, nics=1, ipv6=False, names=None):
        self.hosts, self.nics, self.timed, self.ipv6 = hosts, nics, timed, ipv6
        self.names, self.meeting_place = names or {}, self.in_brackets(self.address(0))
        self.mbit = {(rank, nic): (mbit or {}).get((rank, nic), (mbit or {}).get(rank, sound))
                     for rank in range(hosts) for nic in range(nics)}
        self.ranks = []

    def __enter__(self):
        probe = subprocess.run(["unshare", "-m", "true"], capture_output=True, text=True)
        if self.names and probe.returncode != 0:  # as in a chroot
            not_run("no /etc/hosts of its own can be given to a host: " + probe.stderr.strip()[:200])
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay fabric "))
        (self.folder / "token").write_text("a token of this test\n")
        lines = [f"{address} {name}\n" for name, addresses in self.names.items() for address in addresses]
        (self.folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(lines))
        for nic in range(self.nics):
            run("ip", "link", "add", f"assay{nic}", "type", "bridge")
            run("ip", "link", "set", f"assay{nic}", "up")
        return self

    def __exit__(self, *_):
        for rank in self.ranks:
            if rank.poll() is None:
                rank.kill()
            rank.wait()
            rank.stdin.close()
        for nic in range(self.nics):
            for rank in range(self.hosts):
                subprocess.run(["ip", "link", "del", self.outer_end(rank, nic)], capture_output=True)
            run("ip", "link", "del", f"assay{nic}")
        shutil.rmtree(self.folder)

    def start(self, profile, *flags):
        """One rank in each host, all of them let go at once when their links are there."""
        for rank in range(self.hosts):
            self.ranks.append(self.waiting_rank(rank, profile, flags))
        for rank, process in enumerate(self.ranks):
            self.join(rank, process.pid)
        for process in self.ranks:
            process.stdin.close()
        return self

    def waiting_rank(self, rank, profile, flags):
        command = [ASSAY, "run", "--profile", profile, "--backend", "host", "--rendezvous",
                   f"{self.meeting_place}:{PORT}", "--rank", str(rank), "--world-size", str(self.hosts),
                   "--token-file", self.folder / "token", "-o", self.output(rank), *flags]
        own_mounts, prepare = (["-m"], 'mount --bind "$0" /etc/hosts; ') if self.names else ([], "")
        locks = self.folder / f"locks{rank}"
        locks.mkdir()
        environment = dict(os.environ, NODE_NAME=f"host{rank}", ASSAY_LOCK_DIR=str(locks))
        with open(self.folder / f"stdout{rank}", "w") as output, open(self.folder / f"stderr{rank}", "w") as errors:
            process = subprocess.Popen(
                ["unshare", "-n", *own_mounts, "sh", "-c", prepare + 'read -r line; exec "$@"',
                 self.folder / "hosts", *map(str, command)],
                stdin=subprocess.PIPE, stdout=output, stderr=errors, env=environment, preexec_fn=self.before_rank)
        own = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{process.pid}/ns/net") == own:
            time.sleep(0.005)
        return process

    def before_rank(self):
        die_with_parent()
        if self.timed:
            go_before_others()

    def join(self, rank, pid):
        run("nsenter", "-t", pid, "-n", "ip", "link", "set", "lo", "up")
        for nic in range(self.nics):
            self.plug_in(rank, nic, pid)

    def plug_in(self, rank, nic, pid):
        inside, outer, inner = ["nsenter", "-t", pid, "-n"], self.outer_end(rank, nic), f"eth{nic}"
        run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", pid)
        run("ip", "link", "set", outer, "master", f"assay{nic}", "up")
        prefix = ["64", "nodad"] if self.ipv6 else ["24"]  # an address that is looked for twice comes a second later
        run(*inside, "ip", "address", "add", f"{self.address(rank, nic)}/{prefix[0]}", "dev", inner, *prefix[1:])
        run(*inside, "ip", "link", "set", inner, "up")
        shape = ["root", "tbf", "rate", f"{self.mbit[rank, nic]}mbit", "burst", "32kb", "latency", "100ms"]
        run("tc", "qdisc", "add", "dev", outer, *shape)
        run(*inside, "tc", "qdisc", "add", "dev", inner, *shape)

    def cut_off(self, rank):
        run("ip", "link", "set", self.outer_end(rank, 0), "down")

    @staticmethod
    def outer_end(rank, nic):
        return f"v{rank}n{nic}"

    def address(self, rank, nic=0):
        return f"fd77:{nic}::{rank + 1}" if self.ipv6 else f"10.77.{nic}.{rank + 1}"

    @staticmethod
    def in_brackets(address):
        return f"[{address}]" if ":" in address else address

    def output(self, rank):
        return self.folder / f"host{rank}"

    def stderr(self, rank):
        return (self.folder / f"stderr{rank}").read_text()

    def wait(self, timeout_s):
        """Exit codes by rank."""
        end = time.monotonic() + timeout_s
        return [rank.wait(max(0.1, end - time.monotonic())) for rank in self.ranks]

    def fabric_document(self):
        return json.loads((self.output(0) / "fabric.json").read_text())

    def check(self, profile, *flags):
        """The verdict on rank 0's folder, requirements by id."""
        done = subprocess.run([ASSAY, "check", self.output(0), "--profile", profile, "--format", "json", *flags],
                              capture_output=True, text=True)
        verdict = json.loads(done.stdout)
        return done.returncode, {one["id"]: one for one in verdict["requirements"]}


def seeds():
    return range(1, int(os.environ.get("ASSAY_SOAK_COUNT", "1")) + 1)
