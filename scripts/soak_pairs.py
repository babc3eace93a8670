#!/usr/bin/env python3
"""How often `assay compare` is wrong on real runs: pairs of the same case, of 5 percent more work, and of a busy machine.

A pair is two runs of both shapes and one run of one shape beside a process on half of the processors. Of the pairs
of the same case at most 3 of 100 differ; of those with more work at least 90 of 100 are worse (noise and runs that
the sampler did not call stable count in neither); beside the other process none is better or worse. What was
measured with this executable is kept in --state and not measured again. Exit 0 where all three hold, 1 where one
does not, 77 (not run) where others used the machine, 2 where a run broke.
"""
import argparse
import collections
import contextlib
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROFILE = pathlib.Path(__file__).resolve().parent.parent / "tests/cli/profiles/pairs.json"
SHAPE, MORE_WORK = "m256_n256_k400", "m256_n256_k420"  # 5 percent more
STABLE = ("stable", "noise_stable")
MOST_DISTURBED = 5  # pairs in a row that others disturbed


class Broken(Exception):
    pass


@contextlib.contextmanager
def half_busy():
    """A process for half of the processors, each turning in a circle."""
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(max(1, os.cpu_count() // 2))]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


class Pairs:
    def __init__(self, assay, folder):
        self.assay, self.folder = assay, folder

    def call(self, allowed, *words):
        done = subprocess.run([self.assay, *map(str, words)], capture_output=True, text=True, cwd=self.folder)
        if done.returncode not in allowed:
            raise Broken(f"assay {words[0]} ended with exit code {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def measured(self, name, *more):
        self.call({0}, "run", "--profile", PROFILE, "--backend", "host", "--force", "-o", name, *more)
        return json.loads((self.folder / name).read_text())

    def side(self, document, shape, name):
        """A document of one case, which is called SHAPE whatever its shape is."""
        document = dict(document, measurements=[one for one in document["measurements"] if one["case"].endswith(shape)])
        text = json.dumps(document).replace(MORE_WORK, SHAPE).replace('"k": 420', '"k": 400')
        (self.folder / name).write_text(text)
        return name

    def compared(self, a, b):
        [one] = json.loads(self.call({0, 1, 2}, "compare", a, b, "--format", "json"))["cases"]
        return {"verdict": one["verdict"], "code": one.get("reason_code", ""), "reason": one.get("reason", ""), "ratio": one.get("ratio")}

    def pair(self):
        """The outcomes of each kind; nothing where others disturbed the quiet runs."""
        first, second = self.measured("first.json"), self.measured("second.json")
        stable = all(one["samples"]["stop_reason"] in STABLE for document in (first, second) for one in document["measurements"])
        a = self.side(first, SHAPE, "a.json")
        same = self.compared(a, self.side(second, SHAPE, "same.json"))
        more = self.compared(a, self.side(second, MORE_WORK, "more.json"))
        if "contention" in (same["code"], more["code"]):
            return None
        with half_busy():
            third = self.measured("third.json", "--filter", SHAPE)
        return {"same": same, "more": dict(more, stable=stable), "busy": self.compared(a, self.side(third, SHAPE, "busy.json"))}


def called(outcome):
    return outcome["verdict"] + (f" ({outcome['code']})" if outcome["code"] else "")


def counted(outcomes):
    return ", ".join(f"{count} {word}" for word, count in sorted(collections.Counter(map(called, outcomes)).items()))


def judge(pairs):
    """Prints what came out, and says whether it is what is promised."""
    same, more, busy = ([pair[kind] for pair in pairs] for kind in ("same", "more", "busy"))
    differ = sum(one["verdict"] in ("better", "worse") for one in same)
    certain = [one for one in more if one["stable"] and one["code"] != "noise"]
    worse = sum(one["verdict"] == "worse" for one in certain)
    better = sum(one["verdict"] == "better" for one in more)
    told = sum(one["verdict"] in ("better", "worse") for one in busy)
    print(f"same case: {counted(same)}: {differ} of {len(same)} differ (at most 3 of 100 may)")
    print(f"5 % more work: {counted(more)}: {worse} of {len(certain)} that count are worse (at least 90 of 100 are wanted), {better} better")
    print(f"another process on half of the processors: {counted(busy)}: {told} of {len(busy)} better or worse (none may be)")
    return (100 * differ <= 3 * len(same) and 2 * len(certain) >= len(more) and 100 * worse >= 90 * len(certain) and
            better == 0 and told == 0)


def soak(measure, wanted, kept):
    """Measures what the file `kept` lacks of the wanted pairs, then judges them: the exit code."""
    pairs = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    disturbed = 0
    while len(pairs) < wanted:
        pair = measure()
        if pair is None:
            disturbed += 1
            print(f"pair {len(pairs) + 1}: others used the machine; it is measured again", flush=True)
            if disturbed == MOST_DISTURBED:
                print(f"not run: others use this machine; {len(pairs)} pairs are kept for the next time")
                return 77
            continue
        disturbed = 0
        pairs.append(pair)
        with kept.open("a") as file:
            file.write(json.dumps(pair) + "\n")
        print(f"pair {len(pairs)}: " + "; ".join(f"{kind} {called(one)}" for kind, one in pair.items()), flush=True)
    return 0 if judge(pairs[:wanted]) else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", required=True, type=pathlib.Path, help="the executable")
    parser.add_argument("--pairs", type=int, default=int(os.environ.get("ASSAY_SOAK_COUNT", "100")))
    parser.add_argument("--state", required=True, type=pathlib.Path, help="the folder where measured pairs are kept")
    arguments = parser.parse_args()
    arguments.state.mkdir(parents=True, exist_ok=True)
    executable = hashlib.sha256(arguments.assay.read_bytes() + PROFILE.read_bytes()).hexdigest()[:16]
    with tempfile.TemporaryDirectory(prefix="assay-pairs-") as folder:
        try:
            return soak(Pairs(arguments.assay.resolve(), pathlib.Path(folder)).pair, arguments.pairs, arguments.state / f"{executable}.jsonl")
        except Broken as problem:
            print(problem)
            return 2


if __name__ == "__main__":
    sys.exit(main())
