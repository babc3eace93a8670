"""The ladder's part of scripts/gpu-acceptance, with stub programs: what it takes, and when it passes."""
import unittest

from tests.scripts.checkout import Checkout, without_nvcc


class LadderPart(unittest.TestCase):
    def setUp(self):
        self.checkout = Checkout()
        self.addCleanup(self.checkout.close)
        without_nvcc(self.checkout)
        self.checkout.stub("nvidia-smi", 'echo "GPU 0: Stub (UUID: GPU-1)"')
        self.assay = self.checkout.stub("assay", "echo 'assay 0 (stub)'")
        self.built = self.checkout.root / "build/cuda/tests/gpu"
        self.out = self.checkout.root / "out dir"

    def accept(self, **environment):
        """The exit code, and the part's row of the summary."""
        result = self.checkout.run("gpu-acceptance", "-o", str(self.out), "ladder",
                                   ASSAY_BINARY=str(self.assay), **environment)
        lines = (self.out / "summary.md").read_text().splitlines()
        return result.returncode, next(line for line in lines if line.startswith("| ladder |"))

    def test_what_was_built_here_makes_the_file_and_is_held_to_it(self):
        self.checkout.stub("emulated_ladder", 'echo outcomes >"$1"', self.built)
        self.checkout.stub("device_ladder", 'grep -q outcomes "$1" && echo "22 cases agree"', self.built)
        status, row = self.accept()
        self.assertEqual(status, 0, row)
        self.assertIn("| passed |", row)
        self.assertIn("22 cases agree", row)

    def test_a_carried_program_and_a_carried_file_need_no_build(self):
        device = self.checkout.stub("carried program", 'grep -q outcomes "$1" && echo "22 cases agree"')
        file = self.checkout.root / "carried file"
        file.write_text("outcomes\n")
        status, row = self.accept(ASSAY_DEVICE_LADDER=str(device), ASSAY_EMULATED_LADDER=str(file))
        self.assertEqual(status, 0, row)
        self.assertIn("| passed |", row)

    def test_a_disagreement_fails_the_part_and_stands_in_the_summary(self):
        self.checkout.stub("emulated_ladder", 'echo outcomes >"$1"', self.built)
        self.checkout.stub("device_ladder", 'echo "disagrees: copy: element 3"; echo "1 disagree"; exit 1', self.built)
        status, row = self.accept()
        self.assertEqual(status, 1)
        self.assertIn("FAILED", row)
        self.assertIn("disagrees: copy: element 3", row)

    def test_without_its_programs_or_their_gpu_it_is_not_run(self):
        status, row = self.accept()
        self.assertEqual(status, 0)
        self.assertIn("| not run |", row)
        self.assertIn("ASSAY_DEVICE_LADDER", row)
        self.checkout.stub("device_ladder", 'echo "not run: these kernels are for sm_90"; exit 3', self.built)
        self.assertIn("ASSAY_EMULATED_LADDER", self.accept()[1])
        self.checkout.stub("emulated_ladder", 'echo outcomes >"$1"', self.built)
        status, row = self.accept()
        self.assertEqual(status, 0)
        self.assertIn("| not run |", row)
        self.assertIn("sm_90", row)


if __name__ == "__main__":
    unittest.main()
