"""A pair of real runs through scripts/soak_pairs.py: enough to see that the way from run to verdict holds."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"


class Pairs(unittest.TestCase):
    def test_a_pair_of_runs_is_measured_and_compared(self):
        with tempfile.TemporaryDirectory(prefix="assay pairs ") as state:
            done = subprocess.run([sys.executable, ROOT / "scripts/soak_pairs.py", "--assay", ASSAY, "--pairs", "1", "--state", state],
                                  capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 1, 77), done.stdout + done.stderr)  # one pair proves nothing of the counts
        self.assertRegex(done.stdout, "pair 1: (same|others)")


if __name__ == "__main__":
    unittest.main()
