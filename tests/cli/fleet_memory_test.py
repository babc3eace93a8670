"""What `assay check` keeps of each node of a fleet: far less than its document."""
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"
FEW, MANY = 60, 260


def peak_kib(folder):
    """Of the memory of a verdict."""
    process = subprocess.Popen([ASSAY, "check", folder, "--profile", "training"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1), process.returncode
    return usage.ru_maxrss


class FleetMemory(unittest.TestCase):
    def test_memory_grows_by_a_small_part_of_each_document(self):
        with tempfile.TemporaryDirectory(prefix="assay fleet ") as folder:
            peaks = {}
            for nodes in (FEW, MANY):
                fleet = pathlib.Path(folder) / str(nodes)
                subprocess.run([ASSAY, "simulate", "--sku", "h200-sxm", "--devices", "2", "--nodes", str(nodes),
                                "-o", fleet], check=True, stdout=subprocess.DEVNULL)
                size_kib = sum(file.stat().st_size for file in (fleet / "nodes").iterdir()) / nodes / 1024
                peaks[nodes] = peak_kib(fleet)
        grown_kib = (peaks[MANY] - peaks[FEW]) / (MANY - FEW)
        # Kept whole, a document takes more memory than its file. The figures of a verdict take most
        # of what is left, up to 10,000 entries a list.
        self.assertLess(grown_kib, 0.7 * size_kib, peaks)


if __name__ == "__main__":
    unittest.main()
