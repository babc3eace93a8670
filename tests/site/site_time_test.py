"""How long `assay site` takes for many runs: an absolute bound, so alone on the machine and the best of three."""
import pathlib
import subprocess
import tempfile
import time
import unittest

from tests.site import histories
from tests.site.site_test import data_of


class SiteTime(unittest.TestCase):
    def test_500_runs_are_built_in_under_20_seconds(self):
        with tempfile.TemporaryDirectory() as folder:
            runs, out = pathlib.Path(folder, "runs"), pathlib.Path(folder, "public")
            for cluster in range(5):
                histories.write(runs, f"cluster-{cluster}", days=100)
            began = time.monotonic()
            subprocess.run([histories.ASSAY, "site", runs, "-o", out], capture_output=True, check=True)
            seconds = time.monotonic() - began
            self.assertEqual(len(data_of(out)["runs"]), 500)
        print(f"500 runs took {seconds:.1f} s")
        self.assertLess(seconds, 20)


if __name__ == "__main__":
    unittest.main()
