"""scripts/soak_campaigns.py on a build of a few stub tests: counts, resuming, failures."""
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from tests.scripts.checkout import REPOSITORY


def is_running(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


class Soak(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay soak ")
        self.addCleanup(folder.cleanup)
        self.build = pathlib.Path(folder.name) / "build"
        self.build.mkdir()
        self.executable = self.build / "emulator_test"
        self.write_test("true")
        (self.build / "CTestTestfile.cmake").write_text(
            f'add_test("emulator: one in every mode" "{self.executable}" one)\n'
            'set_tests_properties("emulator: one in every mode" PROPERTIES LABELS property)\n'
            f'add_test("emulator: two in every mode" "{self.executable}" two)\n'
            f'add_test("emulator: the int8 GEMM in every mode" "{self.executable}" int8)\n'
            f'add_test("emulator: gemm_split in every mode" "{self.executable}" split)\n'
            'set_tests_properties("emulator: the int8 GEMM in every mode" "emulator: gemm_split in every mode"'
            ' PROPERTIES LABELS property)\n'
            'set_tests_properties("emulator: two in every mode" PROPERTIES LABELS unit)\n')

    def write_test(self, lines):
        self.executable.write_text(f'#!/bin/sh\necho "$1 $ASSAY_SOAK_COUNT" >>"{self.build}/ran"\n'
                                   f'echo "$ASSAY_SOAK_FIRST $ASSAY_SOAK_COUNT" >>"{self.build}/parts"\n{lines}\n')
        self.executable.chmod(0o755)

    def ran(self):
        path = self.build / "ran"
        return path.read_text().splitlines() if path.exists() else []

    def soak(self, *arguments, campaign="emulator"):
        return subprocess.run(
            [sys.executable, REPOSITORY / "scripts/soak_campaigns.py", campaign, "--build", self.build,
             "--state", self.build / "state", *arguments], capture_output=True, text=True)

    def test_property_tests_get_the_campaigns_count(self):
        result = self.soak()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(self.ran(), ["one 2000"])
        self.assertIn("1 passed, 0 failed, 0 skipped", result.stdout)

    def test_a_build_without_tests_is_refused_in_one_line(self):
        (self.build / "CTestTestfile.cmake").unlink()
        result = self.soak()
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stderr, f"scripts/soak: --build {self.build}: no tests were built there\n")

    def test_ctrl_c_ends_a_test_and_what_it_started(self):
        child = self.build / "child"
        self.write_test(f'sleep 100 & echo $! >"{child}.new"; mv "{child}.new" "{child}"; wait')
        process = subprocess.Popen([sys.executable, REPOSITORY / "scripts/soak_campaigns.py", "emulator", "--build", self.build,
                                    "--state", self.build / "state"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while not child.exists():
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.communicate(timeout=60)[1], "\nstopped; what passed is remembered\n")
        self.assertEqual(process.returncode, 130)
        deadline = time.monotonic() + 10  # it was signalled, and dies when a processor is free
        while is_running(int(child.read_text())) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(is_running(int(child.read_text())))

    def test_gemm_has_a_campaign_with_fewer_seeds_than_the_other_kernels(self):
        result = self.soak(campaign="gemm")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(self.ran(), ["int8 200", "split 200"])

    def test_what_passed_is_not_run_again_until_it_is_told_to_or_changes(self):
        self.soak()
        self.assertIn("passed before", self.soak().stdout)
        self.assertEqual(len(self.ran()), 1)
        self.soak("--restart")
        self.assertEqual(len(self.ran()), 2)
        self.soak("--count", "7")
        self.assertEqual(self.ran()[-1], "one 7")
        self.write_test("exit 0")
        self.soak()
        self.assertEqual(len(self.ran()), 4)

    def test_faults_are_remembered_ten_by_ten(self):
        tests = self.build / "CTestTestfile.cmake"
        tests.write_text(f'add_test("cli: seeded faults end in time" "{self.executable}" faults)\n')
        self.write_test('test "$ASSAY_SOAK_FIRST" != 10')
        self.assertIn("2 passed, 1 failed", self.soak("--count", "25", campaign="faults").stdout)
        parts = (self.build / "parts").read_text().split("\n")
        self.assertEqual(parts, ["0 10", "10 10", "20 5", ""])
        self.soak("--count", "25", campaign="faults")
        self.assertEqual((self.build / "parts").read_text().split("\n")[3:], ["10 10", ""])

    def test_simulated_clusters_are_judged_a_hundred_at_a_time_and_counted_together(self):
        tests = self.build / "CTestTestfile.cmake"
        tests.write_text(f'add_test("simulate: 8 devices are judged by training" "{self.executable}" judged)\n'
                         'set_tests_properties("simulate: 8 devices are judged by training" PROPERTIES LABELS property)\n')
        self.write_test('mkdir -p "$ASSAY_SOAK_STATE" && echo "$ASSAY_SOAK_FIRST" >>"$ASSAY_SOAK_STATE/found"\n'
                        'echo "MESSAGE: | $(echo $(cat "$ASSAY_SOAK_STATE/found")) of $ASSAY_SOAK_OF |"')
        result = self.soak("--count", "250", campaign="judging")
        self.assertIn("3 passed", result.stdout)
        self.assertIn("\n| 0 100 200 of 250 |\n", result.stdout)
        self.write_test('test ! -e "$ASSAY_SOAK_STATE/found"')  # another build begins again
        self.assertIn("3 passed", self.soak("--count", "250", campaign="judging").stdout)

    def test_faults_are_tried_again_on_another_assay(self):
        tests = self.build / "CTestTestfile.cmake"
        tests.write_text(f'add_test("cli: seeded faults end in time" "{self.executable}" faults)\n')
        for bytes_of_assay, outcome in ((b"one", "1 passed"), (b"one", "passed before"), (b"two", "1 passed")):
            (self.build / "assay").write_bytes(bytes_of_assay)
            self.assertIn(outcome, self.soak("--count", "5", campaign="faults").stdout)
        self.assertEqual(len(self.ran()), 2)

    def test_a_failure_is_reported_and_run_again(self):
        self.write_test("exit 3")
        for _ in range(2):
            result = self.soak()
            self.assertEqual(result.returncode, 1)
            self.assertIn("FAILED (exit 3)", result.stdout)
        self.assertEqual(len(self.ran()), 2)

    def test_a_fuzz_target_ends_when_its_cpu_minutes_are_over_and_not_by_the_clock(self):
        sys.path.insert(0, str(REPOSITORY / "scripts"))
        import soak_campaigns
        # Ends well at SIGUSR1, as libFuzzer does; of 2 s of the clock it works for less than half.
        works = ("import signal, sys, time\nsignal.signal(signal.SIGUSR1, lambda *_: sys.exit(0))\n"
                 "time.sleep(1)\nwhile True: pass\n")
        begin = time.monotonic()
        process = subprocess.Popen([sys.executable, "-c", works])
        self.assertEqual(soak_campaigns.wait_for(process, 0.5), 0)
        self.assertGreater(time.monotonic() - begin, 1.2)
        crashed = subprocess.Popen([sys.executable, "-c", "import sys; sys.exit(5)"])
        self.assertEqual(soak_campaigns.wait_for(crashed, 60), 5)


if __name__ == "__main__":
    unittest.main()
