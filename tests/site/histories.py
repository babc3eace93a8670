"""Many runs of one device over time: simulated documents, each with a day of its own."""
import datetime
import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ASSAY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"


def simulated(days, slower_from, seed, folder):
    """A node a day; from the day `slower_from` on, products take 5 % longer."""
    faults = [] if slower_from is None else [f"--fault=compute:{day}/0:0.05" for day in range(slower_from, days)]
    subprocess.run([ASSAY, "simulate", "--sku", "h200-sxm", "--nodes", str(days), "--devices", "1", "--profile", "quick",
                    "--seed", str(seed), *faults, "-o", folder], check=True, capture_output=True)
    return [json.loads(file.read_text()) for file in sorted((folder / "nodes").glob("*.json"))]


def dated(document, cluster, day, labels):
    """The same document as a run of that day on the cluster's one device."""
    node = document["nodes"][0]
    old, device = document["run"]["started"][:10], f"GPU-{cluster}"
    node.update(name=f"{cluster}-node-1", labels=dict(node["labels"], **labels))
    node["devices"][0]["uuid"] = device
    document["run"].update({key: document["run"][key].replace(old, day) for key in ("started", "finished")}, id=f"{cluster}-{day}")
    for measurement in document["measurements"]:
        measurement["started"] = measurement["started"].replace(old, day)
        measurement["scope"]["members"] = [device]
    return document


def write(folder, cluster, days, slower_from=None, labels=None, first="2025-01-01", step=1):
    """A document every `step` days in folder/cluster."""
    place = pathlib.Path(folder) / cluster
    place.mkdir(parents=True, exist_ok=True)
    seed = sum(map(ord, cluster)) + days
    with tempfile.TemporaryDirectory() as scratch:
        for i, document in enumerate(simulated(days, slower_from, seed, pathlib.Path(scratch))):
            day = str(datetime.date.fromisoformat(first) + datetime.timedelta(days=i * step))
            (place / f"{day}.json").write_text(json.dumps(dated(document, cluster, day, labels or {})))
