"""`assay cluster` on the cluster of the kubeconfig that ASSAY_TEST_CLUSTER names, and on no other.

ASSAY_TEST_CLUSTER_IMAGE is the image of assay that its nodes have or can pull. Needs two ready nodes and a DRA driver.
Every test has a namespace of its own with the `restricted` Pod Security level, and runs under the role of
manifests/rbac/runner.yaml. Two tests cordon or taint a node for a while and undo it.
"""
import json
import os
import pathlib
import random
import re
import secrets
import signal
import subprocess
import tempfile
import time
import unittest

from tests.manifests import kustomize
from tests.not_run import not_run

ROOT = pathlib.Path(__file__).resolve().parents[2]
TINY = ROOT / "tests/cli/profiles/tiny.json"
JOINED = ROOT / "tests/containers/profiles/joined.json"
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"
KINDS = "all,resourceclaims,resourceclaimtemplates,secrets,configmaps,serviceaccounts"


class RealCluster(unittest.TestCase):
    def setUp(self):
        self.config = os.environ.get("ASSAY_TEST_CLUSTER")
        self.image = os.environ.get("ASSAY_TEST_CLUSTER_IMAGE")
        if not self.config or not self.image:
            not_run("ASSAY_TEST_CLUSTER names no kubeconfig, or ASSAY_TEST_CLUSTER_IMAGE no image")
        self.kubectl_path = kustomize.find_kubectl()
        if self.kubectl_path is None:
            not_run("no kubectl since 1.27: scripts/install-kubectl fetches one")
        self.namespace = f"assay-test-{secrets.token_hex(4)}"
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.make_namespace()
        self.environment = dict(os.environ, KUBECONFIG=str(self.runner_config()), NO_COLOR="1",
                                PATH=f"{pathlib.Path(self.kubectl_path).parent}:{os.environ['PATH']}")

    def kubectl(self, *words, text=None, check=True):
        return subprocess.run([self.kubectl_path, "--kubeconfig", self.config, *words], input=text, check=check,
                              capture_output=True, text=True, timeout=120).stdout

    def make_namespace(self):
        self.kubectl("create", "namespace", self.namespace)
        self.addCleanup(self.kubectl, "delete", "namespace", self.namespace, "--wait=false", check=False)
        self.kubectl("label", "namespace", self.namespace, "pod-security.kubernetes.io/enforce=restricted")
        self.kubectl("-n", self.namespace, "create", "serviceaccount", "runner")
        served = self.kubectl("api-versions").splitlines()
        self.has_kueue = "kueue.x-k8s.io/v1beta2" in served
        self.kinds = KINDS + (",workloads.kueue.x-k8s.io" if self.has_kueue else "")
        self.before = self.objects()

    def runner_config(self):
        """A kubeconfig whose user has the shipped role and nothing else."""
        user = f"system:serviceaccount:{self.namespace}:runner"
        reader = f"{self.namespace}-reader"
        role = (ROOT / "manifests/rbac/runner.yaml").read_text()
        role = role.replace("{name: assay-reader}", f"{{name: {reader}}}")
        self.addCleanup(self.kubectl, "delete", "clusterrole,clusterrolebinding", reader, check=False)
        self.kubectl("-n", self.namespace, "apply", "-f", "-", text=role)
        self.kubectl("create", "clusterrolebinding", reader, f"--clusterrole={reader}", f"--user={user}")
        self.kubectl("-n", self.namespace, "create", "rolebinding", "runner", "--role=assay-runner", f"--user={user}")
        token = self.kubectl("-n", self.namespace, "create", "token", "runner", "--duration=1h").strip()
        config = json.loads(self.kubectl("config", "view", "--raw", "--minify", "-o", "json"))
        config["users"] = [{"name": "runner", "user": {"token": token}}]
        config["contexts"][0]["context"]["user"] = "runner"
        path = self.folder / "kubeconfig"
        path.write_text(json.dumps(config))
        return path

    def objects(self):
        # One that the cluster puts into every namespace may come late.
        names = self.kubectl("-n", self.namespace, "get", self.kinds, "-o", "name").splitlines()
        return {name for name in names if "assay" in name}

    def usable_nodes(self):
        nodes = json.loads(self.kubectl("get", "nodes", "-o", "json"))["items"]
        names = [node["metadata"]["name"] for node in nodes
                 if not node["spec"].get("unschedulable") and not node["spec"].get("taints")
                 and any(one["type"] == "Ready" and one["status"] == "True" for one in node["status"]["conditions"])]
        if len(names) < 2:
            not_run(f"the cluster has {len(names)} nodes that take pods: two are needed")
        return names

    def command(self, *flags, profile=TINY, out="out", image=None, nodes=2, deadline=300):
        return [ASSAY, "cluster", "run", "--namespace", self.namespace, "--image", image or self.image, "--profile", profile,
                "--nodes", str(nodes), "--devices-per-node", "1", "--deadline", str(deadline), "-o", self.folder / out, *flags]

    def start(self, *flags, **options):
        return subprocess.Popen(self.command(*flags, **options), env=self.environment, cwd=self.folder, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def finish(self, process, code, *told):
        text, _ = process.communicate(timeout=900)
        self.assertEqual(process.returncode, code, text)
        for part in told:
            self.assertRegex(text, part)
        return text

    def assert_nothing_left(self):
        self.assertEqual(self.objects(), self.before)

    def test_a_real_cluster_takes_a_run_from_claim_to_verdict_under_the_least_role(self):
        nodes = self.usable_nodes()
        process = self.start(profile="quick", deadline=800)
        self.finish(process, 0, "2 of 2 claims allocated", "nothing of the run is left", "Verdict: ")
        documents = [json.loads(path.read_text()) for path in (self.folder / "out/nodes").glob("*.json")]
        self.assertEqual(len({node["name"] for document in documents for node in document["nodes"]} & set(nodes)), 2)
        for document in documents:
            facts = document["nodes"][0]["kubernetes"]
            self.assertEqual(len(facts["allocated"]), 1)
            self.assertEqual(facts["namespace"], self.namespace)
        self.assert_nothing_left()

    def test_a_real_cluster_joins_the_pods_of_a_run_by_the_libraries_of_their_image(self):
        self.usable_nodes()
        self.finish(self.start(profile=JOINED), 0, "nothing of the run is left")
        document = json.loads((self.folder / "out/fabric.json").read_text())
        self.assertEqual([one["status"] for one in document["measurements"]], ["measured"])
        self.assert_nothing_left()

    def test_a_real_cluster_with_a_cordoned_node_runs_on_the_rest_and_names_it_where_too_few_are_left(self):
        nodes = self.usable_nodes()
        self.addCleanup(self.kubectl, "uncordon", nodes[0])
        self.kubectl("cordon", nodes[0])
        self.finish(self.start(nodes=len(nodes)), 2, f"{nodes[0]} is cordoned")
        self.finish(self.start(nodes=len(nodes) - 1), 0, "nothing of the run is left")
        self.assert_nothing_left()

    def test_a_real_cluster_without_the_image_ends_the_run_by_name(self):
        name = "registry.invalid/assay:absent"
        self.finish(self.start(image=name), 2, f"the run cannot start: .*{name} (cannot be reached|was not found|may not be pulled)", "nothing of the run is left")
        self.assert_nothing_left()

    def test_a_real_cluster_whose_quota_is_too_small_ends_the_run_by_name(self):
        for quota, told in (("pods=1", "allows pods=1"), ("count/resourceclaims.resource.k8s.io=1", "allows count/resourceclaims")):
            self.kubectl("-n", self.namespace, "create", "quota", "small", f"--hard={quota}")
            time.sleep(2)  # the quota controller counts what is used first
            self.finish(self.start(), 2, f"quota small is too small: it {told}")
            self.kubectl("-n", self.namespace, "delete", "quota", "small")
            self.assert_nothing_left()

    def test_a_real_cluster_that_loses_a_node_ends_the_run_by_name(self):
        process = self.start(profile="quick", deadline=800)
        started = next((line for line in process.stdout if "has the results" in line), "")
        self.assertIn("(rank 0)", started)
        node = self.node_of_rank_0()
        self.addCleanup(self.kubectl, "taint", "nodes", node, "assay.io/test-", check=False)
        self.kubectl("taint", "nodes", node, "assay.io/test=lost:NoExecute")  # evicts at once, as a lost node does after minutes
        text, _ = process.communicate(timeout=900)
        self.assertRegex(text, f"node {node} is lost or was tainted NoExecute")
        self.assertIn(process.returncode, (1, 2), text)
        self.assert_nothing_left()

    def node_of_rank_0(self):
        pods = json.loads(self.kubectl("-n", self.namespace, "get", "pods", "-o", "json"))["items"]
        return next(pod["spec"]["nodeName"] for pod in pods
                    if pod["metadata"]["labels"]["batch.kubernetes.io/job-completion-index"] == "0")

    def test_a_real_cluster_has_nothing_left_of_a_run_that_is_stopped_at_any_moment(self):
        self.stop_at_any_moment()

    def stop_at_any_moment(self):
        for number in range(3):
            process, after_s = self.start(out=f"stopped-{number}"), random.uniform(0.5, 15)
            time.sleep(after_s)
            process.send_signal(signal.SIGINT)
            text, _ = process.communicate(timeout=300)
            with self.subTest(f"stopped after {after_s:.1f} s"):
                if process.returncode != 0:  # it may have ended before
                    self.assertEqual(process.returncode, 2, text)
                    self.assertRegex(text, "ended by SIGINT|stopped")
                self.assert_nothing_left()

    def test_a_real_cluster_takes_two_runs_at_once(self):
        runs = [self.start(out=name, deadline=600) for name in ("one", "two")]
        for process in runs:
            self.finish(process, 0, "nothing of the run is left")
        self.assert_nothing_left()

    def make_queue(self, **quotas):
        """A LocalQueue of the namespace, whose own ClusterQueue has these quotas; of claims too, where Kueue counts them."""
        if not self.has_kueue:
            not_run("the cluster has no Kueue")
        manager = self.kubectl("-n", "kueue-system", "get", "configmap", "kueue-manager-config", "-o", "json", check=False)
        mappings = re.findall(r"name: *[\"']?([a-z0-9./-]+)[\"']?,? *deviceClassNames", " ".join(manager.replace("\\n", " ").split()))
        if not mappings:
            not_run("Kueue's configuration names no deviceClassMappings")
        flavor = {"name": self.namespace, "resources": [
            {"name": name, "nominalQuota": quotas.get(key, most)}
            for key, name, most in (("cpu", "cpu", "64"), ("memory", "memory", "256Gi"), ("claims", mappings[0], "64"))]}
        group = {"coveredResources": [one["name"] for one in flavor["resources"]], "flavors": [flavor]}
        for kind, spec in (("ResourceFlavor", {}), ("ClusterQueue", {"namespaceSelector": {}, "resourceGroups": [group]}),
                           ("LocalQueue", {"clusterQueue": self.namespace})):
            metadata = {"name": self.namespace} if kind != "LocalQueue" else {"name": "queue", "namespace": self.namespace}
            self.kubectl("apply", "-f", "-", text=json.dumps(
                {"apiVersion": "kueue.x-k8s.io/v1beta2", "kind": kind, "metadata": metadata, "spec": spec}))
            if kind != "LocalQueue":
                self.addCleanup(self.kubectl, "delete", kind, self.namespace, "--wait=false", check=False)
        self.kubectl("wait", "clusterqueue", self.namespace, "--for=condition=Active", "--timeout=60s")
        self.addCleanup(self.kubectl, "-n", self.namespace, "delete", "localqueue", "queue", check=False)

    def test_a_real_cluster_with_kueue_takes_runs_from_its_queue_as_their_quota_allows(self):
        self.make_queue(claims="2")  # of one run
        runs = [self.start(out=name, deadline=600) for name in ("one", "two")]
        texts = [self.finish(process, 0, "queue queue: leads to ClusterQueue", "nothing of the run is left") for process in runs]
        self.assertTrue(any("waits in its queue for quota that another run holds" in text for text in texts), texts)
        self.assert_nothing_left()

    def test_a_real_cluster_whose_queue_is_too_small_ends_the_run_by_name(self):
        self.make_queue(cpu="100m", memory="1Mi", claims="1")
        never = "the run will never fit its queue: .*it needs {} of {} and the quota of flavor {} is {}"
        self.finish(self.start(), 2, "the run cannot start: .*" + never.format("2", "cpu", self.namespace, "100m"))
        self.assert_nothing_left()

    def test_a_real_cluster_whose_queue_is_stopped_ends_the_run_by_name(self):
        self.make_queue()
        self.kubectl("patch", "clusterqueue", self.namespace, "--type=merge", "-p", '{"spec": {"stopPolicy": "Hold"}}')
        self.kubectl("wait", "clusterqueue", self.namespace, "--for=condition=Active=False", "--timeout=60s")
        self.finish(self.start(), 2, f"ClusterQueue {self.namespace} is inactive")
        self.assert_nothing_left()

    def test_a_real_cluster_has_nothing_left_of_a_queued_run_that_is_stopped_at_any_moment(self):
        self.make_queue()
        self.stop_at_any_moment()

    def test_a_real_cluster_holds_gangs_back_whole_and_lets_them_take_turns(self):
        self.usable_nodes()
        if "scheduling.k8s.io/v1alpha2" not in self.kubectl("api-versions"):
            not_run("the cluster serves no native gang")
        process = self.start("--gang", "native", "--probe", "gang", "--window", "10", deadline=600)
        self.finish(process, 0, "gang probe: 0 pods were bound while one node was taken", "nothing of the run is left")
        for path in (self.folder / "out/nodes").glob("*.json"):
            facts = json.loads(path.read_text())["extensions"]["kubernetes"]["gang_contention"]
            self.assertEqual((facts["pods"], facts["bound_early"]), (2, 0))
            self.assertIn("second_s", facts)
        self.assert_nothing_left()

    def test_a_real_cluster_looks_at_everything_in_a_dry_run_and_creates_nothing(self):
        self.finish(self.start("--dry-run"), 0, "The server would accept it; nothing was created")
        self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main()
