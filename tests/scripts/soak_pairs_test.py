"""scripts/soak_pairs.py with prepared pairs, and its one way to them through a stand-in for assay."""
import contextlib
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from tests.scripts.checkout import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "scripts"))
import soak_pairs  # noqa: E402

# Of both shapes at "run"; at "compare" the verdict that the file of its side is given.
STAND_IN = """#!{python}
import json, pathlib, sys
words = sys.argv[1:]
if words[0] == "run":
    one = lambda shape: {{"case": "gemm.f32.blocked/" + shape, "samples": {{"stop_reason": "stable"}}}}
    text = json.dumps({{"measurements": [one("m256_n256_k400"), one("m256_n256_k420")]}})
    pathlib.Path(words[words.index("-o") + 1]).write_text(text)
    sys.exit(0)
sides = [json.loads(pathlib.Path(name).read_text())["measurements"] for name in words[1:3]]
assert [one["case"] for side in sides for one in side] == ["gemm.f32.blocked/m256_n256_k400"] * 2
print(json.dumps({{"cases": [{answers!r}[words[2]]]}}))
"""
SAME, WORSE, BETTER = ({"verdict": verdict, "code": ""} for verdict in ("same", "worse", "better"))
NOISE, CONTENTION = ({"verdict": "not_comparable", "code": code} for code in ("noise", "contention"))


def pair(same, more, busy):
    return {"same": same, "more": dict(more, stable=True), "busy": busy}


GOOD = pair(SAME, WORSE, CONTENTION)


class Pairs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay pairs ")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def soak(self, count, *pairs):
        waiting, text = list(pairs), io.StringIO()
        with contextlib.redirect_stdout(text):
            code = soak_pairs.soak(lambda: waiting.pop(0), count, self.folder / "kept.jsonl")
        self.assertEqual(waiting, [])
        return code, text.getvalue()

    def test_what_is_promised_passes_and_the_figures_are_printed(self):
        code, text = self.soak(2, GOOD, pair(SAME, WORSE, NOISE))
        self.assertEqual(code, 0, text)
        self.assertIn("same case: 2 same: 0 of 2 differ", text)
        self.assertIn("2 of 2 that count are worse", text)
        self.assertIn("1 not_comparable (contention), 1 not_comparable (noise): 0 of 2 better or worse", text)

    def test_a_pair_of_the_same_case_that_differs_fails(self):
        self.assertEqual(self.soak(2, GOOD, pair(WORSE, WORSE, NOISE))[0], 1)

    def test_more_work_that_is_not_seen_or_seen_as_better_fails(self):
        self.assertEqual(self.soak(2, GOOD, pair(SAME, SAME, NOISE))[0], 1)
        self.assertEqual(self.soak(22, *[GOOD] * 19, pair(SAME, BETTER, NOISE))[0], 1)

    def test_a_verdict_beside_another_process_fails(self):
        self.assertEqual(self.soak(1, pair(SAME, WORSE, WORSE))[0], 1)

    def test_noise_counts_in_neither_but_not_for_more_than_half(self):
        self.assertEqual(self.soak(2, GOOD, pair(NOISE, NOISE, NOISE))[0], 0)
        self.assertEqual(self.soak(3, pair(NOISE, NOISE, NOISE))[0], 1)

    def test_what_was_measured_is_not_measured_again(self):
        self.soak(2, GOOD, GOOD)
        self.assertIn("3 of 3 that count", self.soak(3, GOOD)[1])

    def test_a_pair_that_others_disturbed_is_measured_again_and_five_in_a_row_are_no_test(self):
        self.assertEqual(self.soak(1, None, None, GOOD)[0], 0)
        code, text = self.soak(2, *[None] * 5)
        self.assertEqual(code, 77, text)
        self.assertIn("others use this machine; 1 pairs are kept", text)

    def command(self, lines):
        assay = self.folder / "assay"
        assay.write_text(lines)
        assay.chmod(0o755)
        return subprocess.run([sys.executable, REPOSITORY / "scripts/soak_pairs.py", "--assay", assay, "--pairs", "1",
                               "--state", self.folder / "state"], capture_output=True, text=True)

    def test_a_pair_is_three_runs_and_three_comparisons(self):
        answers = {"same.json": {"verdict": "same", "ratio": 1}, "more.json": {"verdict": "worse", "ratio": 1.05},
                   "busy.json": {"verdict": "not_comparable", "reason_code": "contention", "reason": "others"}}
        done = self.command(STAND_IN.format(python=sys.executable, answers=answers))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("pair 1: same same; more worse; busy not_comparable (contention)", done.stdout)
        [kept] = (self.folder / "state").glob("*.jsonl")
        self.assertEqual(json.loads(kept.read_text())["busy"]["reason"], "others")

    def test_a_broken_run_is_told(self):
        done = self.command("#!/bin/sh\necho no such profile >&2\nexit 2\n")
        self.assertEqual(done.returncode, 2)
        self.assertIn("assay run ended with exit code 2: no such profile", done.stdout)


if __name__ == "__main__":
    unittest.main()
