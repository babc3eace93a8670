"""scripts/summarise_tests.py: what counts as passed, failed and not run, and the closing line."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

from tests.scripts.checkout import REPOSITORY

PASSED = '<testcase name="core: a" status="run"><system-out>fine</system-out></testcase>'
FAILED = '<testcase name="core: b" status="fail"><failure message=""/><system-out>wrong by 3</system-out></testcase>'
SKIPPED = ('<testcase name="gpu: c" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/>'
           "<system-out>not run: no CUDA device</system-out></testcase>")
NOT_BUILT = ('<testcase name="core: d" status="notrun"><skipped message=""/>'
             "<system-out>Unable to find executable: core_test</system-out></testcase>")


class SummariseTests(unittest.TestCase):
    def summarise(self, cases, steps="build host\t3\t0\ntest host\t9\t0\n"):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "host").mkdir()
            (folder / "host/tests.xml").write_text(f"<testsuite>{''.join(cases)}</testsuite>")
            (folder / "steps.tsv").write_text(steps)
            return subprocess.run(
                [sys.executable, REPOSITORY / "scripts/summarise_tests.py", "--steps", folder / "steps.tsv",
                 folder / "host/tests.xml", folder / "host/timing.xml", "--presets", "host"],
                capture_output=True, text=True)

    def test_passed_and_skipped_tests_are_counted_and_reasons_listed(self):
        result = self.summarise([PASSED, SKIPPED])
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("no CUDA device:\n    gpu: c (host)", result.stdout)
        self.assertEqual(result.stdout.splitlines()[-1], "2 passed, 0 failed, 1 skipped")

    def test_a_failed_test_is_a_failure_and_its_output_is_shown(self):
        result = self.summarise([PASSED, FAILED], "build host\t3\t0\ntest host\t9\t1\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn("core: b [host]\n    | wrong by 3", result.stdout)
        self.assertEqual(result.stdout.splitlines()[-1], "2 passed, 1 failed, 0 skipped")

    def test_a_failed_step_is_a_failure(self):
        result = self.summarise([], "format\t1\t1\n")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout.splitlines()[-1], "0 passed, 1 failed, 0 skipped")

    def test_a_test_whose_executable_is_missing_is_a_failure_and_not_a_skip(self):
        self.assertEqual(self.summarise([NOT_BUILT]).returncode, 1)

    def test_a_ctest_that_broke_without_a_failing_test_is_a_failure(self):
        result = self.summarise([PASSED], "test host\t9\t1\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn("ctest itself failed", result.stdout)


if __name__ == "__main__":
    unittest.main()
