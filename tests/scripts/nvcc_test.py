"""scripts/nvcc.sh: which nvcc counts."""
import subprocess
import unittest

from tests.scripts.checkout import Checkout


class Nvcc(unittest.TestCase):
    def setUp(self):
        self.checkout = Checkout()
        self.addCleanup(self.checkout.close)

    def find(self, nvcc):
        """(the compiler chosen, the line printed) with `nvcc` named by CUDACXX."""
        script = self.checkout.root / "scripts/nvcc.sh"
        result = subprocess.run(
            ["bash", "-euc", f'. "{script}"; echo "$nvcc"; echo "$nvcc_state"'], check=True, capture_output=True,
            text=True, env={"PATH": f"{self.checkout.stubs}:/usr/bin:/bin", "CUDACXX": str(nvcc)})
        return result.stdout.splitlines()

    def test_a_new_nvcc_is_used(self):
        stub = self.checkout.stub("nvcc", "echo 'Cuda compilation tools, release 13.1, V13.1.2'")
        self.assertEqual(self.find(stub), [str(stub), f"CUDA parts included: nvcc 13.1 ({stub})"])

    def test_an_old_nvcc_is_left_out_with_a_line_that_says_so(self):
        script = self.checkout.root / "scripts/nvcc.sh"
        script.write_text(script.read_text().replace("/usr/local/cuda/bin/nvcc", "/nowhere/nvcc"))
        stub = self.checkout.stub("nvcc", "echo 'Cuda compilation tools, release 12.4, V12.4.1'")
        chosen, line = self.find(stub)
        self.assertEqual(chosen, "")
        self.assertIn("left out", line)
        self.assertIn("12.4", line)


if __name__ == "__main__":
    unittest.main()
