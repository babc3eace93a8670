"""What containers/build refuses, before it makes anything."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Refusals(unittest.TestCase):
    def build(self, *words, docker=False):
        with tempfile.TemporaryDirectory() as folder:
            tools = pathlib.Path(folder, "bin")
            tools.mkdir()
            for tool in ("bash", "dirname"):
                (tools / tool).symlink_to(shutil.which(tool))
            if docker:  # one that has no buildx, as Debian's
                (tools / "docker").write_text("#!/bin/sh\nexit 1\n")
                (tools / "docker").chmod(0o755)
            out = pathlib.Path(folder, "made/assay.tar")
            result = subprocess.run([tools / "bash", ROOT / "containers/build", "-o", out, *words], env={"PATH": str(tools)},
                                    capture_output=True, text=True)
            self.assertFalse(out.parent.exists())
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        return result.returncode, result.stderr

    def test_an_image_is_not_begun_without_a_tool_that_can_make_it(self):
        for docker in (False, True):
            code, told = self.build(docker=docker)
            self.assertEqual(code, 3, told)
            self.assertIn("neither buildah nor docker with buildx is installed: apt-get install buildah", told)

    def test_bad_flags_of_the_image_build_are_told_in_one_line(self):
        for words, told in ((("--flavour",), "--flavour needs a value"), (("--flavour", "x"), "--flavour is host or cuda"), (("--from", "x"), "--from is registry or here")):
            code, line = self.build(*words)
            self.assertEqual(code, 2, line)
            self.assertIn(told, line)


if __name__ == "__main__":
    unittest.main()
