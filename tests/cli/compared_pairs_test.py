"""A pair of real runs by scripts/soak_pairs.py: enough to see that the way from run to verdict holds."""
import os
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"
sys.path.insert(0, str(ROOT / "scripts"))
import soak_pairs  # noqa: E402

VERDICTS = {"same", "better", "worse", "unclear", "not_comparable"}


class Pairs(unittest.TestCase):
    def test_a_pair_of_runs_is_measured_and_compared(self):
        with tempfile.TemporaryDirectory(prefix="assay pairs ") as folder:
            os.environ["ASSAY_LOCK_DIR"] = folder  # other tests measure at the same time
            pair = soak_pairs.Pairs(ASSAY, pathlib.Path(folder)).pair()
        if pair is None:
            return  # others used the machine, and the comparison said so
        self.assertEqual(list(pair), ["same", "more", "busy"])
        for outcome in pair.values():
            self.assertIn(outcome["verdict"], VERDICTS)
            self.assertEqual(bool(outcome["reason"]), outcome["verdict"] in ("unclear", "not_comparable"))


if __name__ == "__main__":
    unittest.main()
