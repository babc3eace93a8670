"""Nodes as processes on the loopback address, each under a name of its own."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class NodeProcesses:
    """`labels` and `flags` are by node: what each is started with. `executables`, `profiles` and `outputs` are by rank,
    where one has another than the others; `pause_s` passes between two starts, which are in `start_order`.
    On one host all have its name and locks."""

    def __init__(self, profile, labels, flags=None, on_one_host=False, deadline_s=20):
        self.profile, self.labels, self.on_one_host, self.deadline_s = profile, labels, on_one_host, deadline_s
        self.flags = flags or [[] for _ in labels]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay nodes "))
        self.processes = []
        self.executables, self.profiles, self.outputs = {}, {}, {}
        self.pause_s, self.start_order = 0, range(len(labels))

    def __enter__(self):
        (self.folder / "token").write_text("a token of this test\n")
        address = f"127.0.0.1:{free_port()}"
        self.processes = [None] * len(self.labels)
        for rank in self.start_order:
            host = 0 if self.on_one_host else rank
            locks = self.folder / f"locks{host}"
            locks.mkdir(exist_ok=True)
            environment = dict(os.environ, NODE_NAME=f"host{host}", ASSAY_LOCK_DIR=str(locks),
                               ASSAY_NODE_LABELS=self.labels[rank])
            command = [self.executables.get(rank, ASSAY), "run", "--profile", self.profiles.get(rank, self.profile),
                       "--backend", "host", "--rendezvous", address,
                       "--rank", str(rank), "--world-size", str(len(self.labels)), "--deadline", str(self.deadline_s),
                       "--token-file", self.folder / "token", "-o", self.output(rank), *self.flags[rank]]
            self.processes[rank] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                                    env=environment)
            time.sleep(self.pause_s)
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.communicate()
        shutil.rmtree(self.folder)

    def output(self, rank):
        return self.outputs.get(rank, self.folder / f"node{rank}")

    def wait(self):
        """Exit code and standard error by rank."""
        ended = [(process, process.communicate(timeout=240)[1]) for process in self.processes]
        return [(process.returncode, errors) for process, errors in ended]

    def fabric_document(self):
        return json.loads((self.output(0) / "fabric.json").read_text())

    def node_document(self, rank):
        (path,) = (self.output(0) / "nodes").glob(f"rank{rank:04}-*.json")
        return json.loads(path.read_text())

    def assay(self, *words):
        return subprocess.run([ASSAY, *words], capture_output=True, text=True)
