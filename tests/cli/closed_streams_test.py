"""A standard stream that is closed gives its number to no other file: nothing is written over a lock or a socket."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"
PROFILE = ROOT / "tests/cli/profiles/tiny.json"


class ClosedStreams(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def assay(self, closed, *words):
        def close_streams():
            for stream in closed:
                os.close(stream)
        return subprocess.run([ASSAY, *map(str, words)], capture_output=True, text=True, timeout=100, preexec_fn=close_streams,
                              cwd=self.folder, env={**os.environ, "ASSAY_LOCK_DIR": str(self.folder)})

    def run_into(self, output, closed):
        return self.assay(closed, "run", "--profile", PROFILE, "--backend", "host", "-o", output)

    def test_a_document_for_closed_standard_output_is_written_nowhere(self):
        for closed in ((1,), (0, 1)):
            with self.subTest(closed=closed):
                done = self.run_into("-", closed)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("standard output", done.stderr)
                for path in self.folder.rglob("*"):
                    self.assertNotIn("assay.result", path.read_text(errors="replace") if path.is_file() else "", path)

    def test_a_run_with_all_streams_closed_leaves_a_whole_document(self):
        done = self.run_into("result.json", (0, 1, 2))
        self.assertEqual(done.returncode, 2)  # what it would have printed is not whole
        self.assertEqual(json.loads((self.folder / "result.json").read_text())["status"], "complete")

    def test_a_verdict_for_closed_standard_output_says_that_it_is_not_whole(self):
        self.assertEqual(self.run_into("result.json", ()).returncode, 0)
        done = self.assay((1,), "check", "result.json", "--profile", PROFILE)
        self.assertEqual(done.returncode, 2)
        self.assertIn("not whole", done.stderr)


if __name__ == "__main__":
    unittest.main()
