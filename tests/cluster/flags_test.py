"""Every flag of `assay cluster` with every verb: the verb looks at it, or refuses it in one line before a cluster is asked."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"
VERBS = {"plan": {"--image": "a/b:1"}, "run": {"--image": "a/b:1"}, "gate": {"--image": "a/b:1"},
         "status": {"--run": "r1"}, "collect": {"--run": "r1"}, "clean": {"--run": "r1"}}
PLANS, OF_RUNS = ("plan", "run", "gate"), ("status", "collect", "clean")

# A value of each flag, the flags without which it says nothing, and the verbs that look at it.
FLAGS = {
    "--profile": ("node", {}, PLANS), "--image": ("c/d:2", {}, PLANS), "--nodes": ("2", {}, ("plan", "run")),
    "--devices-per-node": ("2", {}, PLANS), "--allocation": ("dra", {}, PLANS), "--device-class": ("gpu.example.com", {}, PLANS),
    "--nic-class": ("dra.net", {}, PLANS), "--nics-per-node": ("1", {"--nic-class": "dra.net"}, PLANS),
    "--alignment": ("pcieRoot", {"--nic-class": "dra.net"}, PLANS), "--gang": ("none", {}, PLANS), "--toleration": ("team", {}, PLANS),
    "--queue": ("q", {}, PLANS), "--pull-secret": ("s", {}, PLANS), "--results-claim": ("c", {}, PLANS), "--node": ("node-a", {}, ("gate",)),
    "--deadline": ("60", {}, ("plan", "run", "gate", "collect")), "--probe": ("webhook", {}, ("run",)),
    "--window": ("20", {"--probe": "gang"}, ("run",)), "--custom-resource": ("folder", {"--probe": "webhook"}, ("run",)),
    "--exporter": ("n/a=b:9400", {}, ("run",)), "--dry-run": (None, {}, ("run",)), "--run": ("r2", {}, OF_RUNS),
    "--output": ("out", {}, ("plan", "run", "gate", "collect")), "--force": (None, {"--output": "out"}, ("plan", "run", "collect")),
    "--namespace": ("bench", {}, PLANS + OF_RUNS)}


class Flags(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        kubectl = self.folder / "bin/kubectl"
        kubectl.parent.mkdir()
        kubectl.write_text(f"#!/bin/sh\ntouch '{self.folder}/asked'\necho 'Unable to connect to the server: EOF' >&2\nexit 1\n")
        kubectl.chmod(0o755)

    def run_verb(self, verb, flags):
        """The line that it ends with, and whether it asked the cluster."""
        words = [word for pair in flags.items() for word in pair if word is not None]
        (self.folder / "asked").unlink(missing_ok=True)
        result = subprocess.run([ASSAY, "cluster", verb, *words], cwd=self.folder, capture_output=True, text=True, timeout=60,
                                env=dict(os.environ, PATH=f"{self.folder / 'bin'}:{os.environ['PATH']}"))
        self.assertEqual((result.returncode, result.stdout), (2, ""), words)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        return result.stderr, (self.folder / "asked").exists()

    def test_a_verb_looks_at_a_flag_or_refuses_it(self):
        for flag, (value, others, verbs) in FLAGS.items():
            for verb, needed in VERBS.items():
                with self.subTest(f"{verb} {flag}"):
                    line, asked = self.run_verb(verb, {**needed, **others, flag: value})
                    if verb in verbs:
                        self.assertTrue(asked, line)
                        continue
                    self.assertFalse(asked)
                    self.assertRegex(line, r"--\S+ is for assay cluster [a-z, ]+: " + verb + " has none")
                    if not others:
                        alone = f"{verbs[0]} alone" if len(verbs) == 1 else ", ".join(verbs[:-1])
                        self.assertIn(f"{flag} is for assay cluster ", line)
                        self.assertIn(verbs[-1], line)
                        self.assertTrue(len(verbs) > 1 or alone in line, line)

    def test_the_table_has_every_flag(self):
        text = subprocess.run([ASSAY, "cluster", "--help"], capture_output=True, text=True, check=True).stdout
        listed = set(re.findall(r"^ {7}(?:-\w, )?(--[a-z-]+)", text, re.M)) - {"--help", "--version"}
        self.assertEqual(listed, set(FLAGS), text)

    def test_a_flag_that_says_more_of_another_needs_it(self):
        for verb, flags, told in (("run", {"--window": "20"}, "--window is for --probe gang"),
                                  ("run", {"--window": "20", "--probe": "webhook"}, "--window is for --probe gang"),
                                  ("run", {"--custom-resource": "x"}, "--custom-resource is for --probe webhook"),
                                  ("plan", {"--force": None}, "--force is for the folder of -o, and plan without it writes none")):
            line, asked = self.run_verb(verb, {**VERBS[verb], **flags})
            self.assertIn(told, line)
            self.assertFalse(asked)


if __name__ == "__main__":
    unittest.main()
