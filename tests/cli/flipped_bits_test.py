"""One flipped bit in a signed document, its envelope or the key is refused with exit status 2."""
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"
EXAMPLES = ROOT / "results-schema/examples/valid"
PLACES = int(os.environ.get("ASSAY_SOAK_COUNT", "2"))  # of each class of bytes and each of its eight bits


def by_pattern(text, **patterns):
    """Positions of every class: those that its expression matches; the rest is `other`."""
    left, classes = set(range(len(text))), {}
    for name, pattern in patterns.items():
        found = {at for match in re.finditer(pattern, text) for at in range(*match.span(match.lastindex or 0))}
        classes[name] = sorted(found & left)
        left -= found
    classes["other"] = sorted(left)
    return {name: positions for name, positions in classes.items() if positions}


class FlippedBits(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.results = self.folder / "results"
        self.results.mkdir()
        for name in ("result-host-quick.json", "verdict.json"):
            (self.results / name).write_bytes((EXAMPLES / name).read_bytes())
        (self.results / "page.md").write_text("# What was seen\n")
        self.key, self.public, self.envelope = (self.folder / name for name in ("key.pem", "public.pem", "e.json"))
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.key], check=True,
                       capture_output=True)
        subprocess.run(["openssl", "pkey", "-in", self.key, "-pubout", "-out", self.public], check=True)
        self.assertEqual(self.assay("sign", self.results, "--key", self.key, "-o", self.envelope).returncode, 0)
        self.assertEqual(self.verified().returncode, 0)

    def assay(self, *words):
        return subprocess.run([ASSAY, *map(str, words)], capture_output=True, text=True, errors="replace")

    def verified(self):
        return self.assay("verify", self.results, "--signature", self.envelope, "--key", self.public)

    def each_flip_is_refused(self, path, classes):
        whole = path.read_bytes()
        chosen = random.Random(12)
        for name, positions in classes.items():
            for bit in range(8):
                for at in chosen.sample(positions, min(PLACES, len(positions))):
                    flipped = bytearray(whole)
                    flipped[at] ^= 1 << bit
                    path.write_bytes(flipped)
                    run = self.verified()
                    where = f"{path.name}, {name}, byte {at}, bit {bit}: {run.stdout}{run.stderr}"
                    self.assertEqual(run.returncode, 2, where)
                    self.assertEqual(run.stdout, "", where)
                    self.assertEqual(run.stderr.count("\n"), 1, where)
        path.write_bytes(whole)
        self.assertEqual(self.verified().returncode, 0)

    def test_one_flipped_bit_of_a_signed_document_is_refused(self):
        for name in ("result-host-quick.json", "verdict.json", "page.md"):
            path = self.results / name
            self.each_flip_is_refused(path, by_pattern(
                path.read_text(), number=r"-?\d[\d.e+-]*", name=r"\"\w+\"(?=:)", letters=r"[A-Za-z]+", blank=r"\s",
                mark=r"[{}\[\],:\"]"))

    def test_one_flipped_bit_of_an_envelope_is_refused(self):
        self.each_flip_is_refused(self.envelope, by_pattern(
            self.envelope.read_text(), payload=r"\"payload\": \"([^\"]+)\"", signature=r"\"sig\": \"([^\"]+)\"",
            key=r"\"keyid\": \"([^\"]+)\"", type=r"\"payloadType\": \"([^\"]+)\"", name=r"\w+", blank=r"\s"))

    def test_one_flipped_bit_of_the_key_is_refused(self):
        self.each_flip_is_refused(self.public, by_pattern(
            self.public.read_text(), line=r"-----[A-Z ]+-----", end=r"\n", key=r"[A-Za-z0-9+/=]+"))

    def test_what_a_flipped_private_key_signs_is_refused(self):
        whole, chosen = self.key.read_bytes(), random.Random(13)
        for bit in range(8):
            for at in chosen.sample(range(len(whole)), PLACES):
                flipped = bytearray(whole)
                flipped[at] ^= 1 << bit
                self.key.write_bytes(flipped)
                other = self.folder / "other.json"
                other.unlink(missing_ok=True)
                signed = self.assay("sign", self.results, "--key", self.key, "-o", other)
                self.assertIn(signed.returncode, (0, 2))
                # A change that leaves the key alone leaves the signature alone, too.
                if signed.returncode == 0 and other.read_bytes() != self.envelope.read_bytes():
                    run = self.assay("verify", self.results, "--signature", other, "--key", self.public)
                    self.assertEqual(run.returncode, 2, f"byte {at}, bit {bit}")

    def test_a_file_more_or_less_is_refused(self):
        (self.results / "more.txt").write_text("")
        self.assertEqual(self.verified().returncode, 2)
        (self.results / "more.txt").unlink()
        (self.results / "page.md").unlink()
        self.assertEqual(self.verified().returncode, 2)

    def test_a_result_with_one_flipped_bit_is_refused_or_judged_on_what_it_says(self):
        """Without a signature a flip that makes another valid document cannot be seen; no flip crashes."""
        path = self.results / "result-host-quick.json"
        whole, chosen = path.read_bytes(), random.Random(14)
        for at in chosen.sample(range(len(whole)), 20 * PLACES):
            flipped = bytearray(whole)
            flipped[at] ^= 1 << chosen.randrange(8)
            path.write_bytes(flipped)
            run = self.assay("check", path)
            self.assertIn(run.returncode, (0, 1, 2), f"byte {at}: {run.stderr}")
            if run.returncode != 2:
                json.loads(flipped)


if __name__ == "__main__":
    unittest.main()
