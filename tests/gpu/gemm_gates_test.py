"""scripts/gemm_gates.py on made documents: which gates hold, which are missed, what is not evaluated."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GATES = ROOT / "scripts/gemm_gates.py"
PROFILES = ROOT / "results-schema/profiles/developer"
BANDWIDTH = 4e12
DEVICE = "GPU-0"


def shapes_of(profile, dtype, implementation):
    """Of single products: batches and groups have no gate."""
    return [shape for line in json.loads((PROFILES / f"{profile}.json").read_text())["cases"]
            if line["workload"] == "gemm" and dtype in line["dtypes"] and implementation in line["implementations"]
            for shape in line["shapes"] if shape.count("_") == 2]


def measurement(case, seconds, device=DEVICE, **changes):
    head, shape = case.split("/")
    workload, dtype, implementation = head.split(".")
    sizes = {"bytes": 1} if workload == "memory_read" else {part[0]: int(part[1:]) for part in shape.split("_")}
    made = {"case": case, "workload": workload, "dtype": dtype, "implementation": implementation, "shape": sizes,
            "series": "cold", "scope": {"level": "device", "members": [device]},
            "inputs": {"pattern": "normal", "seed": 1}, "status": "measured",
            "samples": {"median_s": seconds}, "metrics": {"bytes_per_s": BANDWIDTH}}
    made.update(changes)
    return made


def seconds_of(dtype, implementation, shape):
    """A GPU on which every gate holds by one percent: few rows take their weights' time, others the library's."""
    m, n, k = (int(part[1:]) for part in shape.split("_"))
    if dtype == "bf16" and implementation == "sm90":
        least = 0.80 if m == 128 else 0.90
        return 2 * n * k / (1.01 * least * BANDWIDTH) if m <= 128 else 1.0
    if implementation == "sm80":
        return 1 / 0.61
    library = 2 * n * k / (0.80 * BANDWIDTH) if m <= 128 else 1.0  # slower than ours there
    return library * (1.01 if dtype == "bf16" else 0.98 if implementation.startswith("cublaslt") else 1.0)


def good(profile, device=DEVICE):
    """A document of the profile on which every gate holds."""
    made = {}
    for dtype in ("bf16", "fp8_e4m3"):
        for implementation in ("sm90", "sm80", "cublaslt", "cublaslt_fast"):
            for shape in shapes_of(profile, dtype, implementation):
                case = f"gemm.{dtype}.{implementation}/{shape}"
                made[case] = measurement(case, seconds_of(dtype, implementation, shape), device)
    made["read"] = measurement("memory_read.f32.vectorized/bytes1", 1, device)
    return made


class GemmGates(unittest.TestCase):
    def judge(self, *documents, profile="gemm", options=()):
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, measurements in enumerate(documents):
                paths.append(pathlib.Path(folder) / f"{number}.json")
                paths[-1].write_text(json.dumps({"run": {"profile": {"name": profile}}, "measurements": list(measurements.values())}))
            done = subprocess.run([sys.executable, GATES, *options, *paths], capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def test_every_gate_holds_on_a_good_document_of_either_profile(self):
        for profile, listed in (("gemm", 7), ("gemm-full", 60)):
            status, said = self.judge(good(profile), profile=profile)
            self.assertEqual(status, 0, said)
            self.assertIn("5 gates hold, 0 missed, 0 not evaluated", said)
            for gate in ("bf16 listed M >= 256 / cublaslt, geometric mean: 1.010, at least 1.00", "fp8_e4m3 listed M >= 256"):
                (line,) = [line for line in said.splitlines() if gate in line]
                if profile == "gemm-full" or gate.startswith("bf16"):
                    self.assertTrue(line.endswith(f", of {listed} shapes"), line)

    def test_each_gate_is_missed_by_a_little_less_speed(self):
        def slower(document, cases, factor):
            for case in cases(document):
                document[case]["samples"]["median_s"] *= factor
        def bf16(sm90, condition):
            return lambda document: [case for case in document if case.startswith(f"gemm.bf16.{sm90}/") and condition(document[case]["shape"])]
        one = lambda case: lambda document: [case]
        large = lambda shape: shape["n"] * shape["k"] * 2 >= 64 * 2**20
        plants = {
            "bf16 listed M >= 256": (bf16("sm90", lambda s: s["m"] == 256), 1.06),
            "fp8_e4m3 listed": (one("gemm.fp8_e4m3.sm90/m256_n28672_k4096"), 1.2),
            "bf16 listed M <= 64, weights": (one("gemm.bf16.sm90/m8_n8192_k8192"), 1.02),
            "bf16 listed M = 128, weights": (one("gemm.bf16.sm90/m128_n28672_k4096"), 1.02),
            "bf16 listed M <= 128, smaller": (bf16("sm90", lambda s: s["m"] <= 128 and not large(s)), 1.5),
        }
        for gate, (cases, factor) in plants.items():
            document = good("gemm")
            slower(document, cases, factor)
            status, said = self.judge(document)
            self.assertEqual(status, 1, gate + "\n" + said)
            self.assertIn("MISSED: " + gate, said)

    def test_whatever_is_missing_is_never_a_pass(self):
        everything = good("gemm")
        for case, one in everything.items():
            m, n, k = (one["shape"].get(size, 0) for size in "mnk")
            if "cublaslt" in case and m <= 128 and 2 * n * k >= 64 * 2**20:
                continue  # that gate is held to the memory
            if ".sm80/" in case:
                continue  # the profile's own gate
            rest = {name: one for name, one in everything.items() if name != case}
            status, said = self.judge(rest)
            self.assertEqual(status, 3, case + "\n" + said)
            self.assertIn("not evaluated", said)

    def test_what_was_not_measured_cold_on_random_data_alone_on_a_device_does_not_count(self):
        case = "gemm.bf16.sm90/m8192_n8192_k8192"
        for change in ({"status": "error"}, {"status": "not_applicable"}, {"series": "hot"},
                       {"inputs": {"pattern": "zeros", "seed": 1}}, {"scope": {"level": "node", "members": [DEVICE]}}):
            document = good("gemm")
            document[case].update(change)
            self.assertEqual(self.judge(document)[0], 3, change)

    def test_a_ratio_is_of_one_document(self):
        document = good("gemm")
        library = {case: one for case, one in document.items() if ".cublaslt" in case}
        ours = {case: one for case, one in document.items() if ".cublaslt" not in case}
        status, said = self.judge(ours, library)
        self.assertEqual(status, 3, said)

    def test_every_device_is_judged(self):
        slow = good("gemm", "GPU-1")
        slow["gemm.bf16.sm90/m4096_n4096_k4096"]["samples"]["median_s"] = 2
        status, said = self.judge(good("gemm"), slow)
        self.assertEqual(status, 1)
        self.assertIn("9 gates hold, 1 missed", said)

    def test_a_failed_verification_fails_however_fast(self):
        document = good("gemm")
        document["wrong"] = measurement("gemm.bf16.sm90/m64_n64_k64", 1, status="failed_verification", reason="element 3")
        status, said = self.judge(document)
        self.assertEqual(status, 1)
        self.assertIn("failed verification: gemm.bf16.sm90/m64_n64_k64: element 3", said)

    def test_ragged_shapes_are_in_no_mean(self):
        document = good("gemm-full")
        for case, one in document.items():
            if case.startswith("gemm.bf16.sm90/m1031_"):
                one["samples"]["median_s"] *= 1e6
        self.assertEqual(self.judge(document, profile="gemm-full")[0], 0)

    def test_nothing_to_judge_and_what_cannot_be_read_are_no_pass(self):
        self.assertEqual(self.judge({"read": good("gemm")["read"]})[0], 2)
        self.assertEqual(self.judge({"broken": {"case": "x"}})[0], 2)

    def test_the_ratio_of_every_shape_is_shown_when_asked_for(self):
        said = self.judge(good("gemm"), options=["--ratios"])[1]
        self.assertIn("bf16 m4096_n4096_k4096 sm90 / cublaslt: 1.010 on GPU-0", said)
        self.assertIn("fp8_e4m3 m4096_n4096_k4096 sm90 / cublaslt_fast: 0.980 on GPU-0", said)

    def test_the_gates_take_less_than_five_minutes(self):
        profile = json.loads((PROFILES / "gemm.json").read_text())
        sampling = profile["sampling"]
        cases = sum(len(line["shapes"]) * len(line["implementations"]) for line in profile["cases"])
        longest_s = cases * (sampling["max_time_s"] + sampling["min_time_s"])
        self.assertLess(longest_s, 200)  # the rest of the five minutes makes inputs and verifies


if __name__ == "__main__":
    unittest.main()
