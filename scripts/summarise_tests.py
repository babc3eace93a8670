"""Prints what scripts/test ran: a line per step, what failed, what was not run and why, the totals.

Reads ctest's JUnit files (build/<preset>/tests.xml) and the steps' own exit codes. A step without
tests of its own (formatting, a build) counts as one. Exits 1 when anything failed.
"""
import argparse
import collections
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree


def read_cases(path):
    """(name, passed|failed|skipped, output) of every test in one of ctest's JUnit files."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        output = case.findtext("system-out") or ""
        if case.find("failure") is not None or case.get("status") == "fail":
            outcome = "failed"
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            outcome = "skipped"
        else:
            outcome = "passed"
        # ctest calls a test whose executable is missing "not run"; here nothing missing is harmless.
        if outcome == "skipped" and "Unable to find executable" in output:
            outcome = "failed"
        yield case.get("name"), outcome, output


def reason_of(output):
    found = re.search(r"^not run: (.*)$", output, re.MULTILINE)
    return found.group(1).strip() if found else "gave no reason"


def read_steps(path):
    for line in pathlib.Path(path).read_text().splitlines():
        name, seconds, status = line.split("\t")
        yield name, int(seconds), int(status)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", required=True)
    parser.add_argument("--presets", nargs="*", default=[])
    parser.add_argument("junit", nargs="*")
    arguments = parser.parse_args()

    totals = collections.Counter()
    per_preset = collections.defaultdict(collections.Counter)
    failures = []
    not_run = collections.defaultdict(lambda: collections.defaultdict(set))  # reason: test: presets
    for path in map(pathlib.Path, arguments.junit):
        preset = path.parent.name
        if preset not in arguments.presets or not path.exists():
            continue
        for name, outcome, output in read_cases(path):
            totals[outcome] += 1
            per_preset[preset][outcome] += 1
            if outcome == "failed":
                failures.append((f"{name} [{preset}]", output))
            elif outcome == "skipped":
                not_run[reason_of(output)][name].add(preset)

    print("\nWhat ran:")
    for name, seconds, status in read_steps(arguments.steps):
        kind, _, preset = name.partition(" ")
        counts = per_preset.get(preset)
        if kind == "test" and counts:
            text = ", ".join(f"{counts[o]} {o}" for o in ("passed", "failed", "skipped"))
            if status != 0 and counts["failed"] == 0:
                totals["failed"] += 1
                failures.append((name, f"ctest ended with an error: see build/logs/{preset}-test.log"))
                text += ", and ctest itself failed"
        else:
            outcome = "passed" if status == 0 else "failed"
            totals[outcome] += 1
            text = outcome
            if status != 0:
                failures.append((name, ""))
        print(f"  {name:<20} {seconds:>5} s  {text}")

    if not_run:
        print("\nNot run:")
        for reason, tests in sorted(not_run.items()):
            print(f"  {reason}:")
            for name, presets in sorted(tests.items()):
                print(f"    {name} ({', '.join(sorted(presets))})")
    if failures:
        print("\nFailed:")
        for name, output in failures:
            print(f"  {name}")
            for line in output.strip().splitlines()[-25:]:
                print(f"    | {line}")
    print(f"\n{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    return 1 if totals["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
