"""How soon a page of thousands of devices opens and filters: absolute bounds, so alone on the machine and the best of three."""
import shutil
import subprocess
import unittest

from tests.browser.in_chromium import ASSAY, PLACE, InChromium


class LargePage(InChromium):
    def test_a_page_of_8192_devices_is_small_and_opens_soon_and_filters_quickly(self):
        simulated, page = PLACE / "cluster", PLACE / "cluster.html"
        shutil.rmtree(simulated, ignore_errors=True)
        for command in (["simulate", "--sku", "h200-sxm", "--nodes", "1024", "--profile", "quick", "--fault", "compute:700/3:0.08", "-o", simulated],
                        ["report", simulated, "-o", page, "--force"]):
            done = subprocess.run([ASSAY, *command], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
        shutil.rmtree(simulated)
        self.node(("large.test.mjs", page, "node-00700 / 3"))


if __name__ == "__main__":
    unittest.main()
