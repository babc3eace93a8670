"""scripts/soak_intervals.py on a stand-in for assay that writes prepared runs."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from tests.scripts.checkout import REPOSITORY


def measurement(case, median_s, half_s, discarded=0, reason="cpu_contention"):
    return {"case": case, "series": "cold", "group": "g", "status": "measured",
            "samples": {"count": 10, "discarded": discarded, "discard_reasons": {reason: discarded} if discarded else {},
                        "median_s": median_s, "ci_low_s": median_s - half_s, "ci_high_s": median_s + half_s,
                        "stop_reason": "max_time"}}


class Intervals(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay intervals ")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.assay = self.folder / "assay"
        self.assay.write_text('#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\n'
                              f'cd "{self.folder}" && n=$(ls -d run* | head -1) && mv "$n" "$2"\n')
        self.assay.chmod(0o755)

    def soak(self, *runs):
        for number, measurements in enumerate(runs):
            (self.folder / f"run{number}").write_text(json.dumps({"measurements": measurements}))
        return subprocess.run([sys.executable, REPOSITORY / "scripts/soak_intervals.py", "--assay", self.assay,
                               "--runs", str(len(runs))], capture_output=True, text=True)

    def test_neighbours_inside_their_intervals_pass(self):
        # Half-widths of 0.02 each: their root of squares is 0.0283.
        result = self.soak([measurement("a", 1, 0.02)], [measurement("a", 1.028, 0.02)])
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("1 of 1 pairs", result.stdout)

    def test_neighbours_beyond_their_intervals_are_named_and_fail(self):
        result = self.soak([measurement("a", 1, 0.02)], [measurement("a", 1.029, 0.02)])
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn("a cold: 1 s, then 1.029 s", result.stdout)

    def test_one_of_ten_may_differ(self):
        steady = [measurement(f"c{i}", 1, 0.02) for i in range(9)]
        result = self.soak(steady + [measurement("a", 1, 0.01)], steady + [measurement("a", 1.1, 0.01)])
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_less_than_half_of_the_cases_stable_fails(self):
        one = [measurement("a", 1, 0.01), measurement("b", 1, 0.2), measurement("c", 1, 0.2)]
        self.assertEqual(self.soak(one, one).returncode, 1)
        self.assertEqual(self.soak(one[:2], one[:2]).returncode, 0)

    def test_a_machine_that_others_use_is_no_test(self):
        contended = [measurement("a", 1, 0.01, discarded=10)]
        result = self.soak(contended, contended)
        self.assertEqual(result.returncode, 77, result.stdout)
        self.assertIn("others use this machine", result.stdout)

    def test_a_hot_device_is_no_reason_not_to_run(self):
        hot = [measurement("a", 1, 0.01, discarded=10, reason="hw_thermal_slowdown")]
        self.assertEqual(self.soak(hot, hot).returncode, 0)


if __name__ == "__main__":
    unittest.main()
