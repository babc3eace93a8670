"""scripts/quickstart with a stub compiler and a stub assay: what it leaves, and what its exit code is."""
import time
import unittest

from tests.scripts.checkout import Checkout, without_nvcc

# Writes what it is asked for; CHECK_EXIT and RUN_EXIT say how the two subcommands end.
ASSAY = r"""
command=$1 out=
while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done
case $command in
  run) [ -z "${RUN_WRITES:-}" ] || echo "{\"run\": \"$MARK\"}" >"$out"
       [ "${RUN_EXIT:-0}" -le 1 ] || { echo 'assay: another run holds device 0 (PID 4711)' >&2; exit "$RUN_EXIT"; }
       echo "{\"run\": \"$MARK\"}" >"$out"; exit "${RUN_EXIT:-0}" ;;
  check) if [ -n "$out" ]; then echo "{\"verdict\": \"$MARK\"}" >"$out"; else echo "VERDICT TABLE $MARK"; fi
         exit "${CHECK_EXIT:-0}" ;;
  report) echo "{\"report\": \"$MARK\"}" >"$out" ;;
esac
"""


class Quickstart(unittest.TestCase):
    def setUp(self):
        self.checkout = Checkout()
        self.addCleanup(self.checkout.close)
        without_nvcc(self.checkout)
        self.out = self.checkout.root / "assay-quickstart"
        assay = self.checkout.stub("assay", ASSAY)
        self.checkout.stub("cmake", f'[ "$1" = --build ] && cp "{assay}" "$2/assay"; exit 0')

    def quickstart(self, mark="first", **environment):
        return self.checkout.run("quickstart", ASSAY_SKIP_INSTALL="1", MARK=mark, **environment)

    def documents(self):
        return {path.name: path.read_text().split('"')[3] for path in self.out.iterdir()}

    def test_the_documents_and_the_verdict_table_are_there(self):
        result = self.quickstart()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("VERDICT TABLE first", result.stdout)
        self.assertIn("CUDA parts left out", result.stdout)
        self.assertEqual(self.documents(), {"result.json": "first", "verdict.json": "first", "report.html": "first"})
        self.assertEqual(result.stdout.splitlines()[-1], f"Report: {self.out}/report.html")

    def test_the_exit_code_is_that_of_check(self):
        self.assertEqual(self.quickstart(CHECK_EXIT="1").returncode, 1)
        self.assertIn("verdict.json", self.documents())

    def test_a_failed_verification_in_the_run_is_still_judged(self):
        result = self.quickstart(RUN_EXIT="1", CHECK_EXIT="1")
        self.assertEqual(result.returncode, 1)
        self.assertIn("VERDICT TABLE", result.stdout)

    def test_running_twice_replaces_both_documents(self):
        self.quickstart("first")
        self.assertEqual(self.quickstart("second").returncode, 0)
        self.assertEqual(self.documents(), {"result.json": "second", "verdict.json": "second", "report.html": "second"})

    def test_a_run_that_breaks_half_way_leaves_no_verdict_of_another_run(self):
        self.quickstart("first")
        time.sleep(0.02)
        self.assertEqual(self.quickstart("second", RUN_EXIT="2", RUN_WRITES="1").returncode, 2)
        self.assertEqual(self.documents(), {"result.json": "second"})

    def test_a_run_that_cannot_begin_keeps_the_documents_of_the_last_one(self):
        self.quickstart("first")
        result = self.quickstart("second", RUN_EXIT="2")
        self.assertEqual(result.returncode, 2)
        self.assertIn("another run holds device 0", result.stderr)
        self.assertEqual(self.documents(), {"result.json": "first", "verdict.json": "first", "report.html": "first"})

    def test_a_broken_build_shows_the_end_of_its_log(self):
        self.checkout.stub("cmake", "echo 'error: no such header'; exit 1")
        result = self.quickstart()
        self.assertEqual(result.returncode, 2)
        self.assertIn("| error: no such header", result.stdout)
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main()
