"""What the tests of `assay evidence` share: healthy documents, and a run of it on a checklist."""
import copy
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"
CHECKLISTS = {path.stem.removeprefix("AIConformance-"): path
              for path in sorted((ROOT / "tests/conformance/checklists").glob("*.yaml"))}


def assay(*words):
    return subprocess.run([ASSAY, *map(str, words)], capture_output=True, text=True)


def healthy_documents():
    """Two nodes of a cluster: simulated figures without the mark, and what `assay cluster` adds."""
    with tempfile.TemporaryDirectory() as folder:
        made = assay("simulate", "--sku", "h200-sxm", "--nodes", 2, "--profile", "quick", "-o", folder)
        assert made.returncode == 0, made.stderr
        documents = [json.loads(path.read_text()) for path in sorted(pathlib.Path(folder).glob("nodes/*.json"))]
    for document in documents:
        document["simulated"] = False
        document["extensions"] = {"kubernetes": {
            "submitted": "2026-11-20T10:00:00Z", "published": {"driver": document["software"]["driver"]},
            "unclaimed": [], "gang": {"scheduler": "trainjob", "pods": 2, "partial_s": 2.0, "held_back_s": 0.0},
            "gang_contention": {"scheduler": "kueue", "pods": 2, "window_s": 31.0, "bound_early": 0, "partial_s": 0.0, "first_s": 4.0,
                                "second_s": 6.0},
            "webhooks": [{"resource": "trainjobs.trainer.kubeflow.org", "good_taken": True, "bad_answer": "no such runtime",
                          "denied_by": "validator.trainjob.trainer.kubeflow.org"}],
            "autoscaling": {"autoscaler": "karpenter.sh", "nodes": 2, "pods": 3, "added": ["node-c"], "waited_s": 95.0, "bound_s": 95.0,
                            "removed_s": 640.0},
            "exporter": {"exporter": "gpu-operator/app=nvidia-dcgm-exporter:9400", "scrapes": 30, "devices": [
                {"device": device["uuid"], "node": node["name"], "utilization_metric": "DCGM_FI_DEV_GPU_UTIL",
                 "utilization": [0.0, 97.0, 0.0], "memory_metric": "DCGM_FI_DEV_FB_USED", "memory": [4.0, 70000.0, 4.0]}
                for one in documents for node in one["nodes"] for device in node["devices"]]}}}
        for node in document["nodes"]:
            node["kubernetes"] = {"namespace": "bench", "pod": "assay-0", "image_digest": "sha256:" + 64 * "0",
                                  "claim": "assay-0-devices",
                                  "allocated": [device["uuid"] for device in node["devices"]]}
    return documents


class EvidenceCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.healthy = healthy_documents()

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.number = 0

    def evidence(self, documents, version="1.37", checklist=None, extra=()):
        """The outcome, and the folder that was written."""
        self.number += 1
        results = self.folder / f"results{self.number}"
        results.mkdir()
        for at, document in enumerate(documents):
            (results / f"n{at}.json").write_text(json.dumps(document))
        out = self.folder / f"product{self.number}"
        run = assay("evidence", "--checklist", checklist or CHECKLISTS[version], results, "--product-path",
                    f"v{version}/example", "-o", out, *extra)
        return run, out

    def changed(self, change):
        documents = copy.deepcopy(self.healthy)
        change(documents)
        return documents

    def rows(self, product):
        spec = yaml.safe_load((product / "PRODUCT.yaml").read_text())["spec"]
        return {row["id"]: row for rows in spec.values() for row in rows}

    def implemented(self, product):
        return {key for key, row in self.rows(product).items() if row["status"] == "Implemented"}
