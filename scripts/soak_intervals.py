#!/usr/bin/env python3
"""Whether an interval means between runs what it says: real runs in a row, neighbours compared.

Of the cases at least half are stable in both of two neighbouring runs, and of these the medians differ by
more than the root of the sum of squares of the half-widths in at most one of ten. Exit 0 where both hold,
1 where one does not, 77 (not run) where others used the machine, 2 where a run broke.
"""
import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

WIDEST = 0.05  # of a median's interval over it, as stable_samples has it
CONTENTION = ("cpu_contention", "cpu_steal", "cpu_wait", "cpu_throttled", "foreign_process")


def series_of(document):
    """The samples of every measured case."""
    return {(m["case"], m["series"], m["group"]): m["samples"] for m in document["measurements"]
            if m["status"] == "measured"}


def discarded(samples):
    return samples["discarded"] / (samples["count"] + samples["discarded"])


def is_contended(samples):
    reasons = samples["discard_reasons"]
    return discarded(samples) >= 0.5 and any(reasons.get(reason) for reason in CONTENTION)


def is_stable(samples):
    width = (samples["ci_high_s"] - samples["ci_low_s"]) / samples["median_s"]
    return width <= WIDEST and discarded(samples) <= 0.5 and samples["stop_reason"] != "interrupted"


def half_width(samples):
    return (samples["ci_high_s"] - samples["ci_low_s"]) / 2


def differ(a, b):
    return abs(a["median_s"] - b["median_s"]) > math.hypot(half_width(a), half_width(b))


def compare(runs):
    """Cases of neighbouring runs, those that are stable in both, and those of these that differ."""
    cases, stable, different = 0, 0, []
    for first, second in zip(runs, runs[1:]):
        for key in first.keys() & second.keys():
            cases += 1
            a, b = first[key], second[key]
            if is_stable(a) and is_stable(b):
                stable += 1
                if differ(a, b):
                    different.append((key, a["median_s"], b["median_s"]))
    return cases, stable, different


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assay", required=True, help="the executable")
    parser.add_argument("--runs", type=int, default=int(os.environ.get("ASSAY_SOAK_COUNT", "10")))
    parser.add_argument("--profile", default="quick")
    arguments = parser.parse_args()
    runs = []
    with tempfile.TemporaryDirectory(prefix="assay-intervals-") as folder:
        for number in range(arguments.runs):
            path = pathlib.Path(folder) / f"{number}.json"
            done = subprocess.run([arguments.assay, "run", "--profile", arguments.profile, "-o", path],
                                  capture_output=True, text=True)
            if done.returncode != 0 or not path.exists():
                print(f"run {number + 1} ended with exit code {done.returncode}: {done.stderr}")
                return 2
            runs.append(series_of(json.loads(path.read_text())))
            contended = sum(map(is_contended, runs[-1].values()))
            print(f"run {number + 1}: {sum(map(is_stable, runs[-1].values()))} of {len(runs[-1])} cases are stable, "
                  f"{contended} contended", flush=True)
            if 2 * contended > len(runs[-1]):
                print("not run: others use this machine, and intervals are promised for a quiet one")
                return 77
    cases, stable, different = compare(runs)
    for (case, series, _), a, b in different:
        print(f"  {case} {series}: {a:.4g} s, then {b:.4g} s")
    print(f"{stable} of {cases} pairs of neighbours are stable in both runs (at least half are wanted); "
          f"{len(different)} of them differ by more than their intervals (at most a tenth may)")
    return 0 if 2 * stable >= cases and 10 * len(different) <= stable and cases else 1


if __name__ == "__main__":
    sys.exit(main())
