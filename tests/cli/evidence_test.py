"""`assay evidence` on the official checklists: filled by span, and never from what proves nothing."""
import json
import re
import subprocess
import unittest

from evidence_case import CHECKLISTS, EvidenceCase, ROOT, assay

PROVED = {"dra_support", "driver_runtime_management", "gang_scheduling", "secure_accelerator_access", "cluster_autoscaling",
          "accelerator_metrics", "robust_controller"}


class Evidence(EvidenceCase):
    def test_every_official_checklist_is_unchanged_outside_the_fields_that_are_filled(self):
        self.assertEqual(list(CHECKLISTS), ["1.33", "1.34", "1.35", "1.36", "1.37"])
        for version, path in CHECKLISTS.items():
            with self.subTest(version=version):
                run, product = self.evidence(self.healthy, version)
                self.assertEqual(run.returncode, 1, run.stderr)  # most of a platform is not Assay's to prove
                before, after = path.read_bytes(), (product / "PRODUCT.yaml").read_bytes()
                known = {row for row in self.rows(product)}
                self.assertEqual(self.implemented(product), PROVED & known)
                for row in PROVED & known:  # put the template's own fields back
                    after = re.sub(rb"(- id: %s\n.*\n.*\n      status: )\"Implemented\"(.*\n      evidence: )\[\"[^\"\n]*\"\]"
                                   rb"(.*\n      notes: )\"[^\"\n]*\"" % row.encode(), rb'\1""\2[]\3""', after)
                self.assertEqual(after, before)
                self.assertNotIn("does not know this requirement", run.stdout)

    def test_an_implemented_row_points_to_a_page_with_commands_and_figures(self):
        run, product = self.evidence(self.healthy)
        for key in PROVED - {"dra_support"}:
            row = self.rows(product)[key]
            self.assertEqual(row["evidence"], [f"file://v1.37/example/evidence/{key}.md"])
            left_open = re.search("Left open: .+", row["notes"]).group()
            page = (product / f"evidence/{key}.md").read_text()
            self.assertIn(left_open, page)
            self.assertIn("evidence --checklist", page)
            self.assertIn(" ".join(self.healthy[0]["run"]["command"][:3]), page)
            self.assertIn('"figures"', page)
            self.assertRegex(page, r'"sha256": "[0-9a-f]{64}"')
        self.assertIn("Left open: One more node was asked for", self.rows(product)["cluster_autoscaling"]["notes"])
        self.assertIn('"window_s": 31', (product / "evidence/gang_scheduling.md").read_text())
        self.assertEqual(run.stderr, "")

    def test_no_file_has_a_name_that_the_validator_parses(self):
        product = self.evidence(self.healthy)[1]
        names = {path.name for path in product.rglob("*") if path.is_file()}
        self.assertEqual(names, {f"{key}.md" for key in PROVED - {"dra_support"}} | {"performance.md", "PRODUCT.yaml"})

    def test_performance_is_a_page_of_its_own_that_the_checklist_does_not_name(self):
        product = self.evidence(self.healthy)[1]
        page = (product / "evidence/performance.md").read_text()
        self.assertTrue(page.startswith("# Performance: not a requirement of the CNCF"))
        self.assertNotIn("performance.md", (product / "PRODUCT.yaml").read_text())

    def test_what_was_simulated_or_imported_or_made_by_a_host_is_refused(self):
        def mark(documents):
            documents[0]["simulated"] = True

        def host(documents):
            documents[1] = json.loads((ROOT / "results-schema/examples/valid/result-host-quick.json").read_text())

        def remains(documents):
            documents[0]["extensions"]["simulation"] = {"model": "h200-sxm"}

        for change, said in ((mark, "simulated"), (host, "host"), (remains, "simulated")):
            run, product = self.evidence(self.changed(change))
            self.assertEqual(run.returncode, 2)
            self.assertIn(said, run.stderr)
            self.assertEqual(run.stderr.count("\n"), 1)
            self.assertFalse(product.exists())

    def no_row(self, change):
        run, product = self.evidence(self.changed(change))
        self.assertIn(run.returncode, (1, 2), run.stderr)
        if run.returncode == 2:
            self.assertFalse(product.exists())
            return
        self.assertEqual((product / "PRODUCT.yaml").read_bytes(), CHECKLISTS["1.37"].read_bytes())
        self.assertEqual([path.name for path in (product / "evidence").iterdir()], ["performance.md"])

    def test_a_failing_or_partial_or_tampered_result_makes_no_row_implemented(self):
        def wrong(documents):
            one = documents[0]["measurements"][0]
            one["status"], one["reason"] = "failed_verification", "element 7 differs"
            one["verification"]["status"] = "failed"
            for field in ("samples", "metrics", "speed_of_light_fraction"):
                one.pop(field, None)

        def missing(documents):
            del documents[1]["measurements"][3]

        def interrupted(documents):
            documents[0]["status"] = "interrupted"

        def faster(documents):
            documents[0]["measurements"][0]["samples"]["median_s"] *= 0.9

        def filtered(documents):
            documents[0]["run"]["filter"] = "memory"
            documents[0]["measurements"] = [one for one in documents[0]["measurements"]
                                            if one["workload"].startswith("memory")]

        def several(documents):
            for rank, document in enumerate(documents):
                document["run"].update(world_size=2, rank=rank)

        def renamed(documents):
            several(documents)
            for document in documents:
                document["documents"] = [{"name": "nodes/other.json", "sha256": 64 * "a"}]

        def fewer(documents):
            documents[1]["nodes"][0]["devices"].pop()

        for change in (wrong, missing, interrupted, faster, filtered, several, renamed, fewer):
            with self.subTest(change=change.__name__):
                self.no_row(change)

    def test_each_fact_of_the_cluster_proves_its_own_rows_and_no_others(self):
        def facts(documents):
            return documents[1]["extensions"]["kubernetes"]

        def claim(documents):
            return documents[1]["nodes"][0]["kubernetes"]

        without_claim = {"driver_runtime_management", "secure_accelerator_access", "accelerator_metrics"}
        for change, lost in (
                (lambda d: claim(d)["allocated"].append("GPU-of-another"), without_claim),
                (lambda d: claim(d)["allocated"].clear(), without_claim),
                (lambda d: d[1]["nodes"][0].pop("kubernetes"), without_claim),
                (lambda d: facts(d)["unclaimed"].append("/dev/nvidia0"), {"secure_accelerator_access"}),
                (lambda d: facts(d).pop("unclaimed"), {"secure_accelerator_access"}),
                (lambda d: facts(d)["published"].update(driver="570.1"), {"driver_runtime_management"}),
                (lambda d: facts(d).pop("published"), {"driver_runtime_management"}),
                (lambda d: facts(d)["gang"].update(partial_s=60), {"gang_scheduling"}),
                (lambda d: facts(d)["gang"].update(scheduler="none"), {"gang_scheduling"}),
                (lambda d: facts(d)["gang_contention"].update(bound_early=1), {"gang_scheduling"}),
                (lambda d: facts(d)["gang_contention"].pop("second_s"), {"gang_scheduling"}),
                (lambda d: [one["extensions"]["kubernetes"].pop("gang_contention") for one in d], {"gang_scheduling"}),
                (lambda d: facts(d)["webhooks"][0].pop("denied_by"), {"robust_controller"}),
                (lambda d: [one["extensions"]["kubernetes"]["gang"].update(scheduler="kueue") for one in d], {"robust_controller"}),
                (lambda d: [one["extensions"]["kubernetes"].pop("autoscaling") for one in d], {"cluster_autoscaling"}),
                (lambda d: [one["extensions"]["kubernetes"].update(autoscaling={"nodes": 2, "pods": 3, "added": [], "waited_s": 180.0})
                            for one in d], {"cluster_autoscaling"}),
                (lambda d: facts(d)["exporter"]["devices"].pop(), {"accelerator_metrics"}),
                (lambda d: facts(d).pop("exporter"), {"accelerator_metrics"}),
                (lambda d: [one["extensions"].clear() for one in d], PROVED - {"dra_support"})):
            run, product = self.evidence(self.changed(change))
            self.assertEqual(run.returncode, 1, run.stderr)
            self.assertEqual(self.implemented(product), PROVED - {"dra_support"} - lost)

    def test_what_the_submitter_has_to_put_right_in_the_metadata_is_listed(self):
        listed = self.evidence(self.healthy)[0].stdout.partition("for the submitter")[2]
        for name in ("platformName", "vendorName", "contactEmailAddress", "k8sConformanceUrl"):
            self.assertRegex(listed, rf"(?m)^{name} ")
        self.assertNotRegex(listed, r"(?m)^kubernetesVersion ")
        text = re.sub(r'"\[[A-Za-z ]*(URL|Name|Version|Description)\]"', '"https://example.com/x"',
                      CHECKLISTS["1.37"].read_text())
        text = text.replace('"[Contact Email Address]"', '"ai@example.com"\n  k8s_conformance_url: '
                            '"https://github.com/cncf/k8s-conformance/tree/master/v1.37/example"')
        checklist = self.folder / "named.yaml"
        checklist.write_text(text)
        self.assertNotIn("for the submitter", self.evidence(self.healthy, checklist=checklist)[0].stdout)
        checklist.write_text(text.replace("master/v1.37", "master/v1.36"))
        self.assertIn("which is not of v1.37/example",
                      " ".join(self.evidence(self.healthy, checklist=checklist)[0].stdout.split()))

    def test_a_checklist_that_is_none_is_refused_in_one_line_that_says_where(self):
        text = CHECKLISTS["1.36"].read_text()
        for bad, said in ((text.replace("gang_scheduling", "gpu_sharing"), "line 63, column 11: .*twice"),
                          (text.replace("level: SHOULD", "level: MAY", 1), "line 21.*MAY"),
                          (text.replace('status: ""', 'status: "Yes"', 1), "line 22.*Yes"),
                          (text.replace("evidence: []", "evidence: &a []\n      more: *a", 1), "no alias"),
                          (text.replace('      notes: ""\n', "", 1), "notes.* is missing"),
                          (text.replace("spec:", "spec: ["), "line "), ("", "line 1"), ("a: b", "metadata"),
                          (text + "\n---\n" + text, "one YAML document"), ("\xff" * 9, "line 1"),
                          (text.replace("description", "x" * 300000), "256 KiB")):
            checklist = self.folder / "bad.yaml"
            checklist.write_text(bad)
            run, product = self.evidence(self.healthy, "1.36", checklist)
            self.assertEqual(run.returncode, 2)
            self.assertRegex(run.stderr, said)
            self.assertEqual(run.stderr.count("\n"), 1)
            self.assertFalse(product.exists())

    def test_a_checklist_of_another_form_is_filled_by_span_too(self):
        text = CHECKLISTS["1.36"].read_text().replace("\n", "\r\n")
        text = text.replace('status: ""', "status:").replace("evidence: []", "evidence: [ ]  # ours")
        text = text.replace('notes: ""', "notes: ''").replace('"[Vendor Name]"', '"Ünï ☸ 𝔸"')
        checklist = self.folder / "other.yaml"
        checklist.write_bytes(text.encode())
        product = self.evidence(self.healthy, "1.36", checklist)[1]
        self.assertEqual(self.implemented(product), PROVED - {"dra_support"})
        after = (product / "PRODUCT.yaml").read_bytes().decode()
        after = re.sub(r' "Implemented"', "", after)
        after = re.sub(r'\["file:[^\]]*\]', "[ ]", after)
        after = re.sub(r'notes: "[^"\n]*"', "notes: ''", after)
        self.assertEqual(after, text)

    def test_a_product_path_of_another_version_or_form_is_refused(self):
        for path in ("v1.36/example", "v1.37/../x", "v1.37", "1.37/x", "v1.37/a/b", "v1.37/"):
            run = assay("evidence", "--checklist", CHECKLISTS["1.37"], self.write(self.healthy), "--product-path",
                        path, "-o", self.folder / "p")
            self.assertEqual(run.returncode, 2)
            self.assertIn("--product-path", run.stderr)

    def write(self, documents):
        results = self.folder / "signed"
        results.mkdir(exist_ok=True)
        for at, document in enumerate(documents):
            (results / f"n{at}.json").write_text(json.dumps(document))
        return results

    def test_signed_documents_that_were_changed_are_refused(self):
        results = self.write(self.healthy)
        key, public, envelope = (self.folder / name for name in ("key.pem", "public.pem", "e.json"))
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
        subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
        self.assertEqual(assay("sign", results, "--key", key, "-o", envelope).returncode, 0)

        def evidence(out):
            return assay("evidence", "--checklist", CHECKLISTS["1.37"], results, "--product-path", "v1.37/example",
                         "-o", self.folder / out, "--signature", envelope, "--key", public)

        self.assertEqual(evidence("before").returncode, 1)
        self.assertRegex((self.folder / "before/evidence/gang_scheduling.md").read_text(), "verified with the key [0-9a-f]{64}")

        def hidden(documents):
            documents[0]["extensions"]["kubernetes"]["unclaimed"] = []
            documents[0]["extensions"]["kubernetes"]["submitted"] = "2026-11-20T10:00:01Z"

        self.write(self.changed(hidden))
        run = evidence("after")
        self.assertEqual(run.returncode, 2)
        self.assertIn("was changed after it was signed", run.stderr)
        self.assertFalse((self.folder / "after").exists())


if __name__ == "__main__":
    unittest.main()
