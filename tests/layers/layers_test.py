"""The rules of tests/layers/rules.py on this repository, and each on a small tree with a planted violation."""
import pathlib
import re
import subprocess
import tempfile
import unittest

from tests.layers import rules
from tests.layers.tree import Tree
from tests.not_run import not_run

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HEADER = "// A file of the planted tree.\n#pragma once\n"


class ThisRepository(unittest.TestCase):
    def setUp(self):
        self.tree = Tree(ROOT)

    def check(self, violations):
        self.assertEqual([], list(violations), "see tests/layers/rules.py")

    def test_the_tree_is_seen(self):
        self.assertIn("harness/core/result.h", self.tree.code("harness"))
        self.assertGreater(len(self.tree.code()), 50)

    def test_nobody_includes_upwards(self):
        self.check(rules.upward_includes(self.tree))

    def test_no_include_cycle(self):
        self.check(rules.include_cycles(self.tree))

    def test_nobody_includes_a_kernel(self):
        self.check(rules.included_kernels(self.tree))

    def test_includes_are_written_from_the_repository_root(self):
        self.check(rules.unfindable_includes(self.tree))

    def test_only_collectives_include_nccl_and_gloo(self):
        self.check(rules.vendor_communication(self.tree))

    def test_only_core_reads_documents(self):
        self.check(rules.document_readers(self.tree))

    def test_regular_expressions_are_matched_in_one_place(self):
        self.check(rules.regular_expressions(self.tree))

    def test_everything_is_printed_in_one_place(self):
        self.check(rules.printers(self.tree))

    def test_inline_assembly_stays_in_the_device_layer(self):
        self.check(rules.inline_assembly(self.tree))

    def test_google_benchmark_is_used_in_one_place(self):
        self.check(rules.benchmark_drivers(self.tree))

    def test_no_file_is_too_long(self):
        self.check(rules.long_files(self.tree))

    def test_every_file_says_what_it_is(self):
        self.check(rules.unexplained_files(self.tree))

    def test_nothing_is_marked_unfinished(self):
        self.check(rules.unfinished_marks(self.tree))

    def test_no_table_hides_a_measurement(self):
        self.check(rules.hidden_measurements(self.tree))

    def test_no_package_registry_is_named(self):
        hosts = configured_hosts()
        if not hosts:
            not_run("this machine has no package source configured")
        self.check(rules.registry_hosts(self.tree, hosts))

    def test_the_promised_presets_exist(self):
        self.check(rules.missing_presets(self.tree))


def configured_hosts():
    """The hosts that this machine's apt and npm are set up with."""
    found = set()
    for path in [pathlib.Path("/etc/apt/sources.list"), *pathlib.Path("/etc/apt/sources.list.d").glob("*")]:
        if path.is_file():
            found.update(re.findall(r"https?://([^/\s]+)", path.read_text(errors="replace")))
    try:
        npm = subprocess.run(["npm", "config", "get", "registry"], capture_output=True, text=True, timeout=30).stdout
        found.update(re.findall(r"https?://([^/\s]+)", npm))
    except (OSError, subprocess.TimeoutExpired):
        pass
    return sorted(found)


class PlantedViolations(unittest.TestCase):
    """A rule that cannot fail is no rule."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("harness/core/result.h", HEADER)
        self.write("kernels/gemm/kernel.cu", "// A kernel.\n")

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def find(self, rule, path, line, *arguments):
        """What `rule` says of a tree with one more file, which has this line after its head."""
        self.assertEqual([], list(rule(Tree(self.root), *arguments)), "the tree was not clean before")
        self.write(path, HEADER + line + "\n")
        return list(rule(Tree(self.root), *arguments))

    def test_a_planted_upward_include_is_found(self):
        self.write("harness/measure/device.h", HEADER)
        found = self.find(rules.upward_includes, "harness/core/bad.h", '#include "harness/measure/device.h"')
        self.assertEqual(found, ["harness/core/bad.h:3: core may not include harness/measure/device.h"])

    def test_a_kernel_that_knows_collectives_is_found(self):
        found = self.find(rules.upward_includes, "kernels/gemm/bad.cuh", '#include "collectives/communicator.h"')
        self.assertEqual(len(found), 1)

    def test_a_kernel_that_knows_the_emulator_is_found_but_a_twin_may(self):
        include = '#include "kernels/emulator/warp.h"'
        self.assertEqual([], self.find(rules.upward_includes, "kernels/device/emulated/device/good.cuh", include))
        self.assertEqual(len(self.find(rules.upward_includes, "kernels/gemm/bad.cuh", include)), 1)

    def test_a_conformance_file_that_measures_is_found(self):
        found = self.find(rules.upward_includes, "harness/conformance/bad.h", '#include "harness/measure/timer.h"')
        self.assertEqual(len(found), 1)

    def test_a_planted_include_cycle_is_found(self):
        self.write("harness/core/first.h", HEADER + '#include "harness/core/second.h"\n')
        self.write("harness/core/second.h", HEADER)
        found = self.find(rules.include_cycles, "harness/core/second.h", '#include "harness/core/first.h"')
        self.assertEqual(found, ["harness/core/first.h -> harness/core/second.h -> harness/core/first.h"])

    def test_a_folder_that_is_no_layer_is_found(self):
        self.assertEqual(len(self.find(rules.upward_includes, "harness/misc/bad.h", "")), 1)

    def test_a_planted_include_of_a_kernel_is_found(self):
        found = self.find(rules.included_kernels, "harness/cli/bad.cpp", '#include "kernels/gemm/kernel.cu"')
        self.assertEqual(len(found), 1)

    def test_a_planted_relative_include_is_found(self):
        self.assertEqual(len(self.find(rules.unfindable_includes, "harness/core/bad.h", '#include "result.h"')), 1)

    def test_a_planted_nccl_outside_collectives_is_found(self):
        found = self.find(rules.vendor_communication, "harness/measure/bad.h", "#include <nccl.h>")
        self.assertEqual(len(found), 1)

    def test_gloo_in_collectives_is_allowed(self):
        self.assertEqual([], self.find(rules.vendor_communication, "collectives/good.h", "#include <gloo/context.h>"))

    def test_a_planted_document_reader_outside_core_is_found(self):
        found = self.find(rules.document_readers, "harness/report/bad.h", "#include <nlohmann/json.hpp>")
        self.assertEqual(len(found), 1)

    def test_a_planted_json_parser_outside_core_is_found(self):
        found = self.find(rules.document_readers, "harness/cli/bad.cpp", "auto j = Json::parse(text);")
        self.assertEqual(len(found), 1)

    def test_planted_assembly_in_a_kernel_is_found(self):
        found = self.find(rules.inline_assembly, "kernels/gemm/bad.cu", 'asm volatile("bar.sync 0;");')
        self.assertEqual(len(found), 1)

    def test_another_matcher_of_regular_expressions_is_found(self):
        self.write("harness/core/regular_expression.cpp", "// Matches.\n#include <re2/re2.h>\n")
        found = self.find(rules.regular_expressions, "harness/cli/bad.cpp", "#include <regex>\n#include <re2/re2.h>")
        self.assertEqual(len(found), 2)

    def test_another_printer_is_found(self):
        self.write("harness/core/print.cpp", "// Prints.\nvoid f() { std::fwrite(a, 1, 1, b); }\n")
        self.assertEqual(len(self.find(rules.printers, "harness/cli/bad.cpp", "void f() { fmt::print(stderr, name); }")),
                         1)

    def test_a_second_user_of_google_benchmark_is_found(self):
        self.write("harness/measure/group_run.cpp", "// Drives.\n#include <benchmark/benchmark.h>\n")
        found = self.find(rules.benchmark_drivers, "kernels/gemm/bad.cpp", "#include <benchmark/benchmark.h>")
        self.assertEqual(len(found), 1)

    def test_a_second_driver_of_google_benchmark_is_found(self):
        driver = "void f() { benchmark::RunSpecifiedBenchmarks(); }"
        self.write("harness/measure/group_run.cpp", f"// Drives.\n{driver}\n")
        self.assertEqual(len(self.find(rules.benchmark_drivers, "harness/measure/bad.cpp", driver)), 1)

    def test_a_planted_long_file_is_found(self):
        self.assertEqual(len(self.find(rules.long_files, "harness/core/bad.h", "\n" * 400)), 1)

    def test_a_file_that_does_not_say_what_it_is_is_found(self):
        self.assertEqual([], list(rules.unexplained_files(Tree(self.root))))
        self.write("harness/core/bad.h", "#include <string>\n")
        self.assertEqual(len(list(rules.unexplained_files(Tree(self.root)))), 2)

    def test_a_planted_unfinished_mark_is_found(self):
        self.assertEqual(len(self.find(rules.unfinished_marks, "harness/core/bad.h", "// TO" "DO: later")), 1)

    def test_a_row_that_hides_a_measurement_is_found(self):
        self.write("results-schema/reference/h200-sxm/2026-11-28-gemm.json", """{"measurements": [
            {"case": "gemm.bf16.sm90/m8_n8_k8", "status": "measured"},
            {"case": "gemm.bf16.naive/m8_n8_k8", "status": "not_applicable"}]}""")
        for first, count in [("`gemm.bf16.sm90`, tuned", 1), ("`bf16.sm90`", 1), ("`attention_forward.bf16.sm90`", 0),
                             ("`gemm.bf16.naive`", 0), ("tiles", 0)]:
            self.write("kernels/README.md", "# kernels\n")
            row = f"| {first} | as `gemm.bf16.sm90` | not yet measured |"
            self.assertEqual(len(self.find(rules.hidden_measurements, "kernels/README.md", row)), count, first)

    def test_a_planted_registry_host_is_found(self):
        found = self.find(rules.registry_hosts, "scripts/bad.sh", "URIs: http://packages.example/debian",
                          ["packages.example"])
        self.assertEqual(len(found), 1)

    def test_a_missing_preset_is_found(self):
        presets = '{"configurePresets": [{"name": "host"}], "buildPresets": [{"name": "host"}]}'
        self.write("CMakePresets.json", presets)
        self.assertEqual(len(list(rules.missing_presets(Tree(self.root)))), 8)


if __name__ == "__main__":
    unittest.main()
