"""scripts/bench with a stub compiler: which figures it keeps."""
import unittest

from tests.scripts.checkout import Checkout


class Bench(unittest.TestCase):
    def setUp(self):
        self.checkout = Checkout()
        self.addCleanup(self.checkout.close)
        self.checkout.stub("cmake", "exit 0")
        self.set_benchmark('for word in "$@"; do case "$word" in --benchmark_out=*) echo "$RUN" >"${word#*=}" ;; esac; done')

    def set_benchmark(self, body):
        self.checkout.stub("assay_bench", body, self.checkout.root / "build/host/tests/bench")

    def bench(self, *flags, run="1"):
        return self.checkout.run("bench", *flags, ASSAY_SKIP_INSTALL="1", RUN=run)

    def kept(self, name):
        return (self.checkout.root / "build/bench" / name).read_text().strip()

    def test_a_second_benchmark_run_keeps_the_figures_of_the_first_and_says_how_to_compare(self):
        first = self.bench("--benchmark_filter=judge")
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertNotIn("compare", first.stdout)
        self.assertIn("--benchmark_filter=judge", self.checkout.calls()[-1])
        second = self.bench(run="2")
        self.assertEqual((self.kept("previous.json"), self.kept("latest.json")), ("1", "2"))
        self.assertIn("compare.py benchmarks build/bench/previous.json build/bench/latest.json", second.stdout)

    def test_a_broken_benchmark_run_leaves_the_figures_of_the_last(self):
        self.bench()
        self.set_benchmark("exit 3")
        self.assertEqual(self.bench().returncode, 3)
        self.assertEqual(self.kept("latest.json"), "1")


if __name__ == "__main__":
    unittest.main()
