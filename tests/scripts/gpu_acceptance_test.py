"""scripts/gpu-acceptance with a stub nvidia-smi and a stub assay: its order, its files, its time limit."""
import json
import re
import shutil
import unittest

from tests.scripts.checkout import REPOSITORY, Checkout, without_nvcc

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
# Another: a document is complete unless its filter has FAILS_AT in it, which breaks the run.
RESUMABLE = r"""
command=$1 out= filter=
while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; [ "$1" = --filter ] && filter=$2; shift; done
case $command in
  version) echo "assay 0 (stub)" ;;
  run)
    case "$filter" in *"${FAILS_AT:-nowhere}"*) echo '{"status": "interrupted"}' >"$out"; exit 2 ;; esac
    echo '{"status": "complete", "run": {"profile": {"name": "gemm-full"}}, "measurements": []}' >"$out" ;;
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
        self.assertEqual({part: outcomes[part] for part in ("device", "build", "tests", "verify", "attention", "run",
                                                                "sanitizer")},
                         {"device": "passed", "build": "passed", "tests": "not run", "verify": "passed",
                          "attention": "passed", "run": "passed", "sanitizer": "passed"})

    def test_at_most_nine_files_are_left_and_none_half_written(self):
        self.accept()
        names = {path.name for path in self.out.iterdir()}
        self.assertLessEqual(len(names), 9, names)
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
        self.assertIn("FAILED", self.outcomes()["attention"])
        self.assertEqual(self.outcomes()["sanitizer"], "passed")

    def test_a_sanitizer_that_cannot_attach_is_not_run(self):
        self.checkout.stub("compute-sanitizer", "echo 'Error: debugger permission denied'; exit 1")
        self.assertEqual(self.accept("sanitizer").returncode, 0)
        self.assertEqual(self.outcomes()["sanitizer"], "not run")
        self.assertIn("permission denied", (self.out / "summary.md").read_text())

    def test_the_sanitizers_run_small_shapes_of_every_kernel_and_explained_races_do_not_count(self):
        self.checkout.stub("compute-sanitizer", 'case "$*" in *racecheck*"sm(80"*) echo "a hazard"; exit 9 ;; esac\n' + SANITIZER)
        self.assertEqual(self.accept("sanitizer").returncode, 0)
        self.assertIn("kernels/README.md", (self.out / "summary.md").read_text())
        calls = [call for call in self.checkout.calls() if call.startswith("compute-sanitizer --tool")]
        for tool in ("memcheck", "synccheck"):
            self.assertTrue([call for call in calls if f"--tool {tool} " in call and "--profile gemm-small --filter . " in call])
            self.assertTrue([call for call in calls if f"--tool {tool} " in call and "--profile attention " in call])
        self.checkout.stub("compute-sanitizer", 'case "$*" in *synccheck*) exit 9 ;; esac\n' + SANITIZER)
        self.assertEqual(self.accept("sanitizer").returncode, 1)
        self.checkout.stub("compute-sanitizer", 'case "$*" in *racecheck*naive*) exit 9 ;; esac\n' + SANITIZER)
        self.assertEqual(self.accept("sanitizer").returncode, 1)

    def test_the_full_list_of_products_goes_on_where_it_stopped(self):
        self.checkout.stub("assay", RESUMABLE)
        first = self.accept("gemm", "--full", FAILS_AT="m128_")
        self.assertEqual(first.returncode, 1)
        measured = self.full_parts()
        self.assertLess(0, len(measured))
        second = self.accept("gemm", "--full")
        again = self.full_parts()[len(measured):]
        self.assertEqual(again[0], measured[-1])  # the part that was not complete
        self.assertFalse(set(measured[:-1]) & set(again))
        self.accept("gemm", "--full")
        self.assertEqual(len(self.full_parts()), len(measured) + len(again))
        self.assertIn("nothing to judge", second.stdout)

    def test_the_parts_of_the_full_list_hold_every_product_once(self):
        self.checkout.stub("assay", RESUMABLE)
        self.accept("gemm", "--full")
        profile = json.loads((REPOSITORY / "results-schema/profiles/developer/gemm-full.json").read_text())
        cases = [f"{line['workload']}.{dtype}.{implementation}/{shape}" for line in profile["cases"]
                 for dtype in line["dtypes"] for implementation in line["implementations"] for shape in line["shapes"]]
        taken = {case: 0 for case in cases if case.startswith("gemm.")}
        for pattern in self.full_parts():
            matched = [case for case in taken if re.search(pattern, case)]
            self.assertTrue(matched, pattern)
            for case in matched:
                taken[case] += 1
        self.assertEqual(set(taken.values()), {1}, [case for case, times in taken.items() if times != 1])

    def full_parts(self):
        """The filters of the runs of profile gemm-full, in order."""
        runs = [call.split() for call in self.checkout.calls() if " --profile gemm-full " in call]
        return [run[run.index("--filter") + 1] for run in runs]

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
