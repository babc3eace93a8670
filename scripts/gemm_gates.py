"""Judges GEMM result documents by the gates of the native kernels: ours beside the vendor's library.

Usage: gemm_gates.py DOCUMENT...

Speed of ours over the library's is the ratio of median times of one group, measured in alternation.
A gate is shown with its figure; one whose cases are not there is `not evaluated`. Exit 0: every gate
that was evaluated holds and at least one was; 1: one does not hold; 2: nothing to judge.
"""
import json
import math
import sys

LARGE_BYTES = 64 * 2**20  # weights that no cache holds


def medians(documents):
    """(dtype, implementation, shape as a tuple): median seconds of what passed its verification."""
    times, bandwidths, failed = {}, [], []
    for path in documents:
        with open(path) as file:
            document = json.load(file)
        for one in document.get("measurements", []):
            if one["status"] == "failed_verification":
                failed.append(f'{one["case"]}: {one.get("reason", "")}')
            if one["status"] != "measured":
                continue
            if one["workload"] == "memory_read":
                bandwidths.append(one["metrics"]["bytes_per_s"])
            elif one["workload"] == "gemm":
                shape = tuple(one["shape"][key] for key in ("m", "n", "k"))
                times[one["dtype"], one["implementation"], shape] = one["samples"]["median_s"]
    return times, max(bandwidths, default=None), failed


def ratios(times, dtype, library, wanted):
    """Ours over the library's, by shape, of the shapes that `wanted` takes."""
    return {shape: times[dtype, library, shape] / time
            for (kind, name, shape), time in times.items()
            if kind == dtype and name == "sm90" and (dtype, library, shape) in times and wanted(*shape)}


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def weight_bytes(n, k):
    return 2 * n * k


def gates(times, bandwidth):
    """(name, least figure that holds, figure or None)."""
    for size in (4096, 8192):
        found = ratios(times, "bf16", "cublaslt", lambda m, n, k: (m, n, k) == (size,) * 3)
        yield f"bf16 {size}^3 / cublaslt", 1.00, next(iter(found.values()), None)
    found = ratios(times, "fp8_e4m3", "cublaslt_fast", lambda m, n, k: m >= 4096)
    yield "fp8_e4m3 M >= 4096 / cublaslt_fast, geometric mean", 0.97, mean_of(found)
    listed = ratios(times, "bf16", "cublaslt", lambda m, n, k: m >= 256 and not m == n == k)
    yield "bf16 listed M >= 256 / cublaslt, geometric mean", 1.00, mean_of(listed)
    for low, high, least in ((1, 64, 0.90), (65, 128, 0.80)):
        large = [weight_bytes(n, k) / time / bandwidth for (dtype, name, (m, n, k)), time in times.items()
                 if dtype == "bf16" and name == "sm90" and low <= m <= high
                 and weight_bytes(n, k) >= LARGE_BYTES] if bandwidth else []
        yield f"bf16 M {low} to {high}, weights of 64 MiB or more / read bandwidth, least", least, min(large, default=None)
    small = ratios(times, "bf16", "cublaslt", lambda m, n, k: m <= 128 and weight_bytes(n, k) < LARGE_BYTES)
    yield "bf16 M <= 128, smaller weights / cublaslt, geometric mean", 1.00, mean_of(small)
    portable = times.get(("bf16", "sm80", (8192,) * 3))
    native = times.get(("bf16", "sm90", (8192,) * 3))
    yield "bf16 8192^3 sm80 / sm90", 0.60, native / portable if native and portable else None


def mean_of(found):
    return geometric_mean(list(found.values())) if found else None


def main(documents):
    if not documents or documents[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if documents else 2
    times, bandwidth, failed = medians(documents)
    for line in failed:
        print(f"failed verification: {line}")
    missed = evaluated = 0
    for name, least, figure in gates(times, bandwidth):
        if figure is None:
            print(f"not evaluated: {name}")
            continue
        evaluated += 1
        missed += figure < least
        print(f"{'holds' if figure >= least else 'MISSED'}: {name}: {figure:.3f}, at least {least:.2f}")
    print(f"{evaluated} gates evaluated, {missed} missed, {len(failed)} cases failed their verification")
    if failed or missed:
        return 1
    return 0 if evaluated else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
