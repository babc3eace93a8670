"""Judges the documents of `gpu-acceptance --full` by the gates of profile `gemm`, over every listed shape.

The limits are those of the profile's requirements, which `assay check` applies to the few shapes of the profile
itself, and to the squares and the kernel for older GPUs alone.

Usage: gemm_gates.py [--ratios] DOCUMENT...

Speed of ours over the library's is the ratio of median times of one group of one document, measured in
alternation on the same random data; --ratios prints it for every shape first. A gate looks at the shapes that the
documents' profiles ask for: where one of them was not measured, the gate is not evaluated, which is never a pass.
Exit 0: every gate holds; 1: one does not, or an answer was wrong; 2: a document cannot be read, or there is no
native kernel in them; 3: a gate could not be evaluated.
"""
import json
import math
import pathlib
import sys

PROFILES = pathlib.Path(__file__).resolve().parent.parent / "results-schema/profiles"
LARGE_BYTES = 64 * 2**20  # weights that no cache holds
# N and K of the weights of Llama-3 8B, 70B, 405B and DeepSeek-V3, as tests/kernels/gemm/listed_products.h has them.
LISTED = {(6144, 4096), (4096, 4096), (28672, 4096), (4096, 14336), (10240, 8192), (8192, 8192), (57344, 8192),
          (8192, 28672), (18432, 16384), (16384, 16384), (106496, 16384), (16384, 53248), (2112, 7168), (24576, 1536),
          (32768, 512), (7168, 16384), (36864, 7168), (7168, 18432), (4096, 7168), (7168, 2048)}
LISTED_ROWS = {1, 8, 64, 128, 256, 4096, 8192}
LIBRARY = {"fp8_e4m3": "cublaslt_fast"}  # sums in the tensor core, as ours does


class Missing(Exception):
    """Why a gate cannot be evaluated."""


class Evidence:
    """What the documents hold: medians by device, dtype, implementation and shape, and what was asked for."""

    def __init__(self):
        self.medians, self.bandwidths, self.asked, self.wrong, self.devices = {}, {}, {}, [], set()

    def read(self, path):
        document = json.loads(pathlib.Path(path).read_text())
        self.ask(document["run"]["profile"]["name"])
        for one in document["measurements"]:
            if one["status"] == "failed_verification":
                self.wrong.append(f'{one["case"]}: {one.get("reason", "")}')
            is_timed = one["status"] == "measured" and one["series"] == "cold" and one["inputs"]["pattern"] == "normal"
            if not is_timed or one["scope"]["level"] != "device":
                continue
            device = one["scope"]["members"][0]
            if one["workload"] == "memory_read":
                self.bandwidths.setdefault(device, []).append(one["metrics"]["bytes_per_s"])
            elif one["workload"] == "gemm" and set(one["shape"]) == {"m", "n", "k"}:
                self.devices.add(device)
                shape = tuple(one["shape"][key] for key in "mnk")
                key = device, one["dtype"], shape
                self.medians.setdefault(key, {}).setdefault(str(path), {})[one["implementation"]] = \
                    one["samples"]["median_s"]

    def ask(self, profile):
        """The GEMM shapes that a profile of ours has of each dtype and implementation."""
        file = next(PROFILES.rglob(f"{profile}.json"), None)
        if file is None:
            return
        for line in json.loads(file.read_text())["cases"]:
            if line["workload"] != "gemm":
                continue
            for dtype in line["dtypes"]:
                for implementation in line["implementations"]:
                    shapes = self.asked.setdefault((dtype, implementation), set())
                    shapes.update(filter(None, map(shape_of, line["shapes"])))

    def has_native(self):
        return any("sm90" in of_document for by_document in self.medians.values() for of_document in by_document.values())

    def shapes(self, dtype, wanted):
        found = sorted(shape for shape in self.asked.get((dtype, "sm90"), ()) if wanted(*shape))
        if not found:
            raise Missing("no document's profile asks for such a shape")
        return found

    def medians_of(self, device, dtype, shape, names):
        """The medians of these implementations in a document that has them all."""
        for medians in self.medians.get((device, dtype, shape), {}).values():
            if all(name in medians for name in names):
                return [medians[name] for name in names]
        raise Missing(f"{' and '.join(names)} at m{shape[0]}_n{shape[1]}_k{shape[2]} were not both measured on {device}"
                      if len(names) > 1 else f"{names[0]} at m{shape[0]}_n{shape[1]}_k{shape[2]} was not measured on {device}")

    def ratio(self, device, dtype, shape):
        mine, theirs = self.medians_of(device, dtype, shape, ("sm90", LIBRARY.get(dtype, "cublaslt")))
        return theirs / mine

    def bandwidth_share(self, device, shape):
        if device not in self.bandwidths:
            raise Missing(f"the read bandwidth was not measured on {device}")
        (time,) = self.medians_of(device, "bf16", shape, ("sm90",))
        return weight_bytes(*shape) / time / max(self.bandwidths[device])


def shape_of(text):
    """m, n and k of a profile's shape; None for one that has more."""
    parts = text.split("_")
    if [part[:1] for part in parts] != list("mnk") or not all(part[1:].isdigit() for part in parts):
        return None
    return tuple(int(part[1:]) for part in parts)


def weight_bytes(_, n, k):
    return 2 * n * k


def is_large(m, n, k):
    return weight_bytes(m, n, k) >= LARGE_BYTES


def is_listed(m, n, k):
    return m in LISTED_ROWS and (n, k) in LISTED


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def limit_of(requirement):
    """The least figure that a requirement of profile gemm takes."""
    profile = json.loads((PROFILES / "developer/gemm.json").read_text())
    return next(one for one in profile["requirements"] if one["id"] == requirement)["parameters"]["fail_below"]


def gates(evidence, device):
    """(name, least figure that holds, function that gives the figure and of how many shapes)."""
    def ratio(dtype, wanted):
        def figure():
            shapes = evidence.shapes(dtype, wanted)
            return geometric_mean([evidence.ratio(device, dtype, shape) for shape in shapes]), len(shapes)
        return figure

    def share(wanted):
        def figure():
            shapes = evidence.shapes("bf16", wanted)
            return min(evidence.bandwidth_share(device, shape) for shape in shapes), len(shapes)
        return figure

    for dtype, many_rows in (("bf16", "bf16_many_rows"), ("fp8_e4m3", "fp8_many_rows")):
        yield (f"{dtype} listed M >= 256 / {LIBRARY.get(dtype, 'cublaslt')}, geometric mean", limit_of(many_rows),
               ratio(dtype, lambda m, n, k: m >= 256 and is_listed(m, n, k)))
    yield ("bf16 listed M <= 64, weights of 64 MiB or more / read bandwidth, least", limit_of("bf16_few_rows_large_weights"),
           share(lambda m, n, k: m <= 64 and is_listed(m, n, k) and is_large(m, n, k)))
    yield ("bf16 listed M = 128, weights of 64 MiB or more / read bandwidth, least", limit_of("bf16_128_rows_large_weights"),
           share(lambda m, n, k: m == 128 and is_listed(m, n, k) and is_large(m, n, k)))
    yield ("bf16 listed M <= 128, smaller weights / cublaslt, geometric mean", limit_of("bf16_few_rows_small_weights"),
           ratio("bf16", lambda m, n, k: m <= 128 and is_listed(m, n, k) and not is_large(m, n, k)))


def print_ratios(evidence):
    for (device, dtype, shape), by_document in sorted(evidence.medians.items()):
        for medians in by_document.values():
            for name, theirs in sorted(medians.items()):
                if name.startswith("cublaslt"):
                    for ours in sorted(set(medians) - {name}):
                        if not ours.startswith("cublaslt"):
                            print(f"{dtype} m{shape[0]}_n{shape[1]}_k{shape[2]} {ours} / {name}: "
                                  f"{theirs / medians[ours]:.3f} on {device}")


def judge(evidence):
    """How many gates hold, are missed, and could not be evaluated, on every device."""
    held = missed = unknown = 0
    for device in sorted(evidence.devices):
        for name, least, figure_of in gates(evidence, device):
            try:
                figure, shapes = figure_of()
            except Missing as why:
                unknown += 1
                print(f"not evaluated: {name}: {why}")
                continue
            is_held = figure >= least
            held += is_held
            missed += not is_held
            print(f"{'holds' if is_held else 'MISSED'}: {name}: {figure:.3f}, at least {least:.2f}"
                  f"{f', of {shapes} shapes' if shapes > 1 else ''}")
    return held, missed, unknown


def main(arguments):
    documents = [one for one in arguments if one != "--ratios"]
    if not documents or documents[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if documents else 2
    evidence = Evidence()
    for path in documents:
        try:
            evidence.read(path)
        except (OSError, ValueError, KeyError, TypeError) as problem:
            print(f"{path} cannot be read as a result document: {type(problem).__name__} {problem}")
            return 2
    for line in evidence.wrong:
        print(f"failed verification: {line}")
    if "--ratios" in arguments:
        print_ratios(evidence)
    if not evidence.has_native() and not evidence.wrong:
        print("nothing to judge: no document has a measurement of gemm.*.sm90")
        return 2
    held, missed, unknown = judge(evidence)
    print(f"{held} gates hold, {missed} missed, {unknown} not evaluated, {len(evidence.wrong)} cases failed their verification")
    if evidence.wrong or missed:
        return 1
    return 3 if unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
