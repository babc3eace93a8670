#!/usr/bin/env python3
"""Plants one seeded mechanical bug in a copy of the tree and runs the tests of its folder.

Exits 0 when a test noticed it, 1 when all passed (it survived), 77 when it does not compile and so is none, 2 when the
tests fail before anything is planted. `scripts/soak mutants` runs many seeds and remembers what was noticed.
"""
import argparse
import dataclasses
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# How the files of a folder begin, and the folders below tests/ that are about them; the first that holds a file counts.
FOLDERS = {
    "harness/core/consistency": ("core", "conformance"),  # is asked of whole documents, which the latter has
    "harness/core": ("core",),
    "harness/conformance/evidence": ("conformance", "cli"),
    "harness/conformance": ("conformance",),
    "harness/fabric": ("collectives",),
    "harness/measure": ("measure",),
    "harness/report": ("report",),
    "harness/cluster": ("cluster",),
    "harness/cli": ("cli",),
    "harness/run": ("run", "cli"),
    "collectives": ("collectives",),
}
MEMORY_LIMIT = 16 << 30  # a bug that allocates without end ends here
TEST_LIMIT_S = 120
NOT_HERE = ("timing", "gpu", "browser", "cluster", "multigpu")  # labels of tests that say nothing of a planted bug


@dataclasses.dataclass(frozen=True)
class Bug:
    path: str
    line: int
    begin: int  # in the file's text
    end: int
    text: str


def code_only(text):
    """The text with comments, strings, characters and preprocessor lines as blanks, as long as before."""
    blanks = r'//[^\n]*|/\*.*?\*/|R"\((?:.|\n)*?\)"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'|^[ \t]*#[^\n]*'
    return re.sub(blanks, lambda found: re.sub(r"[^\n]", " ", found.group()), text, flags=re.S | re.M)


def next_constant(literal):
    if re.fullmatch(r"\d+", literal):
        return str(int(literal) + 1)
    return repr(float(literal) * 1.5 + (0.5 if float(literal) == 0 else 0))


SWAPS = {" < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > ", " == ": " != ", " != ": " == ",
         " + ": " - ", " - ": " + ", " * ": " / ", " / ": " * ", " += ": " -= ", " -= ": " += ",
         " && ": " || ", " || ": " && ", "std::min(": "std::max(", "std::max(": "std::min(",
         "min_element(": "max_element(", "max_element(": "min_element(", "return true;": "return false;",
         "return false;": "return true;", "(!": "("}


def condition_end(code, begin):
    """Past the parenthesis that closes the one at `begin`."""
    depth = 0
    for at in range(begin, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return at + 1
    return None


def bugs_of(path, text):
    """Every bug that can be planted in a file, in the order of the text."""
    code = code_only(text)
    found = []

    def add(begin, end, replacement):
        found.append(Bug(path, text.count("\n", 0, begin) + 1, begin, end, replacement))

    for old, new in SWAPS.items():
        for match in re.finditer(re.escape(old), code):
            if "template" not in code[code.rfind("\n", 0, match.start()) + 1:match.start()]:
                add(match.start(), match.end(), new)
    for match in re.finditer(r"(?<![\w.'])(\d+\.\d+|\d+)(?![\w.'])", code):
        add(match.start(), match.end(), next_constant(match.group()))
    for match in re.finditer(r"\bif \(", code):
        end = condition_end(code, match.end() - 1)
        if end and ";" not in code[match.end():end]:
            add(match.end(), end - 1, "false")
    for match in re.finditer(r"^[ \t]+([a-z_][\w:.]*(?:->\w+)*)\(", code, flags=re.M):
        end = condition_end(code, match.end() - 1)
        if end and code[end:end + 1] == ";" and match[1] not in ("return", "throw", "static_assert", "sizeof"):
            add(match.start(1), end, "static_cast<void>(0)")
    return sorted(found, key=lambda bug: (bug.begin, bug.text))


def sources(folders, compiled):
    """The folders' headers, and the sources that are compiled: not those that need CUDA."""
    names = subprocess.run(["git", "ls-files", "--", *folders], cwd=ROOT, check=True, capture_output=True,
                           text=True).stdout.split("\n")
    return sorted(name for name in names
                  if "/cuda/" not in name and (name.endswith(".h") or name.endswith(".cpp") and name in compiled))


def tests_about(path):
    return next(names for begins, names in FOLDERS.items() if path.startswith(begins))


def bug_of(seed, folders, compiled):
    every = [bug for path in sources(folders, compiled) for bug in bugs_of(path, (ROOT / path).read_text())]
    return random.Random(seed).choice(every)


def copy_tree(tree):
    """The files that git knows or would add; one that is the same keeps its time, so that it is not compiled again."""
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                           capture_output=True).stdout.split(b"\0")
    for name in filter(None, names):
        source, target = ROOT / name.decode(), tree / name.decode()
        if not source.is_file():
            target.unlink(missing_ok=True)
        elif not target.is_file() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(source.stat().st_mode)


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


class Copy:
    """A copy of the tree with a build of its own."""

    def __init__(self, state):
        self.tree, self.build = state / "tree", state / "build"

    def run(self, *words, **options):
        environment = {name: value for name, value in os.environ.items() if name != "ASSAY_SOAK_COUNT"}
        return subprocess.run([str(word) for word in words], capture_output=True, text=True, errors="replace",
                              env=environment, **options)

    def prepare(self):
        copy_tree(self.tree)
        if not (self.build / "build.ninja").exists():
            # With the library's assertions, in place of the sanitizers that scripts/test has as presets of their own.
            self.run("cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja", "-DASSAY_CUDA=OFF",
                     "-DCMAKE_UNITY_BUILD=OFF", "-DCMAKE_CXX_FLAGS=-D_GLIBCXX_ASSERTIONS", check=True)

    def compiles(self, tests):
        return self.run("cmake", "--build", self.build, "--target", *(f"tests/{name}/all" for name in tests))

    def tests(self, tests):
        return self.run("ctest", *self.chosen(tests), "--stop-on-failure", "--timeout", TEST_LIMIT_S, "-j", 2,
                        "--no-tests=error", preexec_fn=limit_memory)

    def chosen(self, tests):
        return "--test-dir", self.build, "-R", f"^({'|'.join(tests)}): ", "-LE", "|".join(NOT_HERE)

    def programs(self, tests):
        """(program, its folder) of all that hold test cases: one start of each costs a tenth of a start a case."""
        listed = json.loads(self.run("ctest", *self.chosen(tests), "--show-only=json-v1", check=True).stdout)["tests"]
        folders = {test["command"][0]: next(one["value"] for one in test["properties"] if one["name"] == "WORKING_DIRECTORY")
                   for test in listed if any(word.startswith("--test-case=") for word in test.get("command", ()))}
        return sorted(folders.items())

    def whole(self, program, folder):
        """One start for all test cases of a program, up to the first that fails."""
        try:
            return self.run(program, f"--test-suite-exclude={','.join(NOT_HERE)}", "--abort-after=1", cwd=folder,
                            timeout=TEST_LIMIT_S, preexec_fn=limit_memory)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(program, 1, f"{program} took over {TEST_LIMIT_S} s", "")

    def judged(self, tests, programs):
        """The outcome of the first tests that fail, or of all."""
        for program, folder in programs:
            outcome = self.whole(program, folder)
            if outcome.returncode != 0:
                return outcome
        return self.tests(tests)

    def sound_programs(self, tests):
        """The programs that pass by one start, the quickest first; None where a test fails as the tree is.

        Asked once for each state of it.
        """
        digest = hashlib.sha256()
        for path in sorted(path for path in self.tree.rglob("*") if path.is_file()):
            digest.update(path.read_bytes())
        mark = self.tree.parent / f"sound-{'-'.join(tests)}"
        known = json.loads(mark.read_text()) if mark.exists() else {}
        if known.get("tree") == digest.hexdigest():
            return known["programs"]
        for outcome in (self.compiles(tests), self.tests(tests)):
            if outcome.returncode != 0:
                print(outcome.stdout[-4000:] + outcome.stderr[-4000:])
                return None
        passing = []
        for one in self.programs(tests):
            begin = time.monotonic()
            if self.whole(*one).returncode == 0:
                passing.append((time.monotonic() - begin, *one))
        programs = [one[1:] for one in sorted(passing)]
        mark.write_text(json.dumps({"tree": digest.hexdigest(), "programs": programs}))
        return programs


def plant(seed, folders, state):
    copy = Copy(state)
    copy.prepare()
    bug = bug_of(seed, folders, (copy.build / "build.ninja").read_text())
    tests = tests_about(bug.path)
    text = (ROOT / bug.path).read_text()
    line = text.split("\n")[bug.line - 1].strip()
    print(f"{bug.path}:{bug.line}: {line}\n  '{text[bug.begin:bug.end]}' becomes '{bug.text}'", flush=True)
    programs = copy.sound_programs(tests)
    if programs is None:
        print("the tests fail before anything is planted")
        return 2
    planted = copy.tree / bug.path
    planted.write_text(text[:bug.begin] + bug.text + text[bug.end:])
    try:
        if copy.compiles(tests).returncode != 0:
            print("does not compile")
            return 77
        outcome = copy.judged(tests, programs)
    finally:
        planted.write_text(text)
    print("SURVIVED" if outcome.returncode == 0 else "noticed:\n" + outcome.stdout[-1500:])
    return 1 if outcome.returncode == 0 else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--folders", default=",".join(FOLDERS), help="separated by commas; default: %(default)s")
    parser.add_argument("--state", type=pathlib.Path, default=ROOT / "build/mutants")
    arguments = parser.parse_args()
    folders = arguments.folders.split(",")
    unknown = [folder for folder in folders if folder not in FOLDERS]
    if unknown:
        parser.error(f"{unknown[0]} is not one of {', '.join(FOLDERS)}")
    return plant(arguments.seed, folders, arguments.state)


if __name__ == "__main__":
    sys.exit(main())
