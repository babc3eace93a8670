"""`assay check --profile FILE` with a profile of one's own, over runs whose claims align a NIC and runs whose do not."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"
ALIGNED = {"asked": "pcieRoot", "shared": ["pcieRoot"], "apart": ["numaNode"]}
APART = {"asked": "none", "shared": [], "apart": ["pcieRoot", "numaNode"]}
BY_CHANCE = {"asked": "none", "shared": ["pcieRoot", "numaNode"], "apart": []}


class ClaimAlignment(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.runs = 0
        self.profile()

    def profile(self, **asked):
        requirement = {"id": "aligned", "kind": "kubernetes_alignment", "level": "must",
                       "parameters": {"workload": ["memory_copy"], "fail_below": 0.9, "warn_below": 0.95}}
        requirement["parameters"].update(asked.pop("parameters", {}))
        (self.folder / "own.json").write_text(json.dumps({
            "kind": "assay.profile", "schema_version": "1.0", "name": "own", "description": "What is an aligned NIC worth?",
            "backends": ["cuda"], "sampling": {"min_samples": 64},
            "cases": [{"workload": "memory_copy", "backend": "cuda", "dtypes": ["f32"], "implementations": ["vectorized"], "shapes": ["bytes268435456"]}],
            "requirements": [{**requirement, **asked}]}))

    def a_run(self, claim, *faults):
        """The folder of a run over the same eight devices under a claim."""
        self.runs += 1
        out = self.folder / f"run{self.runs}"
        planted = [word for fault in faults for word in ("--fault", fault)]
        self.assay("simulate", "--sku", "h100-sxm", "--nodes", "1", "--seed", str(self.runs), "--profile", "own.json", *planted, "-o", out, code=0)
        for path in out.glob("nodes/*.json"):
            document = json.loads(path.read_text())
            if claim:
                document["extensions"]["kubernetes"] = {"alignment": claim}
            path.write_text(json.dumps(document))
        return out

    def assay(self, *words, code):
        result = subprocess.run([ASSAY, *words], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def check(self, *runs, code):
        """The verdict on the alignment, and the text that a user reads of it."""
        text = " ".join(self.assay("check", *runs, "--profile", "own.json", code=code).stdout.split())
        verdict = json.loads(self.assay("check", *runs, "--profile", "own.json", "--format", "json", code=code).stdout)
        (one,) = [one for one in verdict["requirements"] if one["id"] == "aligned"]
        return one, text

    def test_the_same_devices_under_both_claims_are_compared_and_pass(self):
        aligned, apart = self.a_run(ALIGNED), self.a_run(APART)
        for runs in ((aligned, apart), (apart, aligned)):
            one, text = self.check(*runs, code=0)
            self.assertEqual((one["verdict"], len(one["figures"]["cases"])), ("pass", 8))
            self.assertIn("of the rate under claims that are not aligned", text)

    def test_a_device_that_is_slower_under_its_aligned_claim_fails_by_name(self):
        one, text = self.check(self.a_run(ALIGNED, "memory:0/3:0.2"), self.a_run(APART), code=1)
        self.assertEqual((one["verdict"], one["reason_code"]), ("fail", "below_limit"))
        self.assertEqual(len(one["subjects"]), 1)
        self.assertIn("device 3", one["subjects"][0]["name"])
        self.assertIn("-> node-00000 device 3", text)

    def test_what_is_asked_of_the_claims_may_be_a_gain(self):
        slow = [f"memory:0/{device}:0.3" for device in range(8)]
        self.profile(parameters={"fail_below": 1.2, "warn_below": 1.3})
        one, _ = self.check(self.a_run(ALIGNED), self.a_run(APART, *slow), code=0)
        self.assertEqual(one["verdict"], "pass")
        one, _ = self.check(self.a_run(ALIGNED), self.a_run(APART), code=1)
        self.assertEqual(one["verdict"], "fail")

    def test_what_is_missing_for_the_comparison_is_said_in_a_sentence(self):
        aligned, chance = self.a_run(ALIGNED), self.a_run(BY_CHANCE)
        for runs, told in (((aligned,), "no run without --alignment whose claims hold a NIC of another pcieRoot than its accelerators"),
                           ((aligned, chance), "those without it have the same pcieRoot by chance"),
                           ((self.a_run(None),), "no run with a claim aligned by pcieRoot (assay cluster run --alignment)")):
            one, text = self.check(*runs, code=1)
            self.assertEqual((one["verdict"], one["reason_code"]), ("not_evaluated", "missing"))
            self.assertIn(told, text)
            self.assertIn("one of them with --alignment", one["action_reason"])

    def test_a_run_that_is_aligned_by_chance_stands_beside_one_that_is_not(self):
        one, _ = self.check(self.a_run(ALIGNED), self.a_run(BY_CHANCE, "memory:0/*:0.5"), self.a_run(APART), code=0)
        self.assertEqual(one["verdict"], "pass")
        self.assertEqual(len(one["figures"]["cases"]), 8)

    def test_the_same_claim_twice_is_refused_with_both_files(self):
        runs = (self.a_run(ALIGNED), self.a_run(APART), self.a_run(APART))
        refused = self.assay("check", *runs, "--profile", "own.json", code=2).stderr.splitlines()[-1]
        self.assertIn("run2/nodes/node-00000.json and ", refused)
        self.assertIn("run3/nodes/node-00000.json", refused)

    def test_a_claim_that_is_not_as_it_asks_fails(self):
        one, _ = self.check(self.a_run({**ALIGNED, "shared": [], "apart": ["pcieRoot"]}), self.a_run(APART), code=1)
        self.assertEqual(one["reason_code"], "claim_not_aligned")

    def test_a_profile_may_ask_only_where_a_nic_was_claimed(self):
        self.profile(applies_when={"probed": "alignment"})
        one, _ = self.check(self.a_run(None), code=0)
        self.assertEqual(one["reason_code"], "not_applicable")
        self.profile(parameters={"alignment": "rack"})
        refused = self.assay("check", "run1", "--profile", "own.json", code=2)
        self.assertIn("alignment must be pcieRoot or numaNode", refused.stderr)


if __name__ == "__main__":
    unittest.main()
