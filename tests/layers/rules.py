"""The rules of the tree, one function each: it takes a Tree and returns the violations, one line each."""
import json
import pathlib
import re

# layer: the layers that it may include. The command line may include everything.
LAYERS = {
    "core": {"core"},
    "fabric": {"core", "fabric"},
    "conformance": {"core", "fabric", "conformance"},
    "compare": {"core", "fabric", "compare"},
    "report": {"core", "fabric", "report"},
    "reported": {"core", "reported"},
    "site": {"core", "compare", "site"},
    "cluster": {"core", "cluster"},
    "simulate": {"core", "fabric", "simulate"},
    "measure": {"core", "fabric", "measure"},
    "kernels": {"core", "fabric", "measure", "kernels"},
    "emulator": {"core", "kernels", "emulator"},
    "twins": {"core", "kernels", "emulator", "twins"},  # the emulated side of the device layer
    "collectives": {"core", "fabric", "measure", "collectives"},
    "workloads": {"core", "fabric", "measure", "kernels", "collectives", "workloads"},
    "run": {"core", "fabric", "measure", "kernels", "collectives", "workloads", "run"},
    "cli": {"core", "fabric", "measure", "kernels", "collectives", "workloads", "run", "conformance", "compare",
            "report", "reported", "site", "cluster", "simulate", "cli"},
}
SOURCES = ("harness", "kernels", "collectives")
# The two sides of the device layer, chosen by include path: `device/x.cuh` is found in either.
DEVICE_SIDES = ("kernels/device/ptx/", "kernels/device/emulated/")
# Assembly that is not a GPU's: a file, and why C++ cannot say it.
HOST_ASSEMBLY = {"harness/measure/host_probe.cpp": "a chain of additions that no optimiser may shorten"}
PRESETS = {"host", "cuda", "asan", "tsan", "portable"}
LINE_LIMIT = 400
MARKERS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def layer_of(path):
    parts = pathlib.PurePath(path).parts
    if parts[0] == "harness":
        return parts[1]
    if path.startswith("kernels/emulator/"):
        return "emulator"
    if path.startswith("kernels/device/emulated/"):
        return "twins"
    return "kernels" if parts[0] == "device" else parts[0]


def upward_includes(tree):
    for path in tree.code(*SOURCES):
        allowed = LAYERS.get(layer_of(path))
        if allowed is None:
            yield f"{path}: its folder is no layer: add it to LAYERS in tests/layers/rules.py"
            continue
        for number, kind, included in tree.includes(path):
            ours = included.split("/")[0] in (*SOURCES, "device", "tests")
            if kind == '"' and ours and layer_of(included) not in allowed:
                yield f"{path}:{number}: {layer_of(path)} may not include {included}"


def include_cycles(tree):
    """No file includes itself by way of others."""
    includes = {path: {included for _, kind, included in tree.includes(path)
                       if kind == '"' and included in tree.paths} for path in tree.code()}
    finished = set()

    def visit(path, way):
        if path in way:
            yield " -> ".join([*way[way.index(path):], path])
            return
        if path in finished:
            return
        for included in sorted(includes.get(path, ())):
            yield from visit(included, [*way, path])
        finished.add(path)

    for path in sorted(includes):
        yield from visit(path, [])


def included_kernels(tree):
    """A kernel is found in the catalogue by its name; nothing that is compiled by itself is included."""
    for path in tree.code():
        for number, _, included in tree.includes(path):
            if included.endswith((".cpp", ".cu", ".cc", ".c")):
                yield f"{path}:{number}: includes {included}, which is compiled by itself"


def unfindable_includes(tree):
    """Quoted includes are written from the repository's root."""
    for path in tree.code():
        for number, kind, included in tree.includes(path):
            places = ["", *DEVICE_SIDES]
            if kind == '"' and not any((tree.root / place / included).is_file() for place in places):
                yield f"{path}:{number}: no {included} from the repository's root"


def vendor_communication(tree):
    """Only collectives/ includes nccl.h and Gloo."""
    for path in tree.code(*SOURCES):
        for number, _, included in tree.includes(path):
            if re.match(r"(nccl[a-z_]*\.h$|gloo/)", included) and not path.startswith("collectives/"):
                yield f"{path}:{number}: only collectives/ may include {included}"


def document_readers(tree):
    """Only core parses JSON or knows the JSON library; the others use the type that it gives them."""
    for path in tree.code(*SOURCES):
        if path.startswith("harness/core/"):
            continue
        for number, _, included in tree.includes(path):
            if included.startswith(("nlohmann/", "valijson/")):
                yield f"{path}:{number}: only harness/core may include {included}"
        for number, line in enumerate(tree.lines(path), start=1):
            if re.search(r"\b([Jj]son|ordered_json)::(parse|accept|sax_parse)\b", line):
                yield f"{path}:{number}: only harness/core parses JSON: use parse_json or read_result"


def regular_expressions(tree):
    """Expressions are matched by RE2, in one file: std::regex recurses once a character and need not end."""
    for path in tree.code(*SOURCES):
        for number, _, included in tree.includes(path):
            if included == "regex" or (included.startswith("re2/") and path != "harness/core/regular_expression.cpp"):
                yield f"{path}:{number}: includes {included}: use harness/core/regular_expression.h"


def printers(tree):
    """Names of others pass one filter before they are printed: harness/core/print.cpp alone writes to a stream."""
    for path in tree.code(*SOURCES):
        for number, line in enumerate(tree.lines(path), start=1):
            if path != "harness/core/print.cpp" and re.search(
                    r"fmt::print\(|std::(puts|putchar|f?printf|fputs|fwrite|cout|cerr|clog)\b", line.split("//")[0]):
                yield f"{path}:{number}: prints: use harness/core/print.h"


def inline_assembly(tree):
    for path in tree.code():
        if path.startswith("kernels/device/ptx/") or path in HOST_ASSEMBLY:
            continue
        for number, line in enumerate(tree.lines(path), start=1):
            if re.search(r"\b(asm|__asm__|__asm)\b\s*(volatile|__volatile__|goto)?\s*\(", line.split("//")[0]):
                yield f"{path}:{number}: inline assembly belongs in kernels/device/ptx/"


def benchmark_drivers(tree):
    """Google Benchmark is harness/measure's, and drives the cases in one file of it."""
    drivers = []
    for path in tree.code(*SOURCES):
        for number, _, included in tree.includes(path):
            if included.startswith("benchmark/") and not path.startswith("harness/measure/"):
                yield f"{path}:{number}: only harness/measure may include {included}"
        if any("RunSpecifiedBenchmarks(" in line.split("//")[0] for line in tree.lines(path)):
            drivers.append(path)
    if len(drivers) > 1:
        yield f"Google Benchmark drives the cases in more than one file: {', '.join(sorted(drivers))}"


def long_files(tree):
    for path in [*tree.code(), *tree.scripts()]:
        count = len(tree.lines(path))
        if count > LINE_LIMIT:
            yield f"{path}: {count} lines, more than {LINE_LIMIT}: is it still one idea?"


def unexplained_files(tree):
    """The first line of a source file says what it is; a header guards itself by #pragma once."""
    for path in tree.code():
        lines = tree.lines(path)
        if not lines or not lines[0].startswith("//"):
            yield f"{path}:1: the first line says what the file is"
        if path.endswith((".h", ".cuh")) and "#pragma once" not in lines:
            yield f"{path}: no #pragma once"


def unfinished_marks(tree):
    for path in tree.code():
        for number, line in enumerate(tree.lines(path), start=1):
            if MARKERS.search(line):
                yield f"{path}:{number}: finish it or file it: {line.strip()}"


def hidden_measurements(tree):
    """The first cell of a row that says "not yet measured" names nothing that a committed document measured."""
    measured = set()
    for path in tree.paths:
        if path.startswith("results-schema/reference/") and path.endswith(".json"):
            measured.update(one["case"].split("/")[0] for one in json.loads(tree.text(path))["measurements"]
                            if one["status"] == "measured")
    for path in tree.paths:
        if not path.startswith("kernels/") or not path.endswith(".md"):
            continue
        for number, line in enumerate(tree.lines(path), start=1):
            if not line.startswith("|") or "not yet measured" not in line:
                continue
            for name in re.findall(r"`([^`]+)`", line.split("|")[1]):
                # `bf16.sm90` alone may be of any workload, so it stands for every one that ends so.
                for case in sorted(case for case in measured if f".{case}".endswith(f".{name}")):
                    yield f"{path}:{number}: {name} is not yet measured, but results-schema/reference/ has {case}"


def registry_hosts(tree, hosts):
    """No file names a package registry's host: every machine has its own."""
    for path in tree.paths:
        text = tree.text(path)
        for host in hosts:
            if re.search(rf"(?<![\w.-]){re.escape(host)}(?![\w-])", text):
                yield f"{path}: names the package registry {host}"


def missing_presets(tree):
    presets = json.loads(tree.text("CMakePresets.json"))
    for kind in ("configurePresets", "buildPresets"):
        names = {preset["name"] for preset in presets[kind] if not preset.get("hidden")}
        for name in sorted(PRESETS - names):
            yield f"CMakePresets.json: no {kind[:-1]} called {name}"
    for preset in presets["configurePresets"]:
        if preset.get("name") == "base" and preset["binaryDir"] != "${sourceDir}/build/${presetName}":
            yield "CMakePresets.json: preset P is not built in build/P"
