"""Builds kustomizations of manifests/ with a current kubectl, and reads what comes out."""
import pathlib
import re
import shutil
import subprocess
import tempfile

import yaml

from tests.not_run import not_run

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MANIFESTS = ROOT / "manifests"
GOLDEN = ROOT / "tests/manifests/golden"
TOKEN = "the token of the tests"


def find_kubectl():
    """One since 1.27: of this machine, or what scripts/install-kubectl fetched. None: there is none."""
    for candidate in (shutil.which("kubectl"), ROOT / "build/kubectl/kubectl"):
        if candidate is None or not pathlib.Path(candidate).exists():
            continue
        answer = subprocess.run([candidate, "version", "--client"], capture_output=True, text=True).stdout
        version = re.search(r"Client Version: v1\.(\d+)", answer)
        if version and int(version[1]) >= 27:
            return str(candidate)
    return None


class Copy:
    """A copy of manifests/ with a token in it, in which a test may write."""

    def __init__(self):
        self.kubectl = find_kubectl()
        if self.kubectl is None:
            not_run("no kubectl since 1.27: scripts/install-kubectl fetches one")
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name) / "manifests"
        shutil.copytree(MANIFESTS, self.root, ignore=shutil.ignore_patterns("token"))
        (self.root / "base/token").write_text(TOKEN)

    def close(self):
        self.folder.cleanup()

    def build(self, path):
        """The objects of a kustomization; a warning is an error."""
        result = subprocess.run([self.kubectl, "kustomize", str(self.root / path)], capture_output=True, text=True)
        if result.returncode != 0 or result.stderr:
            raise AssertionError(f"kubectl kustomize {path}: {result.stderr}")
        return objects_of(result.stdout)

    def build_of(self, components, parameters=None, **more):
        """The objects of base with these components."""
        return self.build(self.write("made-by-the-test", components, parameters, **more))

    def build_each(self, components, parameters=None, **more):
        """The same of each of several lists of components, in a namespace of its own, by one start of kubectl."""
        namespaces = []
        for one in components:
            namespaces.append(f"bench-{len(namespaces)}")
            self.write(namespaces[-1], one, parameters, namespace=namespaces[-1], **more)
        folder = self.root / "examples/all-of-them"
        folder.mkdir()
        (folder / "kustomization.yaml").write_text(yaml.safe_dump({"resources": [f"../{name}" for name in namespaces]}))
        built = {namespace: [] for namespace in namespaces}
        for one in self.build("examples/all-of-them"):
            built[one["metadata"]["namespace"]].append(one)
        if not all(built.values()):
            raise AssertionError("a list of components makes no object")
        return list(built.values())

    def write(self, name, components, parameters=None, **more):
        """An example of base with these components; its path."""
        values = {"nodes": "3", "profile": "quick", "devices": "2", "device-class": "gpu.example.com",
                  "nic-class": "dra.net", "nics": "1", "alignment": "resource.kubernetes.io/numaNode", "queue": "a-queue",
                  "deadline-seconds": "600", "hold-seconds": "300", **(parameters or {})}
        folder = self.root / "examples" / name
        folder.mkdir(exist_ok=True)
        config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "assay"}, "data": values}
        (folder / "parameters.yaml").write_text(yaml.safe_dump(config))
        kustomization = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
                         "resources": ["parameters.yaml"],
                         "components": ["../../base", *(f"../../components/{name}" for name in components)], **more}
        (folder / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
        return f"examples/{name}"


def objects_of(text):
    """By libyaml where PyYAML has it, which is ten times as fast."""
    return list(yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def text_of(objects):
    """Objects as the goldens hold them: the same text whatever version of kustomize wrote them."""
    return yaml.safe_dump_all(objects, sort_keys=True, width=100)


def examples():
    return sorted(path.name for path in (MANIFESTS / "examples").iterdir())
