"""Rows of a checklist that were filled before `assay evidence`, and those that do not apply."""
import unittest

from evidence_case import CHECKLISTS, EvidenceCase


class EvidenceRows(EvidenceCase):
    def test_a_row_that_was_filled_before_is_kept_and_one_that_is_refuted_is_refused(self):
        text = CHECKLISTS["1.37"].read_text()
        own = text.replace('''"
      level: MUST
      status: ""
      evidence: []
      notes: ""''', '''"
      level: MUST
      status: "Implemented"
      evidence: ["https://docs.example.com/it"]
      notes: "as we say"''')
        checklist = self.folder / "own.yaml"
        checklist.write_text(own)
        run, product = self.evidence(self.healthy, checklist=checklist)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("kept", run.stdout)
        self.assertEqual(self.rows(product)["gang_scheduling"]["evidence"], ["https://docs.example.com/it"])

        def partial(documents):
            documents[0]["extensions"]["kubernetes"]["gang"]["partial_s"] = 300

        run, product = self.evidence(self.changed(partial), checklist=checklist)
        self.assertEqual(run.returncode, 2)
        self.assertRegex(run.stderr, r"gang_scheduling is implemented.*opposite")
        self.assertFalse(product.exists())

    def test_a_row_that_was_filled_with_what_the_programme_does_not_take_is_no_proof(self):
        template = CHECKLISTS["1.37"].read_text()
        taken = template.replace('status: ""', 'status: "Implemented"').replace("evidence: []", 'evidence: ["https://docs.example.com/it"]')

        def changed(row, *fields):
            at = taken.index(f"- id: {row}")
            rest = taken[at:]
            for before, after in fields:
                rest = rest.replace(before, after, 1)
            return taken[:at] + rest

        status, evidence, notes = 'status: "Implemented"', 'evidence: ["https://docs.example.com/it"]', 'notes: ""'
        for text, said in (
                (taken, ""),
                (changed("gpu_sharing", (status, 'status: ""')), ""),
                (changed("gpu_sharing", (status, 'status: "N/A"'), (notes, 'notes: "no GPU is shared"')), ""),
                (changed("ai_inference", (status, 'status: ""')), "it was begun before, and has no status"),
                (changed("ai_inference", (status, 'status: ""'), (evidence, "evidence: []"), (notes, 'notes: "mine"')), "has no status"),
                (changed("ai_inference", (status, 'status: "Not Implemented"')), "Not Implemented, which the programme does not take"),
                (changed("gang_scheduling", (status, 'status: "Partially Implemented"')), "Partially Implemented, which the programme"),
                (changed("ai_inference", (status, 'status: "N/A"'), (notes, 'notes: "none"')), "N/A, which the programme does not take"),
                (changed("ai_inference", (status, 'status: "N/A"')), "its notes give no reason"),
                (changed("ai_inference", (evidence, "evidence: []")), "names no evidence"),
                (changed("ai_inference", (evidence, 'evidence: [" "]')), "names no evidence")):
            checklist = self.folder / "filled.yaml"
            checklist.write_text(text)
            run, product = self.evidence(self.healthy, checklist=checklist)
            self.assertEqual(run.returncode, 1 if said else 0, run.stdout + run.stderr)
            self.assertIn(said, " ".join(run.stdout.split()))
            self.assertIn(f", {1 if said else 0} MUST without a proof", run.stdout)
            self.assertEqual((product / "PRODUCT.yaml").read_text(), text)
        text = changed("cluster_autoscaling", (status, 'status: "N/A"'), (notes, 'notes: "nodes are fixed"'))
        checklist.write_text(text)
        run, product = self.evidence(self.without_autoscaler(), checklist=checklist)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    NO_AUTOSCALER = {"nodes": 2, "pods": 3, "added": [], "waited_s": 180.0}

    def without_autoscaler(self, change=lambda documents: None):
        def scaled(documents):
            for one in documents:
                one["extensions"]["kubernetes"]["autoscaling"] = dict(self.NO_AUTOSCALER)
            change(documents)
        return self.changed(scaled)

    def test_a_row_that_a_run_shows_not_to_apply_becomes_na_with_the_reason_and_nothing_else_changes(self):
        for version, path in CHECKLISTS.items():
            with self.subTest(version=version):
                run, product = self.evidence(self.without_autoscaler(), version)
                row = self.rows(product)["cluster_autoscaling"]
                self.assertEqual(row["status"], "N/A")
                self.assertRegex(row["notes"], "^This does not apply: no autoscaler: .*no node came within 180 s for 3 pods on 2 free nodes.*Left open: An autoscaler that")
                self.assertEqual(row["evidence"], [f"file://v{version}/example/evidence/cluster_autoscaling.md"])
                self.assertIn('"pods": 3', (product / "evidence/cluster_autoscaling.md").read_text())
                self.assertIn(", 1 not applicable, ", run.stdout)
                self.assertEqual([key for key, one in self.rows(product).items() if one["status"] == "N/A"], ["cluster_autoscaling"])
                lines = zip(path.read_bytes().splitlines(), (product / "PRODUCT.yaml").read_bytes().splitlines(), strict=True)
                changed = [(before, after) for before, after in lines if before != after]
                for before, after in changed:
                    self.assertRegex(before, rb'^      (status: ""|evidence: \[\]|notes: "")')
                self.assertEqual(len(changed), 3 * len(self.implemented(product) | {"cluster_autoscaling"}))

    def test_a_row_stays_empty_where_not_everything_shows_that_it_does_not_apply(self):
        def interrupted(documents):
            documents[0]["status"] = "interrupted"

        def one_saw_it(documents):
            documents[0]["extensions"]["kubernetes"]["autoscaling"]["autoscaler"] = "karpenter.sh"

        def bound(documents):
            for one in documents:
                one["extensions"]["kubernetes"]["autoscaling"]["bound_s"] = 20.0

        for change in (interrupted, one_saw_it, bound):
            with self.subTest(change=change.__name__):
                product = self.evidence(self.without_autoscaler(change))[1]
                self.assertEqual(self.rows(product)["cluster_autoscaling"]["status"], "")

    def test_a_row_that_says_na_where_the_documents_prove_it_is_refused(self):
        text = CHECKLISTS["1.37"].read_text()
        at = text.index("status:", text.index("- id: cluster_autoscaling"))
        checklist = self.folder / "absent.yaml"
        checklist.write_text(text[:at] + text[at:].replace('status: ""', 'status: "N/A"', 1))
        run, product = self.evidence(self.healthy, checklist=checklist)
        self.assertEqual(run.returncode, 2)
        self.assertRegex(run.stderr, "cluster_autoscaling does not apply, and the documents prove it")
        self.assertFalse(product.exists())
        self.assertEqual(self.evidence(self.without_autoscaler(), checklist=checklist)[0].returncode, 1)


if __name__ == "__main__":
    unittest.main()
