"""What an API server would refuse: unknown fields, and pods that are not `restricted`."""
import json
import pathlib

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parent / "schemas"
NOT_VALIDATED = {("scheduling.k8s.io/v1beta1", "PodGroup")}  # no schema of 1.37 was at hand


def problems(document):
    """One line for everything that the strict schema of the object's kind refuses."""
    version, kind = document["apiVersion"], document["kind"]
    if (version, kind) in NOT_VALIDATED:
        return []
    path = SCHEMAS / (version if "/" in version else f"core/{version}") / f"{kind}.json"
    if not path.exists():
        return [f"{version} {kind}: no schema in tests/manifests/schemas"]
    validator = jsonschema.Draft7Validator(json.loads(path.read_text()))
    return [f"{kind} {document['metadata']['name']}: {'/'.join(map(str, error.path))}: {error.message}"
            for error in validator.iter_errors(document)]


def pod_specs(node):
    """Every pod specification in an object, however deep."""
    if isinstance(node, dict):
        if "containers" in node:
            yield node
        for value in node.values():
            yield from pod_specs(value)
    elif isinstance(node, list):
        for value in node:
            yield from pod_specs(value)


def unrestricted(pod):
    """What the `restricted` Pod Security level would refuse of a pod specification."""
    security = pod.get("securityContext", {})
    if security.get("runAsNonRoot") is not True:
        yield "runAsNonRoot is not true"
    if security.get("runAsUser") in (None, 0):
        yield "runAsUser is no user"
    if security.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
        yield "seccompProfile is not RuntimeDefault"
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(field):
            yield f"{field} is set"
    for volume in pod.get("volumes", []):
        if not set(volume) & {"emptyDir", "secret", "configMap", "persistentVolumeClaim", "projected", "downwardAPI"}:
            yield f"volume {volume['name']} is of a kind that is not allowed"
    for container in pod["containers"] + pod.get("initContainers", []):
        own = container.get("securityContext", {})
        if own.get("allowPrivilegeEscalation") is not False:
            yield f"{container['name']}: allowPrivilegeEscalation is not false"
        if own.get("capabilities", {}).get("drop") != ["ALL"] or own.get("capabilities", {}).get("add"):
            yield f"{container['name']}: capabilities are not all dropped"
        if own.get("readOnlyRootFilesystem") is not True:  # ours, not the level's
            yield f"{container['name']}: the root filesystem is not read-only"
