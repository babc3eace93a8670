"""scripts/gpu-acceptance with a stub nvidia-smi and a stub assay: its order, its files, its time limit."""
import shutil
import unittest

from tests.scripts.checkout import Checkout, without_nvcc

# A stub assay: `run` and `check` write what they are asked for.
ASSAY = r"""
command=$1 out=
while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done
case $command in
  version) echo "assay 0 (stub)" ;;
  run) echo "{\"status\": \"${MEASURED:-measured}\"}" >"$out" ;;
  check) [ -z "$out" ] || echo '{"verdict": "pass"}' >"$out"; exit "${CHECK_EXIT:-0}" ;;
esac
"""
SANITIZER = 'shift; while [ "${1#-}" != "$1" ]; do shift; done; echo "========= ERROR SUMMARY: 0 errors"; exit 0'


class GpuAcceptance(unittest.TestCase):
    def setUp(self):
        self.checkout = Checkout()
        self.addCleanup(self.checkout.close)
        without_nvcc(self.checkout)
        self.assay = self.checkout.stub("assay", ASSAY)
        self.checkout.stub("nvidia-smi", 'echo "GPU 0: Stub (UUID: GPU-1)"')
        self.checkout.stub("compute-sanitizer", SANITIZER)
        self.out = self.checkout.root / "out dir"

    def accept(self, *arguments, **environment):
        environment.setdefault("ASSAY_BINARY", str(self.assay))
        return self.checkout.run("gpu-acceptance", "-o", str(self.out), *arguments, **environment)

    def outcomes(self):
        """part: outcome, from summary.md's table."""
        rows = [line.split(" | ") for line in (self.out / "summary.md").read_text().splitlines()
                if line.startswith("| ")][1:]
        return {row[0].strip("| "): row[1] for row in rows}

    def use_parts(self, **parts):
        folder = self.checkout.root / "parts"
        for name, body in parts.items():
            self.checkout.stub(name.replace("_", "-")[1:], body, folder)
        return {"ASSAY_ACCEPTANCE_PARTS": str(folder)}

    def test_without_a_gpu_it_ends_with_exit_3_and_one_line(self):
        self.checkout.stub("nvidia-smi", "echo 'no devices were found'; exit 9")
        result = self.accept()
        self.assertEqual(result.returncode, 3)
        self.assertEqual(len(result.stderr.splitlines()), 1)
        self.assertIn("no GPU here", result.stderr)
        self.assertFalse(self.out.exists())

    def test_a_carried_binary_passes_every_part_that_needs_no_build(self):
        result = self.accept()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        outcomes = self.outcomes()
        self.assertEqual({part: outcomes[part] for part in ("device", "build", "tests", "verify", "run", "sanitizer")},
                         {"device": "passed", "build": "passed", "tests": "not run", "verify": "passed",
                          "run": "passed", "sanitizer": "passed"})

    def test_at_most_eight_files_are_left_and_none_half_written(self):
        self.accept()
        names = {path.name for path in self.out.iterdir()}
        self.assertLessEqual(len(names), 8, names)
        self.assertFalse([name for name in names if name.startswith(".")])
        self.assertLessEqual({"summary.md", "result.json", "verdict.json", "sanitizer.log", "device.txt"}, names)

    def test_the_portable_binary_is_used_when_nothing_can_be_built(self):
        (self.checkout.root / "build/portable").mkdir(parents=True)
        shutil.copy(self.assay, self.checkout.root / "build/portable/assay")
        self.assertEqual(self.accept("verify", ASSAY_BINARY="").returncode, 0)
        self.assertEqual(self.outcomes(), {"device": "passed", "build": "passed", "verify": "passed"})

    def test_with_nothing_to_measure_with_the_build_fails_and_the_rest_is_not_run(self):
        result = self.accept("run", ASSAY_BINARY="")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(self.outcomes()["run"], "not run")
        self.assertIn("ASSAY_BINARY", (self.out / "summary.md").read_text())

    def test_a_failed_verification_fails_its_part_and_the_others_still_run(self):
        result = self.accept(MEASURED="failed_verification")
        self.assertEqual(result.returncode, 1)
        self.assertIn("FAILED", self.outcomes()["verify"])
        self.assertEqual(self.outcomes()["sanitizer"], "passed")

    def test_a_sanitizer_that_cannot_attach_is_not_run(self):
        self.checkout.stub("compute-sanitizer", "echo 'Error: debugger permission denied'; exit 1")
        self.assertEqual(self.accept("sanitizer").returncode, 0)
        self.assertEqual(self.outcomes()["sanitizer"], "not run")
        self.assertIn("permission denied", (self.out / "summary.md").read_text())

    def test_the_summary_is_rewritten_after_every_part(self):
        parts = self.use_parts(_10_first="echo one", _20_second='cp "$OUT/summary.md" "$OUT/seen"')
        self.assertEqual(self.accept(**parts).returncode, 0)
        self.assertIn("| first | passed |", (self.out / "seen").read_text())

    def test_it_stops_at_the_time_limit_with_what_it_has(self):
        parts = self.use_parts(_10_first="echo one", _20_endless="sleep 60", _30_last="echo three")
        result = self.accept("--minutes", "0.05", **parts)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(self.outcomes(), {"first": "passed", "endless": "stopped at the time limit",
                                           "last": "not run"})

    def test_an_unknown_part_is_refused(self):
        result = self.accept("nosuch")
        self.assertEqual(result.returncode, 2)
        self.assertIn("nosuch", result.stderr)


if __name__ == "__main__":
    unittest.main()
