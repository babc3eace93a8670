"""The host image, made here without registry or daemon: what it holds, and that it measures."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile
import unittest

from tests.not_run import not_run

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host")) / "assay"
PROFILES = pathlib.Path(__file__).parent / "profiles"
LIMIT_BYTES = 100e6
SHELLS = {"sh", "bash", "dash", "busybox", "env", "apt", "dpkg"}


def start_container(bundle):
    """Runs it with the first of two runtimes that this machine's kernel suits."""
    why = "neither crun nor runc is installed"
    # crun refuses a machine with both versions of cgroups: it is started where the second is out of sight.
    alone = ["unshare", "--mount", "sh", "-c", 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"', "sh"]
    for runtime, words in {"crun": [*alone, "crun", "--cgroup-manager=disabled"], "runc": ["runc"]}.items():
        if shutil.which(runtime) is None:
            continue
        run = subprocess.run([*words, "run", "--bundle", bundle, f"assay-test-{os.getpid()}"], capture_output=True, text=True)
        if run.returncode == 0:
            return
        if not re.search("cgroup|namespace|mount", run.stderr):
            raise AssertionError(run.stdout + run.stderr)
        why = f"{runtime} cannot start containers here: {run.stderr.strip()}"
    not_run(why)


def need_the_tools():
    for tool in ("buildah", "umoci"):
        if shutil.which(tool) is None:
            not_run(f"{tool} is not installed (Debian package {tool})")
    if os.geteuid() != 0:
        not_run("images are made and started as root alone here")


def make_image(folder):
    archive = folder / "assay.oci.tar"
    made = subprocess.run([ROOT / "containers/build", "--from", "here", "--binary", BINARY, "-o", archive], capture_output=True, text=True)
    if made.returncode != 0:
        raise AssertionError(made.stdout + made.stderr)
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "layout")


class MadeImage(unittest.TestCase):
    """Makes the image once for all tests of the other class: ctest starts it before them."""

    def test_the_host_image_is_made(self):
        need_the_tools()
        folder = pathlib.Path(os.environ["ASSAY_TEST_IMAGE"])
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make_image(folder)


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need_the_tools()
        cls.scratch = tempfile.TemporaryDirectory(prefix="assay image ")
        cls.folder = pathlib.Path(cls.scratch.name)
        made = os.environ.get("ASSAY_TEST_IMAGE")
        cls.image = pathlib.Path(made) if made else cls.folder
        if not made:
            make_image(cls.image)
        cls.archive = cls.image / "assay.oci.tar"

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def blob(self, digest):
        return self.image / "layout/blobs" / digest.replace(":", "/")

    def config(self):
        index = json.loads((self.image / "layout/index.json").read_text())
        manifest = json.loads(self.blob(index["manifests"][0]["digest"]).read_text())
        return json.loads(self.blob(manifest["config"]["digest"]).read_text())["config"]

    def unpack(self):
        bundle = self.folder / self._testMethodName
        subprocess.run(["umoci", "unpack", "--image", f"{self.image / 'layout'}:assay", bundle], check=True, capture_output=True)
        return bundle

    def test_the_host_image_is_small_and_labelled_with_a_numeric_user_an_sbom_and_no_shell(self):
        self.assertLess(self.archive.stat().st_size, LIMIT_BYTES)
        config = self.config()
        self.assertEqual(config["User"], "65532:65532")
        self.assertEqual(config["Entrypoint"], ["/usr/bin/assay"])
        labels = config["Labels"]
        for name in ("title", "description", "version", "revision", "licenses"):
            self.assertTrue(labels["org.opencontainers.image." + name])
        root = self.unpack() / "rootfs"
        names = {path.name for path in root.rglob("*") if path.is_file()}
        self.assertEqual(names & SHELLS, set())
        sbom = json.loads((root / "usr/share/sbom/assay.spdx.json").read_text())
        self.assertEqual(sbom["spdxVersion"], "SPDX-2.3")
        packages = {package["name"]: package["versionInfo"] for package in sbom["packages"]}
        self.assertLessEqual({"assay", "libc6", "libopenblas0-pthread", "libgloo0", "libssl-dev", "libre2-dev"}, set(packages))
        self.assertNotIn("unknown", packages.values())
        self.assertEqual(labels["org.opencontainers.image.version"], packages["assay"])
        self.assertEqual(json.loads(pathlib.Path(f"{self.archive}.spdx.json").read_text()), sbom)

    def start(self, *words):
        """Runs `assay` in a container with a read-only root and no right; the folder of its results."""
        bundle = self.unpack()
        results = self.folder / f"{self._testMethodName} results"
        results.mkdir()
        os.chown(results, 65532, 65532)
        config = json.loads((bundle / "config.json").read_text())
        process = config["process"]
        self.assertEqual((process["user"]["uid"], process["user"]["gid"]), (65532, 65532))
        config["root"]["readonly"] = True
        process.update(terminal=False, noNewPrivileges=True, capabilities={}, args=["/usr/bin/assay", *words])
        config["mounts"] += [{"destination": "/results", "type": "bind", "source": str(results), "options": ["rbind", "rw"]},
                             {"destination": "/profiles", "type": "bind", "source": str(PROFILES), "options": ["rbind", "ro"]},
                             {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["mode=1777"]}]
        # Limits of this machine, which is one itself, are not the image's.
        config["linux"].pop("resources", None)
        config["mounts"] = [one for one in config["mounts"] if one["type"] != "cgroup"]
        config["linux"]["namespaces"] = [one for one in config["linux"]["namespaces"] if one["type"] not in ("network", "cgroup")]
        (bundle / "config.json").write_text(json.dumps(config))
        start_container(bundle)
        return results

    def measured(self, document):
        return [one for one in json.loads(document.read_text())["measurements"] if one["status"] == "measured"]

    def test_the_host_image_measures_on_a_read_only_root_without_any_right(self):
        results = self.start("run", "--profile", "quick", "--filter", "gemm.f32.openblas", "-o", "/results/result.json")
        self.assertTrue(self.measured(results / "result.json"), "OpenBLAS of the image was not found")

    def test_the_host_image_joins_ranks_as_the_pods_of_a_run_do(self):
        results = self.start("run", "--profile", "/profiles/joined.json", "--local-ranks", "2", "-o", "/results/joined")
        self.assertTrue(self.measured(results / "joined/fabric.json"), "Gloo of the image was not found")


if __name__ == "__main__":
    unittest.main()
