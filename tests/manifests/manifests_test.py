"""manifests/: every example and every sensible combination builds, is valid, and holds together."""
import difflib
import itertools
import os
import re
import unittest

from tests.manifests import kustomize, strict

GANGS = ["kueue", "native", "native-v1beta1", "volcano", "kai", "coscheduling", "jobset", "trainjob"]
ALLOCATIONS = {"none": [], "device-plugin": ["allocation/device-plugin"], "dra": ["allocation/dra"],
               "dra with a NIC": ["allocation/dra", "network/rdma"],
               "dra with an aligned NIC": ["allocation/dra", "network/rdma", "network/aligned"],
               "dra with pairs": ["allocation/dra", "network/paired"],
               "dra with a ComputeDomain": ["allocation/dra", "network/compute-domain"]}
COMBINATIONS = {f"{allocation}, {gang or 'no gang'}": components + ([f"gang/{gang}"] if gang else [])
                for (allocation, components), gang in itertools.product(ALLOCATIONS.items(), [None, *GANGS])}


def goldens():
    return {path.stem: kustomize.objects_of(path.read_text()) for path in sorted(kustomize.GOLDEN.glob("*.yaml"))}


def named(objects, kind, name):
    return [one for one in objects if one["kind"] == kind and one["metadata"]["name"] == name]


def job_of(objects):
    return next(one for one in objects if one["kind"] == "Job")


def references(pod):
    """What a pod specification names: (kind, name)."""
    yield "ServiceAccount", pod.get("serviceAccountName")
    for claim in pod.get("resourceClaims", []):
        yield "ResourceClaimTemplate", claim["resourceClaimTemplateName"]
    for volume in pod.get("volumes", []):
        if "secret" in volume:
            yield "Secret", volume["secret"]["secretName"]
    for variable in pod["containers"][0].get("env", []):
        if "configMapKeyRef" in variable.get("valueFrom", {}):
            yield "ConfigMap", variable["valueFrom"]["configMapKeyRef"]["name"]
    if "subdomain" in pod:
        yield "Service", pod["subdomain"]
    if "schedulingGroup" in pod:
        yield "PodGroup", pod["schedulingGroup"]["podGroupName"]


def node_counts(node):
    """Every field that must be the number of nodes, however deep."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("parallelism", "completions", "minCount", "minMember", "numNodes"):
                yield value
            yield from node_counts(value)
    elif isinstance(node, list):
        for value in node:
            yield from node_counts(value)


class Goldens(unittest.TestCase):
    def test_goldens_are_valid_and_hold_every_example(self):
        self.assertEqual(sorted(goldens()), kustomize.examples(), "UPDATE_GOLDENS=1 runs write them")
        self.assertEqual([], [line for objects in goldens().values() for one in objects for line in strict.problems(one)])

    def test_pods_of_every_golden_pass_the_restricted_level(self):
        for name, objects in goldens().items():
            pods = [pod for one in objects for pod in strict.pod_specs(one)]
            self.assertTrue(pods, name)
            self.assertEqual([], [line for pod in pods for line in strict.unrestricted(pod)], name)

    def test_examples_build_to_their_goldens(self):
        copy = kustomize.Copy()
        self.addCleanup(copy.close)
        for name in kustomize.examples():
            built = kustomize.text_of(copy.build(f"examples/{name}"))
            path = kustomize.GOLDEN / f"{name}.yaml"
            if os.environ.get("UPDATE_GOLDENS"):
                path.write_text(built)
            difference = "\n".join(difflib.unified_diff(path.read_text().splitlines(), built.splitlines(), "golden", "built"))
            self.assertEqual("", difference, f"{name}: UPDATE_GOLDENS=1 accepts it")


    def test_no_example_aligns_more_devices_than_half_a_server_has(self):
        for name, objects in goldens().items():
            for template in (one for one in objects if one["kind"] == "ResourceClaimTemplate"):
                devices = template["spec"]["spec"]["devices"]
                counts = {request["name"]: request["exactly"].get("count") for request in devices["requests"]}
                for constraint in devices.get("constraints", []):
                    self.assertLessEqual(sum(counts[request] for request in constraint["requests"]), 5, name)  # four GPUs, a NIC


class Combinations(unittest.TestCase):
    def setUp(self):
        self.copy = kustomize.Copy()
        self.addCleanup(self.copy.close)

    def test_every_combination_is_valid_and_restricted_and_names_only_what_it_has(self):
        built = self.copy.build_each(COMBINATIONS.values(), {"nodes": "5"}, nameSuffix="-r1")
        for name, objects in zip(COMBINATIONS, built):
            self.assertEqual([], [line for one in objects for line in strict.problems(one)], name)
            self.assertTrue(all(one["metadata"]["name"].endswith("-r1") for one in objects), name)
            (pod,) = [pod for one in objects for pod in strict.pod_specs(one)]
            self.assertEqual([], list(strict.unrestricted(pod)), name)
            for kind, target in references(pod):
                if target != "assay-channel":  # made by NVIDIA's driver
                    self.assertEqual(len(named(objects, kind, target)), 1, f"{name}: {kind} {target}")
            self.assertEqual({value for one in objects for value in node_counts(one)}, {5}, name)

    def test_pod_groups_follow_a_name_suffix_in_labels_and_annotations(self):
        template = job_of(self.copy.build_of(["gang/volcano"], nameSuffix="-r1"))["spec"]["template"]
        self.assertEqual(template["metadata"]["annotations"]["scheduling.k8s.io/group-name"], "assay-r1")
        template = job_of(self.copy.build_of(["gang/coscheduling"], nameSuffix="-r1"))["spec"]["template"]
        self.assertEqual(template["metadata"]["labels"]["scheduling.x-k8s.io/pod-group"], "assay-r1")

    def test_the_number_of_nodes_reaches_the_annotation_of_kai(self):
        job = job_of(self.copy.build_of(["gang/kai"], {"nodes": "5"}))
        self.assertEqual(job["metadata"]["annotations"], {"kai.scheduler/batch-min-member": "5"})

    def test_a_profile_of_ones_own_is_mounted(self):
        objects = self.copy.build_of(["profile", "allocation/dra"], {"profile.json": "{}"}, nameSuffix="-r1")
        pod = next(pod for one in objects for pod in strict.pod_specs(one))
        self.assertEqual(len(named(objects, "ConfigMap", pod["volumes"][0]["configMap"]["name"])), 1)
        self.assertEqual([], [line for one in objects for line in strict.problems(one)])

    def test_only_kueue_suspends_the_job(self):
        for gang, objects in zip(GANGS, self.copy.build_each([f"gang/{gang}"] for gang in GANGS)):
            suspended = [one["kind"] for one in objects if one["kind"] in ("Job", "JobSet", "TrainJob") and one["spec"].get("suspend")]
            self.assertEqual(suspended, ["Job"] if gang == "kueue" else [], gang)

    def test_a_run_on_one_node_is_bound_to_it_by_name(self):
        spec = job_of(self.copy.build_of(["node"], {"node": "node-b"}))["spec"]["template"]["spec"]
        (term,) = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
        self.assertEqual(term["matchFields"], [{"key": "metadata.name", "operator": "In", "values": ["node-b"]}])
        self.assertEqual([one["key"] for one in spec["tolerations"]], ["assay.io/unverified"])
        self.assertIn("podAntiAffinity", spec["affinity"])

    def test_a_secret_of_ones_own_pulls_the_image(self):
        for gang in (None, *GANGS):
            objects = self.copy.build_of(["pull-secret"] + ([f"gang/{gang}"] if gang else []), {"pull-secret": "registry"}, nameSuffix="-r1")
            self.assertEqual([], [line for one in objects for line in strict.problems(one)], gang)
            (pod,) = [pod for one in objects for pod in strict.pod_specs(one)]
            self.assertEqual(pod["imagePullSecrets"], [{"name": "registry"}], gang)

    def test_results_go_to_a_volume_of_ones_own_by_pod(self):
        components = [["results-claim"], *(["results-claim", f"gang/{gang}"] for gang in GANGS)]
        for gang, objects in zip((None, *GANGS), self.copy.build_each(components, {"results-claim": "shared"}, nameSuffix="-r1")):
            self.assertEqual([], [line for one in objects for line in strict.problems(one)], gang)
            (pod,) = [pod for one in objects for pod in strict.pod_specs(one)]
            self.assertEqual(pod["volumes"][0], {"name": "results", "persistentVolumeClaim": {"claimName": "shared"}}, gang)
            mounts = {mount["mountPath"]: mount for mount in pod["containers"][0]["volumeMounts"]}
            self.assertEqual(mounts["/results"]["subPathExpr"], "$(ASSAY_JOB)/$(ASSAY_POD)", gang)
            self.assertEqual([], list(strict.unrestricted(pod)), gang)

    def test_an_idle_run_holds_its_claims_and_measures_nothing(self):
        gangs = [gang for gang in GANGS if gang not in ("jobset", "trainjob")]  # these keep no gang together
        components = [["idle", "allocation/dra"], *(["idle", "allocation/dra", f"gang/{gang}"] for gang in gangs)]
        for gang, objects in zip((None, *gangs), self.copy.build_each(components)):
            self.assertEqual([], [line for one in objects for line in strict.problems(one)], gang)
            (pod,) = [pod for one in objects for pod in strict.pod_specs(one)]
            container = pod["containers"][0]
            self.assertEqual((container["args"][0], container["args"][-3:]), ("hold", ["devices", "--format", "visible"]), gang)
            self.assertEqual(container["resources"]["claims"], [{"name": "devices"}], gang)
            self.assertEqual([], list(strict.unrestricted(pod)), gang)

    def test_resources_for_webhooks_obey_their_schemas_so_that_no_schema_refuses_them(self):
        for path in sorted((kustomize.MANIFESTS / "probes").glob("*.yaml")):
            (resource,) = kustomize.objects_of(path.read_text())
            self.assertEqual([], list(strict.problems(resource)), path)

    def test_the_container_without_a_claim_asks_for_every_device(self):
        for components in (ALLOCATIONS["dra"], ALLOCATIONS["device-plugin"]):
            spec = job_of(self.copy.build_of(components))["spec"]["template"]["spec"]
            (unclaimed,) = spec["initContainers"]
            self.assertEqual({one["name"]: one["value"] for one in unclaimed["env"]}, {"NVIDIA_VISIBLE_DEVICES": "all"})
            self.assertEqual(set(unclaimed["resources"]), {"requests"})
            self.assertNotIn("NVIDIA_VISIBLE_DEVICES", [one["name"] for one in spec["containers"][0]["env"]])

    def test_claim_parameters_reach_the_claim(self):
        objects = self.copy.build_of(ALLOCATIONS["dra with an aligned NIC"], {"devices": "7", "device-class": "a.b", "nics": "3"})
        devices = next(one for one in objects if one["kind"] == "ResourceClaimTemplate")["spec"]["spec"]["devices"]
        accelerator, nic = devices["requests"]
        self.assertEqual((accelerator["exactly"]["deviceClassName"], accelerator["exactly"]["count"]), ("a.b", 7))
        self.assertEqual((nic["exactly"]["deviceClassName"], nic["exactly"]["count"]), ("dra.net", 3))
        self.assertEqual(devices["constraints"][0]["matchAttribute"], "resource.kubernetes.io/numaNode")


    def test_every_accelerator_of_a_paired_claim_shares_one_place_with_a_nic_of_its_own(self):
        objects = self.copy.build_of(ALLOCATIONS["dra with pairs"], {"device-class": "a.b", "nic-class": "c.d"})
        devices = next(one for one in objects if one["kind"] == "ResourceClaimTemplate")["spec"]["spec"]["devices"]
        classes = {request["name"]: request["exactly"]["deviceClassName"] for request in devices["requests"]}
        self.assertEqual(len(classes), 16)
        for constraint in devices["constraints"]:
            self.assertEqual([classes.pop(request) for request in constraint["requests"]], ["a.b", "c.d"])
            self.assertEqual(constraint["matchAttribute"], "resource.kubernetes.io/numaNode")
        self.assertEqual(classes, {})


class Planted(unittest.TestCase):
    """A check that cannot fail is no check."""

    def setUp(self):
        self.objects = goldens()["example-driver"]

    def test_a_planted_unknown_field_is_refused(self):
        job = job_of(self.objects)
        job["spec"]["template"]["spec"]["containers"][0]["imagePullPolcy"] = "Always"
        self.assertIn("imagePullPolcy", "".join(strict.problems(job)))

    def test_a_planted_device_class_outside_exactly_is_refused(self):
        template = next(one for one in self.objects if one["kind"] == "ResourceClaimTemplate")
        template["spec"]["spec"]["devices"]["requests"][0]["deviceClassName"] = "gpu.nvidia.com"
        self.assertTrue(strict.problems(template))

    def test_a_planted_privilege_is_found(self):
        pod = next(strict.pod_specs(job_of(self.objects)))
        pod["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
        del pod["securityContext"]["runAsNonRoot"]
        self.assertEqual(len(list(strict.unrestricted(pod))), 2)


class Files(unittest.TestCase):
    def test_no_secret_is_shipped_and_no_deprecated_field_is_used(self):
        for path in kustomize.MANIFESTS.rglob("*.yaml"):
            text = path.read_text()
            self.assertNotIn("commonLabels", text, path)
            self.assertIsNone(re.search(r"^kind: Secret$", text, re.MULTILINE), path)

    def test_every_manifest_says_what_it_is(self):
        for path in kustomize.MANIFESTS.rglob("*.yaml"):
            self.assertTrue(path.read_text().startswith("# "), path)

    def test_roles_are_valid(self):
        roles = [one for path in (kustomize.MANIFESTS / "rbac").glob("*.yaml") for one in kustomize.objects_of(path.read_text())]
        self.assertTrue(roles)
        self.assertEqual([], [line for one in roles for line in strict.problems(one)])


if __name__ == "__main__":
    unittest.main()
