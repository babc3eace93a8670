"""Help, completion and manual pages say the same: each comes from the data that flags are read by."""
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import struct
import subprocess
import tempfile
import termios
import unittest

from tests.not_run import not_run

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"


def assay(*words, **options):
    return subprocess.run([ASSAY, *words], capture_output=True, text=True, **options)


def commands():
    overview = assay("help").stdout
    return re.findall(r"^  ([a-z]+)  ", overview.partition("Commands:\n")[2], flags=re.M)


def options_of(command):
    """The entries of the manual page's OPTIONS."""
    options = assay(command, "--help").stdout.partition("OPTIONS\n")[2]
    options = re.split(r"^[A-Z ]+$", options, flags=re.M)[0]
    return re.split(r"^       (?=\S)", options, flags=re.M)[1:]


def flags_of(command):
    """Every flag of the manual page, and the words that it says a value may be."""
    found = {}
    for entry in options_of(command):
        head, _, text = entry.partition("\n")
        text = " ".join(text.split())
        words = re.search(r"(?:One of|Built in:) ([^.]*)\.", text)
        for flag in re.findall(r"(?<!\S)--?[a-z-]+", head.replace(",", " ")):
            found[flag] = words[1].split(", ") if words else []
    return found


def on_a_terminal(columns, *words):
    """What a terminal of so many columns shows."""
    terminal, program_side = pty.openpty()
    fcntl.ioctl(program_side, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
    with subprocess.Popen([ASSAY, *words], stdin=subprocess.DEVNULL, stdout=program_side) as process:
        os.close(program_side)
        shown = b""
        try:
            while part := os.read(terminal, 65536):
                shown += part
        except OSError:  # the program has closed its side
            pass
        os.close(terminal)
    assert process.returncode == 0, words
    return re.sub("\x1b\\[[0-9;]*m", "", shown.decode()).replace("\r", "")


def completed(*words):
    """What bash would offer for the last of the words."""
    script = ('source <("$0" completion bash); COMP_WORDS=(assay "$@"); COMP_CWORD=$#; _assay; '
              '((${#COMPREPLY[@]} == 0)) || printf "%s\\n" "${COMPREPLY[@]}"')
    result = subprocess.run(["bash", "-c", script, ASSAY, *words], capture_output=True, text=True, check=True)
    assert result.stderr == "", result.stderr
    return result.stdout.split("\n")[:-1]


class Help(unittest.TestCase):
    def test_the_cases_and_requirements_of_every_profile_fit_80_columns_of_a_terminal_and_105_of_a_pipe(self):
        profiles = [entry["name"] for entry in json.loads(assay("list", "--format", "json").stdout)["profiles"]]
        self.assertIn("training", profiles)
        for profile in profiles:
            for columns, shown in ((80, on_a_terminal(80, "list", "--profile", profile)),
                                   (105, assay("list", "--profile", profile).stdout)):
                self.assertGreater(len(shown.split("\n")), 3, profile)
                self.assertEqual([line for line in shown.split("\n") if len(line) > columns], [], profile)

    def test_every_command_says_what_its_flags_may_be_and_refuses_the_rest(self):
        self.assertGreater(len(commands()), 10)
        for command in commands():
            for flag, words in flags_of(command).items():
                if not words or not flag.startswith("--"):
                    continue
                with self.subTest(command=command, flag=flag):
                    refused = assay(command, flag, "no-such-value").stderr
                    if refused.startswith(f"assay: {flag} "):
                        self.assertEqual(refused.partition("is not one of ")[2].strip().split(", "), words)

    def test_every_page_fits_80_columns(self):
        for words in (["help"], *([command, "--help"] for command in commands())):
            self.assertEqual([line for line in assay(*words).stdout.split("\n") if len(line) > 80], [], words)

    def test_the_profiles_of_the_refusal_are_in_every_help_that_takes_one(self):
        refused = assay("run", "--profile", "no-such").stderr
        profiles = re.search(r"built-in profile \(([^)]*)\)", refused)[1].split(", ")
        for command in commands():
            if "--profile" in flags_of(command):
                self.assertEqual(flags_of(command)["--profile"], profiles, command)

    def test_numbers_out_of_range_are_refused_as_the_help_says(self):
        ranges = 0
        for command in commands():
            for entry in options_of(command):
                found = re.search(r"It is from (\d+) to (\d+)", " ".join(entry.split()))
                if not found:
                    continue
                ranges += 1
                flag = re.match(r"--[a-z-]+", entry)[0]
                refused = assay(command, flag, str(int(found[2]) + 1)).stderr
                self.assertEqual(refused.strip(), f"assay: {flag} {int(found[2]) + 1} is not from {found[1]} to {found[2]}")
        self.assertGreater(ranges, 8)

    def test_the_commands_and_verbs_of_a_refusal_are_in_the_help(self):
        names = re.search(r"there are (.*), and help", assay("nothing").stderr)[1].split(", ")
        self.assertEqual(names, commands())
        for command in ("cluster", "completion", "man"):
            listed = re.search(r"is not one of (.*)", assay(command, "nothing").stderr)[1].split(", ")
            for word in listed:
                self.assertRegex(assay(command, "--help").stdout, rf"\b{word}\b")


class Completion(unittest.TestCase):
    def test_bash_offers_every_command_and_every_flag(self):
        self.assertLessEqual(set(commands()), set(completed("")))
        self.assertEqual(completed("va"), ["validate"])
        for command in commands():
            self.assertLessEqual(set(flags_of(command)), set(completed(command, "-")) | {"--help"}, command)

    def test_bash_offers_the_values_of_a_flag(self):
        for command in commands():
            for flag, words in flags_of(command).items():
                if words and flag.startswith("--"):
                    self.assertLessEqual(set(words), set(completed(command, flag, "")), (command, flag))
        self.assertEqual(completed("check", "--format", "ju"), ["junit"])
        self.assertEqual(completed("check", "--format", "=", "ju"), ["junit"])
        self.assertEqual(completed("run", "--seed", ""), [])

    def test_bash_offers_files_with_blanks_where_a_file_is_wanted(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "a document.json").touch()
            self.assertEqual(completed("check", f"{folder}/a"), [f"{folder}/a document.json"])
            self.assertEqual(completed("run", "-o", f"{folder}/a"), [f"{folder}/a document.json"])

    def test_zsh_offers_every_command_and_every_flag(self):
        script = assay("completion", "zsh").stdout
        self.assertTrue(script.startswith("#compdef assay\n"))
        for command in commands():
            self.assertIn(f"    '{command}:", script)
            part = script.partition(f"\n    {command})\n")[2].partition(";;\n")[0]
            for flag, words in flags_of(command).items():
                self.assertRegex(part, rf"['{{(,]{re.escape(flag)}[=+\[,]", (command, flag))
                self.assertTrue(not words or not flag.startswith("--") or " ".join(words) in part, (command, flag))

    def test_zsh_reads_its_script(self):
        if not shutil.which("zsh"):
            not_run("no zsh")
        script = assay("completion", "zsh").stdout
        loads = "autoload -Uz compinit; compinit -u -D; eval \"$(cat)\"; (( $+functions[_assay] )) && print loaded"
        result = subprocess.run(["zsh", "-f", "-c", loads], input=script, capture_output=True, text=True)
        self.assertEqual((result.stdout, result.stderr), ("loaded\n", ""))


class Pages(unittest.TestCase):
    def test_every_command_has_a_page_that_names_its_flags(self):
        for command in commands():
            page = assay("man", command).stdout.replace("\\-", "-")
            self.assertTrue(page.startswith(f".TH ASSAY-{command.upper()} 1 "), page[:60])
            for flag in flags_of(command):
                self.assertIn(f"\\fB{flag}\\fR", page)
        overview = assay("man").stdout.replace("\\-", "-")
        for command in commands():
            self.assertIn(f"assay-{command}", overview)

    def test_groff_takes_every_page(self):
        if not shutil.which("groff"):
            not_run("no groff")
        for command in ["", *commands()]:
            page = assay("man", *([command] if command else [])).stdout
            said = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8"], input=page, capture_output=True, text=True)
            self.assertEqual((said.returncode, said.stderr), (0, ""), command)

    def test_all_pages_are_written_into_a_folder_and_replaced(self):
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(2):
                self.assertEqual(assay("man", "-o", folder).returncode, 0)
            pages = {path.name for path in pathlib.Path(folder).iterdir()}
            self.assertEqual(pages, {"assay.1", *(f"assay-{command}.1" for command in commands())})
            pathlib.Path(folder, "assay-run.1").write_text("something else\n")
            self.assertEqual(assay("man", "-o", folder).returncode, 2)


if __name__ == "__main__":
    unittest.main()
