"""scripts/mutants.py: what it plants, and what it says of a small project whose test misses one bug."""
import contextlib
import io
import pathlib
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

from tests.scripts.checkout import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "scripts"))
import mutants  # noqa: E402

SOURCE = """// A comment with a < b and 5.
#include "harness/core/limit.h"
bool is_over(int value, int limit) {
  if (value < 0) return false;
  return value > limit;
}
"""
TEST = """#include "harness/core/limit.h"
int main() { return is_over(11, 10) && !is_over(9, 10) && !is_over(-5, -9) ? 0 : 1; }
"""
BUILD = """cmake_minimum_required(VERSION 3.25)
project(small CXX)
enable_testing()
add_subdirectory(tests/core)
"""
BUILD_TESTS = """add_executable(core_test limit_test.cpp ${PROJECT_SOURCE_DIR}/harness/core/limit.cpp)
target_include_directories(core_test PRIVATE ${PROJECT_SOURCE_DIR})
add_test(NAME "core: a limit" COMMAND core_test)
"""

CASES = """#include "harness/core/limit.h"
#include <cstdio>
#include <cstring>
int main(int, char** words) {
  if (std::strcmp(words[1], "--test-case=the second") == 0) return 0;
  std::puts("the first");
  return is_over(-5, -9) ? 1 : 0;
}
"""
BUILD_CASES = BUILD_TESTS.replace('add_test(NAME "core: a limit" COMMAND core_test)', """
foreach(name "the first" "the second")
  add_test(NAME "core: ${name}" COMMAND core_test "--test-case=${name}")
endforeach()""")


def planted(line):
    """The replacements that are planted in one line."""
    text = f"void f() {{\n  {line}\n}}\n"
    return [text[:bug.begin] + bug.text + text[bug.end:] for bug in mutants.bugs_of("f.cpp", text)]


class Kinds(unittest.TestCase):
    def assert_planted(self, before, *after):
        text = [one.split("\n")[1].strip() for one in planted(before)]
        self.assertEqual(sorted(text), sorted(after))

    def test_comparisons_signs_and_constants_are_changed(self):
        self.assert_planted("return a < b;", "return a <= b;")
        self.assert_planted("return a >= b;", "return a > b;")
        self.assert_planted("return a == b;", "return a != b;")
        self.assert_planted("x += y - z;", "x -= y - z;", "x += y + z;")
        self.assert_planted("x = 0.05;", "x = 0.07500000000000001;")
        self.assert_planted("x = 0;", "x = 1;")

    def test_minima_and_conditions_and_calls_are_changed(self):
        self.assert_planted("x = std::min(a, b);", "x = std::max(a, b);")
        self.assert_planted("if (is_bad(a)) x = b;", "if (false) x = b;")
        self.assert_planted("return a && !b;", "return a || !b;")
        self.assert_planted("findings.pass();", "static_cast<void>(0);")
        self.assert_planted("file->close();", "static_cast<void>(0);")

    def test_comments_and_texts_and_includes_are_left_alone(self):
        for line in ('say("a < 5 \\" && b");', "// if (a == 1) call();", '#include "a/b 5.h"', "/* a < b */",
                     "char c = '5';", "int v1 = kM1;", "std::vector<int> list;", "std::string name(text);"):
            bugs = [one for one in planted(line) if "static_cast<void>" not in one]
            self.assertEqual(bugs, [], line)


class TestsAbout(unittest.TestCase):
    def test_a_file_is_told_by_the_folders_that_have_its_tests(self):
        for path, folders in (("harness/core/fields.cpp", ("core",)),
                              ("harness/core/consistency_light.cpp", ("core", "conformance")),
                              ("harness/conformance/evidence/pack.cpp", ("conformance", "cli")),
                              ("harness/conformance/judge.cpp", ("conformance",)),
                              ("harness/run/join.cpp", ("run", "cli")), ("collectives/nccl/join.h", ("collectives",))):
            self.assertEqual(mutants.tests_about(path), folders, path)


class SmallProject(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay mutants ")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name, text in (("CMakeLists.txt", BUILD), ("harness/core/limit.cpp", SOURCE), (".gitignore", "build/\n"),
                           ("harness/core/limit.h", "#pragma once\nbool is_over(int value, int limit);\n"),
                           ("tests/core/CMakeLists.txt", BUILD_TESTS), ("tests/core/limit_test.cpp", TEST)):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)
        subprocess.run(["git", "init", "-q", self.root], check=True)
        subprocess.run(["git", "-C", self.root, "add", "."], check=True)

    def outcome_of(self, bug):
        with mock.patch.object(mutants, "ROOT", self.root), mock.patch.object(mutants, "bug_of", return_value=bug), \
                contextlib.redirect_stdout(io.StringIO()) as said:
            return mutants.plant(1, ["harness/core"], self.root / "build/mutants"), said.getvalue()

    def test_a_bug_is_noticed_or_survives_or_is_none(self):
        bugs = {SOURCE[bug.begin:bug.end]: bug for bug in mutants.bugs_of("harness/core/limit.cpp", SOURCE)}
        self.assertEqual(self.outcome_of(bugs["return false;"])[0], 0)
        status, said = self.outcome_of(bugs[" > "])  # the limit itself is never tried
        self.assertEqual(status, 1)
        self.assertIn("harness/core/limit.cpp:5: return value > limit;\n  ' > ' becomes ' >= '", said)
        self.assertIn("SURVIVED", said)
        broken = mutants.Bug("harness/core/limit.cpp", 5, SOURCE.index("limit;"), SOURCE.index("limit;") + 5, "lim it")
        self.assertEqual(self.outcome_of(broken)[0], 77)
        self.assertEqual((self.root / "harness/core/limit.cpp").read_text(), SOURCE)

    def test_a_program_of_test_cases_is_started_once_for_all_of_them(self):
        (self.root / "tests/core/limit_test.cpp").write_text(CASES)
        (self.root / "tests/core/CMakeLists.txt").write_text(BUILD_CASES)
        noticed = next(bug for bug in mutants.bugs_of("harness/core/limit.cpp", SOURCE) if SOURCE[bug.begin:bug.end] == "return false;")
        status, said = self.outcome_of(noticed)
        self.assertEqual((status, said.count("the first")), (0, 1), said)  # the whole program, and not ctest after it
        self.assertNotIn("tests passed", said)

    def test_tests_that_fail_by_themselves_are_said_and_nothing_is_planted(self):
        (self.root / "tests/core/limit_test.cpp").write_text("int main() { return 1; }\n")
        bug = mutants.bugs_of("harness/core/limit.cpp", SOURCE)[0]
        status, said = self.outcome_of(bug)
        self.assertEqual(status, 2)
        self.assertIn("fail before anything is planted", said)

    def test_a_seed_names_the_same_bug_every_time(self):
        with mock.patch.object(mutants, "ROOT", self.root):
            compiled = "harness/core/limit.cpp"
            first = [mutants.bug_of(seed, ["harness/core"], compiled) for seed in range(8)]
            self.assertEqual(first, [mutants.bug_of(seed, ["harness/core"], compiled) for seed in range(8)])
            self.assertGreater(len(set(first)), 2)
            self.assertEqual(mutants.sources(["harness/core"], ""), ["harness/core/limit.h"])


if __name__ == "__main__":
    unittest.main()
