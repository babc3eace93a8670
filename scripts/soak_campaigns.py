"""scripts/soak: runs tests with the long counts that issues name, one item a test, resumable.

An item is a ctest test run with ASSAY_SOAK_COUNT set, or a fuzz target run for some minutes. What
passed with this count and this executable is remembered in build/soak/ and not run again.
"""
import argparse
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time


@dataclasses.dataclass(frozen=True)
class Campaign:
    """Tests whose name matches `pattern` and that carry `label`, run with `count`."""

    name: str
    what: str
    unit: str
    count: int
    pattern: str = ""
    label: str = "property"
    only_when_named: bool = False
    at_once: int = 0  # so many of the count are an item of their own; 0: all
    starts_assay: bool = False  # what passed is good for this build of it alone


CAMPAIGNS = (
    Campaign("emulator", "kernels on the CPU under every scheduling mode", "seeds per mode", 2000,
             r"^emulator: (?!.*(?i:gemm|attention)).*in every mode"),
    Campaign("gemm", "the GEMM kernels on the CPU under every scheduling mode, by dtype and configuration",
             "seeds per mode", 200, r"^emulator: .*(?i:gemm).*in every mode"),
    Campaign("attention", "the attention kernels on the CPU under every scheduling mode", "seeds per mode", 200,
             r"^emulator: .*(?i:attention).*in every mode"),
    Campaign("signals", "kill -9, Ctrl-C and SIGTERM at seeded moments of a run", "moments", 200,
             r"^cli: .*at any moment", "", starts_assay=True),
    Campaign("faults", "faults against a run: killed, stopped, hung, short of disk, memory or threads, slow disk, clock step", "faults", 300,
             r"^cli: seeded faults", "", at_once=10, starts_assay=True),
    Campaign("properties", "every other property test", "seeds", 2000,
             r"^(?!emulator: |simulate: |conformance: a single edit)"),
    Campaign("edits", "single edits of a passing document: refused, or seen in its verdict", "edits", 1000,
             r"^conformance: a single edit"),
    Campaign("accuracy", "our timing against a bare loop", "alternated pairs", 200,
             r"^(kernels|measure|collectives): ", "timing"),
    Campaign("culprits", "simulated fabrics with planted faults: the truth is named and nobody else", "seeds", 1000,
             r"^collectives: .*(hosts with planted faults|accuses nobody|slow uplink)"),
    Campaign("fabric", "hosts as network namespaces: slow, cut off, stopped, killed", "seeds", 20, r"^netns: ",
             "integration", starts_assay=True),
    Campaign("compare", "pairs of runs: the same, 5 percent more work, and a busy machine", "pairs of each", 100,
             "", ""),
    Campaign("judging", "simulated clusters with known truth: who is failed and named", "clusters of each kind", 1000,
             r"^simulate: .*(are judged by|that differ)", at_once=100),
    Campaign("fuzz", "the parsers' fuzz targets under libFuzzer", "CPU minutes", 10, "", ""),
    Campaign("coverage", "simulated series: how often an interval between passes holds the truth", "series", 10000,
             r"^core: an interval between passes"),
    Campaign("intervals", "real quick runs in a row on a quiet machine: neighbours differ by less than their intervals",
             "runs", 10, "", "", only_when_named=True),
    Campaign("mutants", "bugs planted one at a time in the folders of --folders, which a test must notice", "seeds", 200,
             "", "", only_when_named=True),
)


@dataclasses.dataclass(frozen=True)
class Item:
    campaign: Campaign
    name: str
    command: tuple
    directory: str
    count: int
    first: int = 0
    executable: str = ""  # that the command starts in turn
    of: int = 0  # the whole count, of which this may be a piece

    def of_how_many(self):
        return f"{self.first}+{self.count}" if self.campaign.at_once else str(self.count)

    def digest(self):
        files = hashlib.sha256()
        for word in map(pathlib.Path, (*self.command, self.executable)):
            if word.is_file():
                files.update(word.read_bytes())
        return files.hexdigest()[:16]

    def key(self):
        """What a remembered pass is good for: this test, this count, these executables."""
        return f"{self.campaign.name}|{self.name}|{self.of_how_many()}|{self.digest()}"

    def environment(self, state):
        """What a test finds goes together with what the pieces before it found."""
        return {"ASSAY_SOAK_COUNT": str(self.count), "ASSAY_SOAK_FIRST": str(self.first),
                "ASSAY_SOAK_OF": str(self.of or self.count),
                "ASSAY_SOAK_STATE": str(state / "pieces" / f"{self.digest()}-{self.of}")}


def property_of(test, name, default=None):
    return next((p["value"] for p in test.get("properties", []) if p["name"] == name), default)


def ctest_items(campaign, count, build):
    listing = subprocess.run(["ctest", "--test-dir", str(build), "--show-only=json-v1"],
                             check=True, capture_output=True, text=True).stdout
    for test in json.loads(listing)["tests"]:
        labels = property_of(test, "LABELS", [])
        if "command" in test and re.search(campaign.pattern, test["name"]) and (
                not campaign.label or campaign.label in labels):
            directory = property_of(test, "WORKING_DIRECTORY", str(build))
            at_once = campaign.at_once or count
            for first in range(0, count, at_once):
                yield Item(campaign, test["name"], tuple(test["command"]), directory, min(at_once, count - first),
                           first, str(build / "assay") if campaign.starts_assay else "", count)


def fuzz_items(campaign, minutes, root, state):
    for target in sorted((root / "build/fuzz").glob("**/fuzz_*")):
        if target.is_file() and os.access(target, os.X_OK):
            corpus = state / "corpus" / target.name
            corpus.mkdir(parents=True, exist_ok=True)
            seeds = root / "tests/fuzz/corpus" / target.name.removeprefix("fuzz_")
            command = [str(target), "-print_final_stats=1", str(corpus)]
            command += [str(seeds)] if seeds.is_dir() else []
            yield Item(campaign, target.name, tuple(command), str(corpus.parent), minutes)


def mutant_items(campaign, count, root, state, folders):
    for seed in range(1, count + 1):
        command = [str(root / "scripts/mutants.py"), "--seed", str(seed), "--state", str(state / "mutants")]
        yield Item(campaign, f"bug {seed} in {folders or 'every folder'}",
                   tuple(command + (["--folders", folders] if folders else [])), str(root), seed)


def interval_items(campaign, count, root, build):
    command = (str(root / "scripts/soak_intervals.py"), "--assay", str(build / "assay"))
    yield Item(campaign, "neighbouring runs of profile quick", command, str(build), count)


def pair_items(campaign, count, root, build, state):
    command = (str(root / "scripts/soak_pairs.py"), "--assay", str(build / "assay"), "--state", str(state / "pairs"))
    yield Item(campaign, "pairs of runs compared", command, str(build), count)


def items_of(campaign, arguments, root, build, state):
    count = arguments.count or campaign.count
    if campaign.name == "fuzz":
        return fuzz_items(campaign, count, root, state)
    if campaign.name == "intervals":
        return interval_items(campaign, count, root, build)
    if campaign.name == "compare":
        return pair_items(campaign, count, root, build, state)
    if campaign.name == "mutants":
        return mutant_items(campaign, count, root, state, arguments.folders)
    return ctest_items(campaign, count, build)


def cpu_seconds(pid):
    """What the process has had of the cores: its 14th and 15th figure, counted past its name."""
    figures = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(figures[11]) + int(figures[12])) / os.sysconf("SC_CLK_TCK")


def wait_for(process, cpu_limit_s):
    """Its exit code; libFuzzer ends with 0 at SIGUSR1, which it gets when its CPU time is over."""
    while cpu_limit_s and process.poll() is None:
        if cpu_seconds(process.pid) >= cpu_limit_s:
            process.send_signal(signal.SIGUSR1)
            break
        time.sleep(0.2)
    return process.wait()


def end_group(process):
    """SIGTERM to all that it started, and SIGKILL to what is there ten seconds later."""
    for number, patience_s in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, number)
            process.wait(patience_s)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass


def run_item(item, log, state):
    environment = dict(os.environ, **item.environment(state))
    begin = time.monotonic()
    cpu_limit_s = item.count * 60 if item.campaign.name == "fuzz" else None
    with open(log, "w") as output:
        process = subprocess.Popen(item.command, cwd=item.directory, env=environment, stdout=output,
                                   stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            status = wait_for(process, cpu_limit_s)
        except BaseException:  # Ctrl-C: nothing of it goes on in the background
            end_group(process)
            raise
    outcome = {0: "passed", 77: "not run"}.get(status, f"FAILED (exit {status})")
    return {"outcome": outcome, "seconds": round(time.monotonic() - begin), "log": str(log)}


def save(path, remembered):
    new = path.with_suffix(".new")
    new.write_text(json.dumps(remembered, indent=1))
    new.replace(path)


def listing_of(campaigns):
    return "\n".join(f"  {c.name:<11} {c.what}: {c.count:,} {c.unit}" for c in campaigns)


def parse_arguments():
    names = [campaign.name for campaign in CAMPAIGNS]
    parser = argparse.ArgumentParser(
        prog="scripts/soak", description="Runs tests with long counts; what passed is not run again.",
        epilog="campaigns (all but intervals and mutants when none is named):\n" + listing_of(CAMPAIGNS),
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a campaign")
    parser.add_argument("--count", type=int, help="instead of the campaign's own count or minutes")
    parser.add_argument("--only", default="", metavar="REGEX", help="only items whose name matches")
    parser.add_argument("--folders", default="", metavar="FOLDER[,FOLDER]...",
                        help="where mutants plants bugs (every folder that scripts/mutants.py knows)")
    parser.add_argument("--restart", action="store_true", help="forget what passed before")
    parser.add_argument("--list", action="store_true", help="list the chosen campaigns and end")
    parser.add_argument("--build", type=pathlib.Path, help="the build whose tests are run (build/host)")
    parser.add_argument("--state", type=pathlib.Path, help="where results are kept (build/soak)")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(names)
    if unknown:
        parser.error(f"no campaign is called {sorted(unknown)[0]!r}: choose from {', '.join(names)}")
    if arguments.count is not None and arguments.count < 1:
        parser.error("--count takes a number above 0")
    return arguments


def main():
    arguments = parse_arguments()
    chosen = [c for c in CAMPAIGNS if c.name in arguments.names or not arguments.names and not c.only_when_named]
    if arguments.list:
        print(listing_of(chosen))
        return 0
    root = pathlib.Path(__file__).resolve().parent.parent
    build = (arguments.build or root / "build/host").resolve()
    if arguments.build and not (build / "CTestTestfile.cmake").exists():
        print(f"scripts/soak: --build {arguments.build}: no tests were built there", file=sys.stderr)
        return 2
    state = (arguments.state or root / "build/soak").resolve()
    (state / "logs").mkdir(parents=True, exist_ok=True)
    memory = state / "passed.json"
    remembered = {} if arguments.restart or not memory.exists() else json.loads(memory.read_text())

    rows = []
    for campaign in chosen:
        items = [item for item in items_of(campaign, arguments, root, build, state)
                 if re.search(arguments.only, item.name)]
        if not items:
            print(f"{campaign.name}: no item")
        for item in items:
            key = item.key()
            if key in remembered:
                result = dict(remembered[key], outcome="passed before")
            else:
                log = state / "logs" / (re.sub(r"[^A-Za-z0-9]+", "-", f"{campaign.name} {item.name} {item.first}") + ".log")
                result = run_item(item, log, state)
                if result["outcome"] == "passed":
                    remembered[key] = result
                    save(memory, remembered)
            if campaign.name == "mutants" and "FAILED" in result["outcome"]:
                print(pathlib.Path(result["log"]).read_text().partition("\nSURVIVED")[0])
            if campaign.name == "compare" and os.path.exists(result["log"]):
                print("\n".join(pathlib.Path(result["log"]).read_text().splitlines()[-3:]))  # its figures
            if campaign.name == "judging" and os.path.exists(result["log"]):
                print("\n".join(re.findall(r"MESSAGE: (\|.*)", pathlib.Path(result["log"]).read_text())))
            rows.append((item, result))
            print(f"{result['outcome']:<14} {result['seconds']:>6} s  {item.of_how_many():>6} {campaign.unit}  "
                  f"{item.name}" + (f"  (see {result['log']})" if "FAILED" in result["outcome"] else ""), flush=True)

    table = ["| campaign | item | count | outcome | seconds |", "|---|---|---|---|---|"]
    table += [f"| {i.campaign.name} | {i.name} | {i.of_how_many()} {i.campaign.unit} | {r['outcome']} | {r['seconds']} |"
              for i, r in rows]
    (state / "summary.md").write_text("\n".join(table) + "\n")
    print("\n" + "\n".join(table))
    failed = sum("FAILED" in result["outcome"] for _, result in rows)
    passed = sum(result["outcome"].startswith("passed") for _, result in rows)
    print(f"\n{passed} passed, {failed} failed, {len(rows) - passed - failed} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nstopped; what passed is remembered", file=sys.stderr)
        sys.exit(130)
