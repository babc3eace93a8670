"""scripts/gpu-acceptance beside stand-ins: its order, its files, its time limits, and what it leaves behind."""
import json
import os
import pathlib
import re
import subprocess
import time
import unittest

from tests.scripts.checkout import REPOSITORY, Checkout, without_nvcc
from tests.scripts.stand_in_bundle import ATTENTION, KERNELS, MEMORY, SANITIZER, Bundle


def sampled_s(profile, workload):
    """The most that samples of a profile's cases take, as `assay list` adds it up."""
    profile = json.loads((REPOSITORY / "results-schema" / profile).read_text())
    return sum(len(line["dtypes"]) * len(line["implementations"]) * len(line["shapes"])
               * line.get("sampling", profile["sampling"])["max_time_s"]
               for line in profile["cases"] if line["backend"] == "cuda" and re.match(workload, line["workload"]))


class GpuAcceptance(unittest.TestCase):
    def setUp(self):
        self.bundle = Bundle()
        self.addCleanup(self.bundle.folder.cleanup)

    def test_a_rehearsal_names_the_kernel_that_hangs_and_the_one_that_dies_and_the_one_that_is_wrong(self):
        faults = {"HANGS": "gemm.bf16.sm80", "DIES": "gemm.f16.sm90", "WRONG": "gemm.tf32.sm80"}
        self.bundle.stub("cuda-gdb", "/bin/sleep 444", self.bundle.tools)  # which hangs as well
        begin = time.monotonic()
        result = self.bundle.accept("--minutes", "1", **faults)
        self.assertLess(time.monotonic() - begin, 65)
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertEqual(result.stderr, "")
        self.assertEqual(self.bundle.processes(), [])
        outcomes = self.bundle.outcomes()
        self.assertEqual(outcomes["gemm.bf16.sm80"], "ended at its limit of 15 s")
        self.assertRegex(outcomes["gemm.f16.sm90"], "FAILED")
        self.assertRegex(outcomes["gemm.tf32.sm80"], "FAILED")
        others = set(outcomes) - set(faults.values()) - {"sanitizer", "fabric", "no library"}
        self.assertLessEqual({"device", "ladder", "memory", "gemm", "attention", "one case", "node", "copies",
                              "gemm.bf16.sm90", "gemm.f32.naive"}, others)
        self.assertEqual({outcomes[part] for part in others}, {"passed"})
        head = self.bundle.summary().split("## Parts")[0]
        for kernel in faults.values():
            self.assertIn(f"- {kernel}: ", head)
        self.assertIn("element 3", head)
        for ratio in ("gemm.bf16.sm90/m8192_n8192_k8192: 1.023 of cublaslt", "gemm.bf16.sm90/m64_n64_k64: 0.98 of cublaslt",
                      "gemm.bf16.sm90/m8_n8192_k8192: 0.912 of the read bandwidth",
                      "attention_forward.bf16.sm90/b1_full: 1.01 of cudnn"):
            self.assertIn(f"- {ratio}\n", head)
        self.assertIn("gemm.tf32.sm80.json", (self.bundle.out / "documents.tar").read_text())
        self.assertLessEqual(len(list(self.bundle.out.iterdir())), 8)
        self.assertEqual(len([call for call in self.bundle.calls() if call.startswith("cuda-gdb -batch -p ")]), 1)

    def test_the_parts_come_in_the_order_of_their_value(self):
        self.bundle.accept()
        order = list(self.bundle.outcomes())
        self.assertEqual(order[:4], ["device", "ladder", "memory", "operands"])
        small = [*KERNELS, *ATTENTION, *MEMORY]
        self.assertEqual(order[4:4 + len(small)], small)
        self.assertEqual(order[4 + len(small)], "gemm")
        self.assertLess(order.index("last case"), order.index("tune"))
        self.assertLess(order.index("tune"), order.index("node"))
        self.assertEqual(order[-1], "sanitizer")
        self.assertEqual(self.bundle.outcomes()["fabric"], "not run")  # one GPU
        self.bundle.accept(GPUS="0 1")
        order = list(self.bundle.outcomes())
        self.assertEqual(order[:5], ["device", "ladder", "collectives", "copies-between", "memory"])
        self.assertEqual(order[order.index("verdict") + 1:], ["copies", "fabric", "sanitizer"])
        self.assertEqual(self.bundle.outcomes()["fabric"], "passed")

    def test_each_case_of_the_gpu_tests_has_a_process_of_its_own_so_that_one_not_run_hides_no_other(self):
        self.bundle.accept("tests")
        outcomes = self.bundle.outcomes()
        self.assertEqual([outcomes.get(case) for case in ("one case", "no library", "last case")],
                         ["passed", "not run", "passed"])
        self.assertNotIn("a pair of GPUs", outcomes)  # one GPU
        self.bundle.accept("tests", GPUS="0 1")
        self.assertEqual(self.bundle.outcomes().get("a pair of GPUs"), "passed")
        self.bundle.stub("gpu_tests", "kill -SEGV $$")
        self.assertEqual(self.bundle.accept("tests").returncode, 1)
        self.assertIn("- tests: gpu_tests lists no case", self.bundle.summary())

    def test_one_gpu_is_told_in_one_line_what_the_fabric_profile_needs(self):
        needs = ("assay: profile fabric measures what is between ranks and this is one process: start one a node with --rendezvous "
                 "HOST:PORT --rank R --world-size N --token-file FILE, or one on a machine with two GPUs or more, each of which is a rank")
        self.assertEqual(self.bundle.accept("ranks", ONE_GPU_SAYS=needs).returncode, 0)
        rows = [line for line in self.bundle.summary().splitlines() if "fabric" in line]
        self.assertEqual(rows, [f"| fabric | not run | 0 | one GPU: {needs} |"])

    def test_vendor_libraries_are_found_in_the_site_packages_of_the_python_on_the_path(self):
        found, missing = "cublaslt: yes", "cublaslt: libcublasLt.so.13 was not found"
        prefixes = [pathlib.Path(self.bundle.folder.name) / name for name in ("a python", "an active one")]
        for prefix in prefixes:
            (prefix / "lib/python3.11/site-packages/nvidia/cu13/lib").mkdir(parents=True)
        (prefixes[0] / "lib/python3.11/site-packages/nvidia/cu13/lib/libcublasLt.so.13").touch()
        self.bundle.accept("device")
        self.assertIn(missing, (self.bundle.out / "device.txt").read_text())
        self.bundle.stub("python3", f'echo "a warning" >&2\n[[ "$*" != *sys.prefix* ]] || echo "{prefixes[0]}"', self.bundle.tools)
        self.bundle.accept("device")
        self.assertIn(found, (self.bundle.out / "device.txt").read_text())
        self.bundle.accept("device", VIRTUAL_ENV=str(prefixes[1]))  # which the user chose
        self.assertIn(missing, (self.bundle.out / "device.txt").read_text())

    def test_the_gemm_products_come_in_the_order_of_their_value(self):
        profile = json.loads((REPOSITORY / "results-schema/profiles/developer/gemm.json").read_text())
        shapes = [f"{line['workload']}.{dtype}/{shape}" for line in profile["cases"] for dtype in line["dtypes"]
                  for shape in line["shapes"]]
        self.assertEqual(shapes[:4], ["gemm.bf16/m8192_n8192_k8192", "gemm.bf16/m4096_n4096_k4096",
                                      "gemm.fp8_e4m3/m8192_n8192_k8192", "gemm.fp8_e4m3/m4096_n4096_k4096"])
        last_fp8 = max(place for place, shape in enumerate(shapes) if shape.startswith("gemm.fp8"))
        self.assertEqual(shapes[last_fp8 + 1], "memory_read.f32/bytes1073741824")  # the gate of few rows needs it
        rows = [int(re.search(r"/m(\d+)_", shape)[1]) for shape in shapes[last_fp8 + 2:]]
        self.assertLess(max(rows[:6]), 256)
        self.assertEqual(len(shapes), 23)

    def limits(self, *arguments, **environment):
        """Of all that is bounded, in order: the file of what it prints, without its ending, and its seconds."""
        settings = {"PATH": str(self.bundle.tools), "GPUS": "0 1", "ASSAY_STAND_IN": self.bundle.folder.name}
        settings.update(environment)
        done = subprocess.run(["/bin/bash", "-x", self.bundle.root / "gpu-acceptance", "-o", self.bundle.out, *arguments],
                              env=settings, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        calls = re.findall(r"^\++ bounded (\d+) '?[^'\n]*?/([a-z0-9_.-]+)\.(?:txt|md|json)", done.stderr, re.MULTILINE)
        return [(name, int(seconds)) for seconds, name in calls]

    def test_what_is_between_gpus_is_measured_in_the_first_five_minutes(self):
        self.bundle.stub("python3", "echo /usr", self.bundle.tools)
        limits = self.limits("--minutes", "60")
        names = [name for name, _ in limits]
        self.assertEqual(names[:6], ["devices", "prefix", "device", "ladder", "collectives", "copies-between"])
        self.assertLessEqual(sum(seconds for _, seconds in limits[:6]), 300)

    def test_the_parts_between_gpus_have_time_for_all_their_samples(self):
        limits = dict(self.limits("ranks", "fabric", "--minutes", "60"))
        self.assertGreater(limits["fabric"], 1.2 * sampled_s("profiles/fabric.json", ""))
        self.assertLessEqual(limits["collectives"], 90)
        self.assertGreater(limits["collectives"], 3 * sampled_s("profiles/developer/between-gpus.json", "all_|pair"))
        every_pair_of_8 = 8 * 7 + 8  # each way alone, then disjoint ones at once
        self.assertLessEqual(limits["copies-between"], 60)
        self.assertGreater(limits["copies-between"],
                           every_pair_of_8 * sampled_s("profiles/developer/between-gpus.json", "device_to"))

    def test_a_whole_fabric_that_the_minutes_have_no_room_for_is_not_run_and_no_failure(self):
        result = self.bundle.accept("fabric", "--minutes", "13", GPUS="0 1")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertRegex(self.bundle.summary(), r"\| fabric \| not run \| 0 \| it may take 800 s and 7\d\d are left")
        self.assertEqual(self.bundle.outcomes()["copies"], "passed")

    def test_without_a_gpu_it_ends_with_exit_3_and_one_line(self):
        self.bundle.stub("assay", 'echo "host 0: Stand-in"; echo "cuda: none: no CUDA driver"')
        result = self.bundle.accept()
        self.assertEqual(result.returncode, 3)
        self.assertEqual(result.stderr, "gpu-acceptance: no GPU here: none: no CUDA driver\n")
        self.assertEqual(list(self.bundle.out.iterdir()), [])

    def test_an_attention_kernel_that_dies_and_a_memory_kernel_that_is_wrong_are_named_and_hide_no_other(self):
        result = self.bundle.accept("kernels", DIES=ATTENTION[1], WRONG=MEMORY[0])
        self.assertEqual(result.returncode, 1)
        outcomes = self.bundle.outcomes()
        faults = {ATTENTION[1], MEMORY[0]}
        self.assertEqual({one: outcomes[one][:6] for one in faults}, dict.fromkeys(faults, "FAILED"))
        self.assertEqual({outcomes[one] for one in {*KERNELS, *ATTENTION, *MEMORY} - faults}, {"passed"})

    def test_every_part_ends_with_the_minutes(self):
        self.bundle.stub("device_ladder", "/bin/sleep 60")
        begin = time.monotonic()
        result = self.bundle.accept("--minutes", "0.05")
        self.assertLess(time.monotonic() - begin, 10)
        self.assertEqual(result.returncode, 1)
        outcomes = self.bundle.outcomes()
        self.assertIn("ended at its limit", outcomes["ladder"])
        self.assertEqual(outcomes["gemm"], "not run")
        self.assertEqual(self.bundle.processes(), [])

    def test_a_python_that_hangs_costs_its_own_limit(self):
        self.bundle.stub("python3", "/bin/sleep 333 & /bin/sleep 333", self.bundle.tools)
        begin = time.monotonic()
        self.assertEqual(self.bundle.accept("ladder").returncode, 0)
        self.assertLess(time.monotonic() - begin, 25)
        self.assertEqual(self.bundle.outcomes(), {"device": "passed", "ladder": "passed"})
        self.assertEqual(self.bundle.processes(), [])

    def test_a_list_of_kernels_that_hangs_fails_and_the_other_parts_run(self):
        begin = time.monotonic()
        self.assertEqual(self.bundle.accept("kernels", "gemm", "--minutes", "1", LIST_HANGS="1").returncode, 1)
        self.assertLess(time.monotonic() - begin, 50)
        self.assertIn("- kernels: assay list --profile gemm-small ended with exit code 124\n", self.bundle.summary())
        self.assertEqual(self.bundle.outcomes()["gemm"], "passed")
        self.assertEqual(self.bundle.processes(), [])

    def test_a_ladder_that_disagrees_is_the_first_failure_and_one_for_another_gpu_is_not_run(self):
        self.bundle.stub("device_ladder", 'echo "disagrees: copy: element 3"; echo "1 disagree"; exit 1')
        self.assertEqual(self.bundle.accept("ladder").returncode, 1)
        self.assertIn("- ladder: FAILED (exit 1): disagrees: copy: element 3", self.bundle.summary())
        self.bundle.stub("device_ladder", 'echo "not run: these kernels are for sm_90"; exit 3')
        self.assertEqual(self.bundle.accept("ladder").returncode, 0)
        self.assertEqual(self.bundle.outcomes(), {"device": "passed", "ladder": "not run"})

    def test_the_sanitizers_time_nothing_and_one_that_cannot_attach_is_not_run(self):
        self.bundle.stub("compute-sanitizer", SANITIZER, self.bundle.tools)
        self.assertEqual(self.bundle.accept("sanitizer").returncode, 0, self.bundle.summary())
        calls = [call for call in self.bundle.calls() if call.startswith("compute-sanitizer --tool")]
        self.assertGreater(len(calls), 6)
        self.assertEqual([call for call in calls if " run --verify-only " not in call], [])
        self.bundle.stub("compute-sanitizer", "echo 'Error: debugger permission denied'; exit 1", self.bundle.tools)
        self.assertEqual(self.bundle.accept("sanitizer").returncode, 0)
        self.assertEqual(self.bundle.outcomes()["sanitizer"], "not run")
        self.assertIn("permission denied", self.bundle.summary())

    def test_a_kernel_of_any_name_is_run_under_the_sanitizers_for_memory_and_barriers(self):
        self.bundle.stub("compute-sanitizer", SANITIZER, self.bundle.tools)
        self.bundle.accept("sanitizer")
        for tool in ("memcheck", "synccheck"):
            (call,) = [call for call in self.bundle.calls() if f"--tool {tool} " in call and " gemm-small " in call]
            self.assertRegex("gemm.f32.warp_tiled/m64_n64_k64", re.search(r"--filter (\S+)", call)[1])

    def test_what_a_sanitizer_finds_fails_its_part(self):
        self.bundle.stub("compute-sanitizer", 'case "$*" in *"synccheck"*) echo "========= ERROR SUMMARY: 2 errors"; '
                                              "exit 9 ;; esac\n" + SANITIZER, self.bundle.tools)
        self.assertEqual(self.bundle.accept("sanitizer").returncode, 1)
        self.assertIn("- sanitizer.synccheck.gemm: FAILED (exit 9): ========= ERROR SUMMARY: 2 errors",
                      self.bundle.summary())
        self.assertIn("2 errors", (self.bundle.out / "sanitizer.log").read_text())

    def test_the_full_list_of_products_goes_on_where_it_stopped(self):
        profile = json.loads((REPOSITORY / "results-schema/profiles/developer/gemm-full.json").read_text())
        cases = [f"{line['workload']}.{dtype}.{implementation}/{shape}" for line in profile["cases"]
                 for dtype in line["dtypes"] for implementation in line["implementations"] for shape in line["shapes"]]
        broken = "^gemm.bf16.[a-z0-9_]+/m128_|^memory_read."
        (self.bundle.out / "gemm-full").mkdir()
        self.assertEqual(self.bundle.accept("full", BREAKS=broken).returncode, 1)
        first = self.filters()
        taken = {case: sum(1 for one in first if re.search(one, case)) for case in cases if case.startswith("gemm.")}
        self.assertEqual({case: times for case, times in taken.items() if times != 1}, {})
        self.assertEqual(self.bundle.accept("full").returncode, 0)
        self.assertEqual(self.filters()[len(first):], [one for one in first if "m128_|" in one])

    def filters(self):
        """Of the runs of profile gemm-full, in order."""
        return [re.search(r"--filter (\S+)", call)[1] for call in self.bundle.calls() if " --profile gemm-full " in call]

    def test_arguments_that_it_does_not_know_are_refused(self):
        for arguments in (["nosuch"], ["--nosuch"], ["--minutes", "few"]):
            result = self.bundle.accept(*arguments)
            self.assertEqual(result.returncode, 2)
            self.assertIn(arguments[-1], result.stderr)
            self.assertEqual(len(result.stderr.splitlines()), 1)


class FreshClone(unittest.TestCase):
    def setUp(self):
        self.checkout = Checkout()
        self.addCleanup(self.checkout.close)
        without_nvcc(self.checkout)

    def test_a_checkout_on_a_machine_without_a_gpu_builds_nothing(self):
        if os.path.exists("/dev/nvidiactl"):
            self.skipTest("this machine has a GPU")
        self.checkout.stub("nvidia-smi", "echo 'no devices were found'; exit 9")
        result = self.checkout.run("gpu-acceptance")
        self.assertEqual(result.returncode, 3)
        self.assertIn("no GPU here", result.stderr)
        self.assertFalse((self.checkout.root / "build").exists())

    def test_a_driver_that_hangs_is_no_gpu_that_can_be_used(self):
        if os.path.exists("/dev/nvidiactl"):
            self.skipTest("this machine has a GPU")
        self.checkout.stub("nvidia-smi", "sleep 333 & sleep 333")
        begin = time.monotonic()
        result = self.checkout.run("gpu-acceptance")
        self.assertLess(time.monotonic() - begin, 25)
        self.assertEqual(result.returncode, 3)
        self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_a_checkout_uses_the_bundle_that_is_named_and_else_makes_one(self):
        self.checkout.stub("nvidia-smi", 'echo "GPU 0: Stand-in"')
        bundle = Bundle()
        self.addCleanup(bundle.folder.cleanup)
        result = self.checkout.run("gpu-acceptance", "-o", str(bundle.out), "ladder", GPUS="0",
                                   ASSAY_BUNDLE=str(bundle.root))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(bundle.outcomes()["ladder"], "passed")
        result = self.checkout.run("gpu-acceptance", "-o", str(bundle.out))
        self.assertEqual(result.returncode, 2)
        self.assertIn("nvcc was not found", result.stderr)


if __name__ == "__main__":
    unittest.main()
