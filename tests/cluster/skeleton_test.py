"""`assay cluster run` from claim to verdict, on a stand-in for a cluster whose pods are processes."""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml

from tests.manifests import kustomize
from tests.not_run import not_run

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROFILE = ROOT / "tests/cli/profiles/tiny.json"
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"


class Skeleton(unittest.TestCase):
    NOTHING = {"objects": [], "pods": []}

    def setUp(self):
        kubectl = kustomize.find_kubectl()
        if kubectl is None:
            not_run("no kubectl since 1.27: scripts/install-kubectl fetches one")
        folder = tempfile.TemporaryDirectory(prefix="assay cluster ")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "bin").mkdir()
        (self.folder / "bin/kubectl").symlink_to(ROOT / "tests/cluster/stand_in_kubectl.py")
        self.environment = dict(os.environ, PATH=f"{self.folder / 'bin'}:{os.environ['PATH']}", STAND_IN=str(self.folder),
                                REAL_KUBECTL=kubectl, ASSAY=str(ASSAY), NO_COLOR="1")

    def command(self, verb, *flags, deadline="240", profile=PROFILE):
        out = [] if "-o" in flags else ["-o", str(self.folder / "out")]
        words = [ASSAY, "cluster", verb, "--namespace", "bench"]
        if verb in ("status", "clean"):
            return [*words, *flags]
        if verb in ("plan", "run"):
            words += ["--nodes", "2"]
        if verb != "collect":
            words += ["--image", "registry.example/assay:1", "--devices-per-node", "2", "--profile", str(profile)]
        return [*words, "--deadline", deadline, *out, *flags]

    def run_cluster(self, verb, *flags, deadline="240", profile=PROFILE, **environment):
        return subprocess.run(self.command(verb, *flags, deadline=deadline, profile=profile), env={**self.environment, **environment}, cwd=self.folder,
                              capture_output=True, text=True, timeout=280)

    def calls(self):
        return (self.folder / "calls").read_text().splitlines()

    def left(self):
        return json.loads((self.folder / "state.json").read_text())

    def test_a_run_goes_from_claim_to_verdict_and_leaves_nothing(self):
        result = self.run_cluster("run")
        logs = "".join(path.read_text() for path in self.folder.glob("ended/*/log"))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr + logs)
        self.assertIn("2 of 2 claims allocated, 2 of 2 pods scheduled, 2 running", result.stderr)
        self.assertEqual(json.loads((self.folder / "out/verdict.json").read_text())["kind"], "assay.verdict", result.stdout)
        documents = sorted((self.folder / "out/nodes").glob("*.json"))
        self.assertEqual([path.name[:15] for path in documents], ["rank0000-node-a", "rank0001-node-b"])
        for path in documents:
            (node,) = json.loads(path.read_text())["nodes"]
            facts = node["kubernetes"]
            self.assertEqual(len(facts["allocated"]), 2)
            self.assertEqual((facts["namespace"], facts["image_digest"]), ("bench", "sha256:" + "0" * 64))
            self.assertTrue(facts["claim"].startswith(facts["pod"]))
            self.assertEqual(json.loads(path.read_text())["run"]["profile"]["sha256"], hashlib.sha256(PROFILE.read_bytes()).hexdigest())
            self.assertEqual(node["labels"]["topology.kubernetes.io/zone"], "z1")
        check = subprocess.run([ASSAY, "validate", self.folder / "out"], capture_output=True, text=True)
        self.assertEqual(check.returncode, 0, check.stderr)
        self.assertEqual(self.left(), self.NOTHING)
        self.assertIn("nothing of the run is left", result.stderr)
        self.assertIn("collected", logs)

    def test_a_rank_that_fails_ends_the_run_by_name_and_leaves_nothing(self):
        result = self.run_cluster("run", STAND_IN_FAULT="exits")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertRegex(result.stderr, r"\(rank 1\): it exited with 1")
        self.assertEqual(self.left(), self.NOTHING)

    def test_an_image_of_another_build_ends_the_run_with_its_own_words(self):
        for fault, told in (("other-image", r"it exited with 2; its last words: assay: 'hold-results' is not a command"),
                            ("other-flags", r"its run ended without a document; its last words: assay: .*--of-a-later-version.*the run ended with 2")):
            with self.subTest(fault):
                result = self.run_cluster("run", STAND_IN_FAULT=fault)
                self.assertEqual(result.returncode, 2, result.stdout)
                self.assertRegex(result.stderr, told)
                self.assertIn("its image holds another build of assay than this one", result.stderr.splitlines()[-1])
                self.assertEqual(self.left(), self.NOTHING)
                self.assertFalse((self.folder / "out").exists())

    def test_a_folder_that_is_not_to_be_had_is_refused_before_anything_is_applied(self):
        mark = self.folder / "out/.assay-writes-here"
        mark.parent.mkdir()
        mark.touch()
        for out, told in ((self.folder / "out", f"another command writes into .*delete {mark}"), ("/proc/absent/out", "cannot make the folder /proc/absent/out")):
            result = self.run_cluster("run", "-o", str(out))
            self.assertEqual(result.returncode, 2, result.stdout)
            self.assertRegex(result.stderr, told)
            self.assertFalse((self.folder / "state.json").exists())
        self.assertTrue(mark.exists())

    def test_a_second_signal_ends_at_once_and_says_how_to_clean(self):
        result = self.run_cluster("run", STAND_IN_STOP="get job,pods -n", STAND_IN_STOP_AGAIN="^delete")
        self.assertEqual(result.returncode, 2, result.stdout)
        last = result.stderr.splitlines()[-1]
        self.assertIn("second signal: ending at once; what was applied may be left in the cluster", last)
        self.assertNotEqual(self.left(), self.NOTHING)
        words = re.search("`assay (.*)`", last)[1].split()
        clean = subprocess.run([ASSAY, *words], env=self.environment, capture_output=True, text=True, timeout=280)
        self.assertEqual(clean.returncode, 0, clean.stderr)
        self.assertEqual(self.left(), self.NOTHING)

    def test_a_stop_at_any_moment_leaves_nothing(self):
        for moment, fault, told in (("api-versions", "", "stopped"), ("--dry-run=server", "", "stopped"),
                                    ("/run$", "", "ended by SIGTERM"), ("get job,pods -n", "", "ended by SIGTERM"),
                                    ("get events", "pending", "ended by SIGTERM"), ("--held", "", "ended by SIGTERM"),
                                    ("^delete", "exits", "it exited with 1"), ("get job,pods,services", "exits", "it exited with 1")):
            with self.subTest(moment):
                result = self.run_cluster("run", STAND_IN_FAULT=fault, STAND_IN_STOP=moment)
                self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
                self.assertIn(told, result.stderr)
                if (self.folder / "state.json").exists():
                    self.assertIn("(nothing of the run is left in the cluster)", result.stderr)
                    self.assertEqual(self.left(), self.NOTHING)

    def test_two_runs_at_once_do_not_meet(self):
        runs = []
        for name in ("one", "two"):
            command = [str(self.folder / name) if word == str(self.folder / "out") else word for word in self.command("run")]
            runs.append(subprocess.Popen(command, env=self.environment, cwd=self.folder, stdout=subprocess.PIPE,
                                         stderr=subprocess.STDOUT, text=True))
        for process in runs:
            text, _ = process.communicate(timeout=280)
            self.assertEqual(process.returncode, 0, text)
        pods = [node["kubernetes"]["pod"] for name in ("one", "two") for path in (self.folder / name / "nodes").glob("*.json")
                for node in json.loads(path.read_text())["nodes"]]
        self.assertEqual(len(set(pods)), 4)
        self.assertEqual(self.left(), self.NOTHING)

    def test_when_the_node_of_rank_0_is_lost_the_next_rank_offers_what_it_has(self):
        result = self.run_cluster("run", STAND_IN_FAULT="lost")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn("node node-a is lost", result.stderr)
        self.assertRegex(result.stderr, r"rank 0 is gone: what pod \S+ \(rank 1\) has was collected")
        (document,) = [json.loads(path.read_text()) for path in (self.folder / "out").rglob("rank*.json")]
        self.assertEqual([node["name"] for node in document["nodes"]], ["node-b"])
        self.assertIn("had 2 processes, and the document of rank 0 is not here", " ".join(result.stdout.split()))
        self.assertEqual(self.left(), self.NOTHING)

    def test_the_deadline_says_which_pods_wait_for_what(self):
        result = self.run_cluster("run", deadline="6", STAND_IN_FAULT="pending")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertRegex(result.stderr, r"did not start within its deadline: .*pod assay-\S+ \(rank 0\), pod assay-\S+ \(rank 1\): no node takes it: .*devices")
        self.assertEqual(self.left(), self.NOTHING)

    def test_a_plan_is_a_folder_that_kubectl_builds_and_a_dry_run_creates_nothing(self):
        plan = self.run_cluster("plan")
        self.assertEqual(plan.returncode, 0, plan.stderr)
        self.assertEqual(plan.stderr, "")
        self.assertIn("allocation dra: DeviceClass gpu.example.com has 16 devices", plan.stdout)
        built = subprocess.run([self.environment["REAL_KUBECTL"], "kustomize", self.folder / "out/run"],
                               capture_output=True, text=True)
        kinds = {one["kind"] for one in yaml.safe_load_all(built.stdout)}
        self.assertEqual(kinds, {"Job", "Service", "ServiceAccount", "Secret", "ConfigMap", "ResourceClaimTemplate"})
        for spelling in ("--dry-run", "--dry-run=server"):
            dry = self.run_cluster("run", spelling)
            self.assertEqual(dry.returncode, 0, dry.stderr)
            self.assertIn("nothing was created", dry.stdout)
            self.assertFalse((self.folder / "state.json").exists())

    def test_the_pods_tolerate_what_is_asked_for_and_pull_by_the_secret_that_is_named(self):
        plan = self.run_cluster("plan", "--pull-secret", "registry", "--toleration", "nvidia.com/gpu=present:NoSchedule", "--toleration", "team")
        self.assertEqual(plan.returncode, 0, plan.stderr)
        built = subprocess.run([self.environment["REAL_KUBECTL"], "kustomize", self.folder / "out/run"], capture_output=True, text=True)
        self.assertEqual(built.stderr, "")
        (job,) = [one for one in yaml.safe_load_all(built.stdout) if one["kind"] == "Job"]
        self.assertEqual(job["spec"]["template"]["spec"]["tolerations"],
                         [{"key": "nvidia.com/gpu", "operator": "Equal", "value": "present", "effect": "NoSchedule"},
                          {"key": "team", "operator": "Exists"}])
        self.assertEqual(job["spec"]["template"]["spec"]["imagePullSecrets"], [{"name": "registry"}])

    def test_the_gate_marks_a_node_that_passes_and_taints_one_that_gives_no_verdict(self):
        command = [ASSAY, "cluster", "gate", "--namespace", "bench", "--image", "registry.example/assay:1", "--profile", PROFILE,
                   "--node", "node-a", "--devices-per-node", "2", "--deadline", "240", "-o", self.folder / "out"]
        for fault, code, label, last in (("", 0, "pass", "taint nodes node-a assay.io/unverified-"), ("pending", 2, "unknown", "patch node node-a")):
            command[command.index("--deadline") + 1] = "6" if fault else "240"
            result = subprocess.run(command, env={**self.environment, "STAND_IN_FAULT": fault}, capture_output=True, text=True)
            self.assertEqual(result.returncode, code, result.stdout + result.stderr)
            marks = [call for call in self.calls() if call.split()[0] in ("taint", "label", "patch")]
            self.assertIn(f"label node node-a assay.io/verdict={label} --overwrite", marks)
            self.assertTrue(marks[-1].startswith(last), marks)
            self.assertEqual(self.left(), self.NOTHING)

    def probe_gang(self, **environment):
        """A run whose own profile judges the gangs, and the lines about them."""
        profile = json.loads(PROFILE.read_text())
        profile["requirements"].append({"id": "gangs", "kind": "kubernetes_gang_contention", "level": "must"})
        (self.folder / "gangs.json").write_text(json.dumps(profile))
        result = self.run_cluster("run", "--gang", "native", "--probe", "gang", "--window", "10", profile=self.folder / "gangs.json",
                                  STAND_IN_APIS="api-versions-gang.txt", **environment)
        self.assertEqual(self.left(), self.NOTHING, result.stderr)
        verdict = json.loads((self.folder / "out/verdict.json").read_text())
        (gangs,) = [one for one in verdict["requirements"] if one["id"] == "gangs"]
        return result, gangs

    def test_a_probe_lets_two_gangs_contend_and_its_verdict_says_what_came_of_it(self):
        result, gangs = self.probe_gang()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(gangs["verdict"], "pass", gangs)
        self.assertRegex(result.stderr, r"gang probe: run \S+ holds one of node-a, node-b; runs \S+ and \S+ ask for all of them")
        self.assertEqual(result.stderr.count("gang probe: all 2 pods of run"), 2)
        self.assertGreaterEqual(gangs["figures"]["gangs"][0]["window_s"], 10)

    def test_a_probe_finds_a_scheduler_that_binds_a_gang_in_part(self):
        result, gangs = self.probe_gang(STAND_IN_FAULT="no-gang")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertEqual(gangs["reason_code"], "partial_gang", gangs)

    def test_a_stop_in_the_middle_of_a_probe_leaves_nothing(self):
        result = self.run_cluster("run", "--gang", "native", "--probe", "gang", STAND_IN_APIS="api-versions-gang.txt",
                                  STAND_IN_STOP="get resourceclaims.*bench")
        self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
        self.assertEqual(self.left(), self.NOTHING, result.stderr)

    def test_a_probe_of_a_gang_needs_a_gang(self):
        result = self.run_cluster("run", "--gang", "none", "--probe", "gang")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--probe gang: nobody keeps a gang together", result.stderr)

    def test_bad_input_ends_in_one_line(self):
        for flag, value, text in (("--namespace", "absent", "there is no namespace absent"), ("--namespace", "", "is no name of Kubernetes"),
                                  ("--alignment", "pcieRoot", "name its class with --nic-class"), ("--nics-per-node", "2", "name their class with --nic-class"),
                                  ("--nodes", "3", "3 nodes are wanted and 2"),
                                  ("--queue", "A b", "is no name of Kubernetes"), ("--profile", "absent", "absent")):
            flags = {"--image": "a/b:1", "--namespace": "bench", flag: value}
            words = [word for pair in flags.items() for word in pair]
            result = subprocess.run([ASSAY, "cluster", "run", *words], env=self.environment, capture_output=True, text=True)
            self.assertEqual(result.returncode, 2, flag)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
            self.assertIn(text, result.stderr)

    def test_bad_flags_are_told_before_a_cluster_is_asked(self):
        taken = self.folder / "taken"
        taken.touch()
        image = ("--image", "a/b:1")
        for words, text in ((("plan",), "--image is missing"), (("status",), "needs --run ID: `assay cluster run` printed it, and `kubectl get secrets -n assay -l"), (("clean", "--run", ""), "--run '' is no name"),
                            (("clean", "--run", "r", "--dry-run=server"), "--dry-run is for assay cluster run alone"), (("gate", *image, "--dry-run"), "gate has none"),
                            (("run", *image, "--node", "node-a"), "--node is for assay cluster gate alone"), (("plan", *image, "--probe", "gang"), "--probe is for assay cluster run alone"),
                            (("collect", "--run", "A_b"), "--run 'A_b' is no name"), (("clean", "--run", "a" * 64), "has 64 characters, and a name of Kubernetes there has 63 at most"),
                            (("status", "--namespace", "n" * 64, "--run", "r"), "--namespace 'nnnnnnnnnnnnnnnnnnnn...' has 64 characters"),
                            (("plan", *image, "--namespace", "my.team"), "--namespace 'my.team' is no name of Kubernetes"),
                            (("run", *image, "--namespace", "-a"), "the first and the last a letter or digit; `kubectl get namespaces` lists"),
                            (("run", *image, "--device-class", "gpu..com"), "--device-class 'gpu..com' is no name"),
                            (("run", *image, "--device-class", "d" * 254), "has 254 characters"),
                            (("run", *image, "--toleration", "a b"), "--toleration \"a b\": expected KEY, KEY=VALUE"),
                            (("gate", *image, "--node", "../x"), "--node '../x' is no name"), (("run", *image, "--exporter", "x"), "expected NAMESPACE/LABEL=VALUE:PORT"),
                            (("run", *image, "-o", taken), "it is a file and no folder"), (("gate", *image, "-o", taken), "it is a file and no folder")):
            result = subprocess.run([ASSAY, "cluster", *words], env=self.environment, capture_output=True, text=True)
            self.assertEqual((result.returncode, result.stdout), (2, ""), words)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
            self.assertIn(text, result.stderr)
        self.assertFalse((self.folder / "calls").exists())

    def test_a_gate_marks_no_node_that_the_cluster_does_not_have(self):
        result = self.run_cluster("gate", "--node", "node-z")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--node node-z: the cluster has no such node (there are: node-a, node-b)", result.stderr)
        self.assertFalse([call for call in self.calls() if call.startswith(("apply", "taint", "label", "patch"))])

    def test_a_cluster_that_gives_no_answer_is_not_taken_for_one_without_the_namespace(self):
        for verb in ("plan", "run", "status", "collect", "clean", "gate"):
            run = ("--run", "r1") if verb in ("status", "collect", "clean") else ()
            result = self.run_cluster(verb, *run, STAND_IN_FAULT="no-answer")
            self.assertEqual(result.returncode, 2)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
            self.assertIn("the cluster cannot be asked: the API server does not answer in time", result.stderr)

    def test_everything_that_is_asked_of_kubectl_is_in_the_role(self):
        self.run_cluster("run", STAND_IN_FAULT="exits")
        roles = list(yaml.safe_load_all((ROOT / "manifests/rbac/runner.yaml").read_text()))
        allowed = {(resource, verb) for role in roles for rule in role["rules"] for resource in rule["resources"]
                   for verb in rule["verbs"]}
        for call in self.calls():
            words = call.split()
            if words[0] == "logs":
                self.assertIn(("pods/log", "get"), allowed)
            if words[0] in ("get", "delete"):
                for kind in words[1].split(","):
                    resource = kind.split(".")[0].rstrip("s") + "s" if kind not in ("deviceclasses",) else kind
                    verb = "delete" if words[0] == "delete" else "list" if words[1] != "namespace" else "get"
                    self.assertIn((resource, verb), allowed, call)


if __name__ == "__main__":
    unittest.main()
