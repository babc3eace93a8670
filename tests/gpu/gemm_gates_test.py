"""scripts/gemm_gates.py on planted documents: which gates hold, which are missed, what is not evaluated."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

GATES = pathlib.Path(__file__).resolve().parent.parent.parent / "scripts/gemm_gates.py"


def product(implementation, m, n, k, seconds, dtype="bf16", status="measured"):
    return {"case": f"gemm.{dtype}.{implementation}/m{m}_n{n}_k{k}", "workload": "gemm", "dtype": dtype,
            "implementation": implementation, "shape": {"m": m, "n": n, "k": k}, "status": status,
            "samples": {"median_s": seconds}}


def reads(bytes_per_s):
    return {"case": "memory_read.f32.vectorized/bytes1", "workload": "memory_read", "dtype": "f32",
            "implementation": "vectorized", "shape": {"bytes": 1}, "status": "measured",
            "metrics": {"bytes_per_s": bytes_per_s}}


class GemmGates(unittest.TestCase):
    def judge(self, *measurements):
        with tempfile.TemporaryDirectory() as folder:
            document = pathlib.Path(folder) / "gemm.json"
            document.write_text(json.dumps({"measurements": measurements}))
            done = subprocess.run([sys.executable, GATES, document], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    def test_a_faster_kernel_holds_and_a_slower_one_misses(self):
        for seconds, code, word in ((0.9, 0, "holds: bf16 4096^3"), (1.01, 1, "MISSED: bf16 4096^3")):
            status, said = self.judge(product("sm90", 4096, 4096, 4096, seconds), product("cublaslt", 4096, 4096, 4096, 1))
            self.assertEqual(status, code, said)
            self.assertIn(word, said)
            self.assertIn("not evaluated: bf16 8192^3", said)

    def test_few_rows_are_held_to_the_read_bandwidth_in_weight_bytes(self):
        weights = 2 * 8192 * 8192
        for share, code in ((0.91, 0), (0.89, 1)):
            status, said = self.judge(product("sm90", 8, 8192, 8192, weights / (share * 1e12)), reads(1e12))
            self.assertEqual(status, code, said)
        status, said = self.judge(product("sm90", 128, 8192, 8192, weights / (0.81 * 1e12)), reads(1e12))
        self.assertEqual(status, 0, said)

    def test_the_geometric_mean_counts_every_listed_shape(self):
        both = [(4096, 6144, 4096, 0.5), (8192, 4096, 4096, 2.5)]
        measurements = [product("sm90", m, n, k, seconds) for m, n, k, seconds in both]
        measurements += [product("cublaslt", m, n, k, 1) for m, n, k, _ in both]
        status, said = self.judge(*measurements)
        self.assertEqual(status, 1, said)
        self.assertIn("0.894", said)

    def test_a_failed_verification_fails_however_fast(self):
        wrong = product("sm90", 64, 64, 64, 1, status="failed_verification")
        status, said = self.judge(wrong, product("sm90", 4096, 4096, 4096, 0.5), product("cublaslt", 4096, 4096, 4096, 1))
        self.assertEqual(status, 1)
        self.assertIn("failed verification: gemm.bf16.sm90/m64_n64_k64", said)

    def test_nothing_to_judge_is_no_pass(self):
        self.assertEqual(self.judge(reads(1e12))[0], 2)
