#!/usr/bin/python3
"""A kubectl whose cluster is this machine: pods are processes, claims are made from recorded ResourceSlices.

Reading comes from tests/cluster/recordings; `apply -k` builds with the real kubectl, refuses what a strict server
would, and starts every pod of the Job; `exec` runs in the pod's folder. STAND_IN names the folder of its state,
STAND_IN_FAULT a fault to plant: pending (no devices are left), exits (rank 1 fails), lost (the node of rank 0 is lost
when its results are first asked for and rank 1 has written some of its own), no-gang (pods are bound one by one),
other-image (the assay of the image does not know `hold`), other-flags (nor a flag of `run`), no-answer (the API
server goes away after discovery began). Pods that only hold what they claim are bound by a scheduler of its own, one
a node, and run nothing. STAND_IN_APIS names another recorded answer to api-versions. STAND_IN_STOP is a regular
expression of the call at which the user stops `assay`, STAND_IN_STOP_AGAIN that of the call at which the user stops
it once more.
"""
import base64
import contextlib
import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

RECORDINGS = ROOT / "tests/cluster/recordings"
STATE = pathlib.Path(os.environ["STAND_IN"])
FAULT = os.environ.get("STAND_IN_FAULT", "")
ASSAY = os.environ["ASSAY"]
READS = {"version": "version.json", "api-versions": os.environ.get("STAND_IN_APIS", "api-versions.txt"), "nodes": "nodes.json",
         "deviceclasses": "deviceclasses.json", "resourceslices": "resourceslices.json"}


def fail(text, code=1):
    print(text, file=sys.stderr)
    sys.exit(code)


def items(objects):
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})


def load():
    path = STATE / "state.json"
    return json.loads(path.read_text()) if path.exists() else {"objects": [], "pods": []}


@contextlib.contextmanager
def changing():
    """The state, for a change that no other call sees half done."""
    with open(STATE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = load()
        yield state
        (STATE / "new-state.json").write_text(json.dumps(state))
        (STATE / "new-state.json").rename(STATE / "state.json")


def build(folder):
    from tests.manifests import kustomize  # here and in apply: they take longer to load than any other call takes
    result = subprocess.run([os.environ["REAL_KUBECTL"], "kustomize", folder], capture_output=True, text=True)
    if result.returncode != 0:
        fail(result.stderr)
    return kustomize.objects_of(result.stdout)


def apply(words):
    from tests.manifests import strict
    objects = build(words[words.index("-k") + 1])
    refused = [line for one in objects for line in strict.problems(one)]
    refused += [line for one in objects for pod in strict.pod_specs(one) for line in strict.unrestricted(pod)]
    if refused:
        fail("\n".join(refused))
    if "--dry-run=server" not in words:
        start(objects)


def object_of(objects, kind, name):
    return next(one for one in objects if one["kind"] == kind and one["metadata"]["name"] == name)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(container, objects, fields):
    values = {}
    for variable in container["env"]:
        source = variable.get("valueFrom", {})
        if "fieldRef" in source:
            values[variable["name"]] = fields[source["fieldRef"]["fieldPath"]]
        elif "configMapKeyRef" in source:
            reference = source["configMapKeyRef"]
            values[variable["name"]] = object_of(objects, "ConfigMap", reference["name"])["data"][reference["key"]]
        else:
            values[variable["name"]] = variable["value"]
    return values


def start(objects):
    (job,) = [one for one in objects if one["kind"] == "Job"]
    ranks, port = range(job["spec"]["completions"]), free_port()
    if "devices" in job["spec"]["template"]["spec"]["containers"][0]["args"]:
        pods = [idle_pod(job, rank) for rank in ranks]
    else:
        pods = [start_pod(job, rank, objects, port) for rank in ranks]
    with changing() as state:
        state["objects"] += objects
        state["pods"] += pods


def idle_pod(job, rank):
    name = f"{job['metadata']['name']}-{rank}-idle"
    (STATE / name).mkdir()
    return {"name": name, "node": None, "rank": rank, "pid": 0, "folder": str(STATE / name), "job": job["metadata"]["name"], "idle": True}


def schedule(state):
    """Binds idle pods to nodes that no pod has: of a gang, all or none."""
    for job in dict.fromkeys(pod["job"] for pod in state["pods"] if pod.get("idle")):
        free = [node for node in ("node-a", "node-b") if node not in [pod["node"] for pod in state["pods"]]]
        waiting = [pod for pod in state["pods"] if pod["job"] == job and pod["node"] is None]
        if FAULT == "no-gang" or len(waiting) <= len(free):
            for pod, node in zip(waiting, free):
                pod["node"] = node


def is_bound(pod):
    return pod["node"] is not None if pod.get("idle") else pod["pid"] != 0


def start_pod(job, rank, objects, port):
    name, node = f"{job['metadata']['name']}-{rank}-abcde", f"node-{'ab'[rank]}"
    folder = STATE / name
    for part in ("results", "tmp"):
        (folder / part).mkdir(parents=True)
    spec = job["spec"]["template"]["spec"]
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    secret = object_of(objects, "Secret", volumes["token"]["secret"]["secretName"])
    config = object_of(objects, "ConfigMap", volumes["profile"]["configMap"]["name"])
    (folder / "profile.json").write_text(config["data"]["profile.json"])
    (folder / "token").write_bytes(base64.b64decode(secret["data"]["token"]))
    fields = {"metadata.labels['batch.kubernetes.io/job-name']": job["metadata"]["name"], "spec.nodeName": node,
              "metadata.namespace": job["metadata"]["namespace"], "metadata.name": name}
    values = environment(spec["containers"][0], objects, fields)
    # The name that the Service gives rank 0, and no other, resolves.
    service = object_of(objects, "Service", spec["subdomain"])["metadata"]["name"]
    address = f"{job['metadata']['name']}-0.{service}:29400"
    words = []
    for word in spec["containers"][0]["args"]:
        word = re.sub(r"\$\((\w+)\)", lambda match: values[match[1]], word)
        if FAULT == "lost" and word == "300":  # the deadline of the ranks among themselves
            word = "10"
        words.append({"/results": str(folder / "results"), "/profile/profile.json": str(folder / "profile.json"), address: f"127.0.0.1:{port}"}.get(word, word))
    values.update(ASSAY_TOKEN_FILE=str(folder / "token"), ASSAY_LOCK_DIR=str(folder / "tmp"),
                  JOB_COMPLETION_INDEX=str(rank), PATH=os.environ["PATH"])
    pod = {"name": name, "node": node, "rank": rank, "pid": 0, "folder": str(folder), "job": job["metadata"]["name"]}
    if FAULT == "pending":
        return pod
    program = ["false"] if FAULT == "exits" and rank == 1 else [ASSAY, *words]
    if FAULT == "other-image":
        program[1] = "hold-results"
    if FAULT == "other-flags":
        program.insert(program.index("run") + 1, "--of-a-later-version")
    script = '"$@" >"$0/log" 2>&1; echo $? >"$0/exit"'
    process = subprocess.Popen(["sh", "-c", script, str(folder), *program], env=values, start_new_session=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return {**pod, "pid": process.pid}


def claim_object(pod, template):
    request = template["spec"]["spec"]["devices"]["requests"][0]
    found = {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim", "spec": template["spec"]["spec"],
             "metadata": {"name": pod["name"] + "-devices-xyz", "ownerReferences": [{"kind": "Pod", "name": pod["name"]}]}}
    results = [{"driver": "gpu.example.com", "pool": pod["node"], "device": f"gpu-{number}", "request": request["name"]}
               for number in range(request["exactly"]["count"])]
    found["status"] = {"allocation": {"devices": {"results": results}}} if is_bound(pod) else {}
    return found


def pod_object(pod, objects):
    job = object_of(objects, "Job", pod["job"])
    spec = dict(job["spec"]["template"]["spec"])
    exited = pathlib.Path(pod["folder"], "exit")
    status = {"phase": "Running", "conditions": [{"type": "PodScheduled", "status": "True"}]}
    state = {"running": {"startedAt": "now"}}
    if exited.exists():
        code = int(exited.read_text())
        status["phase"], state = "Failed" if code else "Succeeded", {"terminated": {"exitCode": code, "reason": "Error"}}
    if is_bound(pod):
        spec["nodeName"] = pod["node"]
        status["initContainerStatuses"] = [{"name": one["name"], "state": {"terminated": {"exitCode": 0, "message": "none\n"}}}
                                           for one in spec.get("initContainers", [])]
        status["containerStatuses"] = [{"name": "assay", "image": spec["containers"][0]["image"], "state": state,
                                        "imageID": "registry.example/assay@sha256:" + "0" * 64}]
    else:
        text = "0/2 nodes are available: 2 cannot allocate all claims. still not schedulable"
        status = {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                                                      "message": text}]}
    metadata = {}
    if pod.get("lost"):
        metadata = {"deletionTimestamp": "now"}
        status["conditions"].append({"type": "DisruptionTarget", "status": "True", "reason": "DeletionByTaintManager",
                                     "message": "Taint manager: deleting due to NoExecute taint"})
    labels = {**job["spec"]["template"]["metadata"]["labels"], "batch.kubernetes.io/job-completion-index": str(pod["rank"])}
    return {"apiVersion": "v1", "kind": "Pod", "spec": spec, "status": status,
            "metadata": {**metadata, "name": pod["name"], "labels": labels, "ownerReferences": [{"kind": "Job", "name": pod["job"]}]}}


def listed(kinds, state, run):
    """Objects of these kinds, of one run where one is named."""
    kinds = set(kinds.split(","))
    found = []
    for one in state["objects"]:
        plural = one["kind"].lower() + "s"
        if plural in kinds or (one["kind"] == "Job" and "job" in kinds):
            found.append({"status": {}, **one})
    if "pods" in kinds:
        found += [pod_object(pod, state["objects"]) for pod in state["pods"]]
    if "resourceclaims" in kinds:
        found += [claim_object(pod, template) for pod in state["pods"] for template in state["objects"]
                  if template["kind"] == "ResourceClaimTemplate" and template["metadata"]["name"] == pod["job"]]
    return [one for one in found if run is None or one["metadata"].get("labels", {}).get("assay.io/run") == run]


def run_of(words):
    return words[words.index("-l") + 1].removeprefix("assay.io/run=") if "-l" in words else None


def end(pod):
    if pod["pid"]:
        try:
            os.killpg(pod["pid"], signal.SIGKILL)
        except ProcessLookupError:
            pass


def lose_node_of(rank):
    with changing() as state:
        for pod in state["pods"]:
            if pod["rank"] == rank:
                end(pod)
                pod["lost"] = True


def wait_for_document_of(rank, state):
    """So that it has met the others; on a busy machine its start alone takes seconds."""
    folder = next(pathlib.Path(one["folder"], "results") for one in state["pods"] if one["rank"] == rank)
    until = time.monotonic() + 120
    while not list(folder.rglob("*.json")) and time.monotonic() < until:
        time.sleep(0.1)


def execute(words, state):
    pod = next((one for one in state["pods"] if one["name"] in words), None)
    if FAULT == "lost" and pod and pod["rank"] == 0:
        wait_for_document_of(1, state)
        lose_node_of(0)
        fail("error: error dialing backend: dial tcp 10.99.0.11:10250: connect: no route to host")
    if pod is None or pathlib.Path(pod["folder"], "exit").exists():
        fail("error: cannot exec into a container in a completed pod; current phase is Succeeded")
    command = [{"assay": ASSAY, "/results": str(pathlib.Path(pod["folder"], "results"))}.get(word, word)
               for word in words[words.index("--") + 1:]]
    code = subprocess.run(command).returncode
    if code:
        fail(f"command terminated with exit code {code}", code)


def log_of(name, state):
    pod = next(one for one in state["pods"] if one["name"] == name)
    return pathlib.Path(pod["folder"], "log").read_text()


def delete(words):
    with changing() as state:
        kept = []
        for pod in state["pods"]:
            if pod["job"] != f"assay-{run_of(words)}":
                kept.append(pod)
                continue
            end(pod)
            shutil.copytree(pod["folder"], STATE / "ended" / pod["name"])
        state["pods"] = kept
        state["objects"] = [one for one in state["objects"] if one["metadata"]["labels"]["assay.io/run"] != run_of(words)]


def main(words):
    with open(STATE / "calls", "a") as calls:
        print(*words, file=calls)
    verb = words[0]
    def stops(name):
        return re.search(os.environ.get(name, "never"), " ".join(words))

    if stops("STAND_IN_STOP"):
        os.kill(os.getppid(), signal.SIGTERM)
    if stops("STAND_IN_STOP_AGAIN"):
        time.sleep(1.2)  # the same signal within a second is the same request
        os.kill(os.getppid(), signal.SIGTERM)
        sys.exit(1)  # the terminal's signal ends kubectl, too
    if FAULT == "no-answer" and verb == "get":
        fail("Unable to connect to the server: net/http: TLS handshake timeout")
    if verb in READS or (verb == "get" and words[1] in READS):
        print((RECORDINGS / "discovery" / READS[verb if verb in READS else words[1]]).read_text())
    elif verb == "get":
        if (STATE / "state.json").exists():
            with changing() as state:
                schedule(state)
        if words[1] == "namespace" and words[2] != "bench":
            fail(f'Error from server (NotFound): namespaces "{words[2]}" not found')
        print(items([] if words[1] in ("events", "namespace") else listed(words[1], load(), run_of(words))))
    elif verb == "apply":
        apply(words)
    elif verb == "exec":
        execute(words, load())
    elif verb == "logs":
        print(log_of(words[1], load()), end="")
    elif verb == "delete":
        delete(words)
    elif verb in ("taint", "label", "patch"):
        print(f"node/{words[2]} changed")
    else:
        fail(f"the stand-in knows no {verb}")


main(sys.argv[1:])
