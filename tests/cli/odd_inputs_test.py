"""What is given is not what was meant: the answer says so, in one line that names the file."""
import gzip
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"
HOST = ROOT / "results-schema/examples/valid/result-host-quick.json"


class OddInputs(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def assay(self, *words):
        return subprocess.run([ASSAY, *map(str, words)], capture_output=True, text=True, timeout=100, cwd=self.folder)

    def simulated(self, nodes=1):
        made = self.assay("simulate", "--sku", "h200-sxm", "--nodes", nodes, "--profile", "quick", "-o", "sim")
        self.assertEqual(made.returncode, 0, made.stderr)
        return sorted((self.folder / "sim/nodes").glob("*.json"))

    def refused(self, done, *parts):
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)

    def test_a_verdict_on_simulated_documents_is_given_with_a_warning(self):
        self.simulated(2)
        self.assertIn("all 2 documents are simulated: no hardware was measured", self.assay("check", "sim").stderr)
        self.assertNotIn("simulated", self.assay("check", HOST).stderr)

    def test_a_mark_that_was_taken_off_is_refused_by_check_and_by_validate(self):
        document = json.loads(HOST.read_text())
        document["simulated"] = False
        (self.folder / "lie.json").write_text(json.dumps(document))
        for command in ("check", "validate"):
            self.refused(self.assay(command, "lie.json"), "lie.json: /simulated: false, but run/backend is host")

    def test_a_copy_of_a_node_is_refused_with_the_files_of_both(self):
        first, second = self.simulated(2)
        copy = self.folder / "copy.json"
        copy.write_text(second.read_text())
        for paths in ((first, second, copy), (copy, first, second)):
            self.refused(self.assay("check", *paths), str(second), str(copy), "a copy is not another node")

    def contradicting(self):
        document = json.loads(self.simulated()[0].read_text())
        document["measurements"][0]["metrics"]["flop_per_s"] *= 2
        path = self.folder / "contradicting.json"
        path.write_text(json.dumps(document))
        return path

    def test_figures_that_contradict_each_other_get_no_verdict_anywhere(self):
        path = self.contradicting()
        what = "contradicting.json: /measurements/0/metrics/flop_per_s"
        for command in (("check", path), ("report", path, "--profile", "quick", "--format", "box")):
            self.refused(self.assay(*command), what, "contradicts itself")
        self.assertIn(f"{what} is ", self.assay("compare", path, path).stderr)
        shown = self.assay("report", path, "--format", "box")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("not judged: ", shown.stdout)
        self.assertIn("contradicts itself", " ".join(shown.stdout.split()))
        self.assertNotIn("verdict pass", shown.stdout)

    def test_a_flag_that_has_nothing_to_act_on_is_refused(self):
        self.refused(self.assay("list", "--world-size", 3), "--profile")
        for day in ("2026-13-01", "2026-02-30", "2026-2-3", "tomorrow"):
            self.refused(self.assay("validate", HOST, "--as-of", day), "--as-of", day, "2026-11-28")

    def test_an_empty_folder_is_exported_with_a_warning(self):
        (self.folder / "nothing").mkdir()
        done = subprocess.run([ASSAY, "export", "nothing"], capture_output=True, timeout=100, cwd=self.folder)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"the folder is empty", done.stderr)

    def test_a_file_that_is_no_utf_8_is_called_what_it_is(self):
        text = HOST.read_text()
        for name, contents, what in (("wide.json", text.encode("utf-16"), "it is UTF-16"), ("unmarked.json", text.encode("utf-16-le"), "it is UTF-16"),
                                     ("packed.json", gzip.compress(text.encode()), "gunzip")):
            (self.folder / name).write_bytes(contents)
            for command in ("check", "validate", "report"):
                more = ("--format", "box") if command == "report" else ()
                self.refused(self.assay(command, name, *more), f"{name}: ", what)

    def test_a_signature_beside_the_documents_that_it_is_of_is_no_document(self):
        run = self.folder / "run"
        run.mkdir()
        (run / "result.json").write_text(HOST.read_text())
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.folder / "key.pem"], check=True, capture_output=True)
        made = self.assay("sign", "run", "--key", "key.pem", "-o", "run/signature.json")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn(self.assay("check", "run").returncode, (0, 1))
        self.assertEqual(self.assay("validate", "run").stdout, "run/result.json: ok, assay.result\n")
        site = self.assay("site", "run", "-o", "site")
        self.assertIn("Site: 1 run, 0 not shown", site.stdout, site.stderr)
        self.refused(self.assay("check", "run/signature.json"), "signature.json: missing field")
        over = self.assay("sign", "run", "--key", "key.pem", "-o", "run/result.json", "--force")
        self.refused(over, "run/result.json")
        self.assertEqual((run / "result.json").read_text(), HOST.read_text())

    def test_a_link_to_nothing_in_a_folder_is_not_passed_over(self):
        (self.folder / "links").mkdir()
        (self.folder / "links/gone.json").symlink_to("nowhere.json")
        (self.folder / "links/result.json").write_text(HOST.read_text())
        for command in ("check", "validate"):
            done = self.assay(command, "links")
            self.assertEqual(done.returncode, 2)
            self.assertIn("links/gone.json: No such file", done.stderr)

    def test_a_path_that_cannot_be_looked_at_says_why(self):
        (self.folder / "loop").symlink_to("loop")
        self.refused(self.assay("check", "loop"), "cannot read loop: Too many levels of symbolic links")
        self.refused(self.assay("check", "absent"), "absent: no such file or folder")

    def test_the_warning_of_another_profile_tells_it_from_another_version(self):
        self.simulated()
        self.assertIn("made with another profile than node, which judges", self.assay("check", "sim", "--profile", "node").stderr)
        self.assertIn("warning: the document was made with another version of profile quick", self.assay("check", HOST).stderr)

    def test_a_baseline_of_other_devices_is_said_to_judge_nothing(self):
        for name, sku in (("h200", "h200-sxm"), ("h100", "h100-sxm")):
            made = self.assay("simulate", "--sku", sku, "--nodes", 1, "--profile", "quick", "-o", name)
            self.assertEqual(made.returncode, 0, made.stderr)
            self.assertEqual(self.assay("baseline", name, "-o", f"{name}.json").returncode, 0)
        said = "--baseline judges nothing here: it is of H100-SXM5-80GB, and the documents are of H200-SXM-141GB"
        for more in ((), ("--format", "csv")):  # judged while they are read, and at once
            self.assertIn(said, self.assay("check", "h200", "--baseline", "h100.json", *more).stderr)
            self.assertNotIn("judges nothing", self.assay("check", "h200", "--baseline", "h200.json", *more).stderr)
        self.assertNotIn("judges nothing", self.assay("check", "h200").stderr)

    def test_a_baseline_of_a_host_says_that_it_was_measured(self):
        made = self.assay("baseline", HOST, "-o", "host-baseline.json")
        self.assertEqual(made.returncode, 0, made.stderr)
        row = json.loads((self.folder / "host-baseline.json").read_text())["rows"][0]
        self.assertEqual(row["tier"], "measured_here")
        self.assertNotIn("simulated", row["source"])

    def test_a_copy_of_a_document_makes_no_baseline_of_twice_as_many(self):
        for name in ("copies/a.json", "copies/b.json"):
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(pathlib.Path(HOST).read_bytes())
        self.refused(self.assay("baseline", "copies", "-o", "twice.json"), "a copy, changed or not, is not another run")
        self.assertFalse((self.folder / "twice.json").exists())

    def test_a_profile_without_cases_is_listed_by_what_it_requires(self):
        done = self.assay("list", "--profile", "imported")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("The profile has no cases", done.stdout)
        self.assertIn("verified_results", done.stdout)
        self.assertEqual(json.loads(self.assay("list", "--profile", "imported", "--format", "json").stdout)["cases"], [])


if __name__ == "__main__":
    unittest.main()
