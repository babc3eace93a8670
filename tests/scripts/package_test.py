"""The packages of the portable binary: unpacked over a root that holds the files of libc6 alone, and run there."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from tests.not_run import not_run
from tests.scripts.checkout import REPOSITORY

BINARY = REPOSITORY / "build/portable/assay"
EXAMPLE = REPOSITORY / "results-schema/examples/valid/verdict.json"
PROMISED = ("bin/assay", "share/man/man1/assay.1.gz", "share/man/man1/assay-run.1.gz",
            "share/bash-completion/completions/assay", "share/zsh/vendor-completions/_assay",
            "share/assay/profiles/node.json", "share/doc/assay/copyright", "share/doc/assay/licences/libssl-dev")


def run(*words, **options):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True, **options)


def root_of_libc(root):
    """The files of libc6, and a package database that knows it and nothing else."""
    for name in run("dpkg-query", "-L", "libc6").stdout.splitlines():
        source = pathlib.Path(name)
        target = root / source.relative_to("/")
        if source.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    for link in ("lib", "lib64"):  # a merged /usr, as Debian 12 has it
        if pathlib.Path("/", link).is_symlink():
            (root / "usr" / link).mkdir(parents=True, exist_ok=True)
            if (root / link).is_dir():
                shutil.copytree(root / link, root / "usr" / link, dirs_exist_ok=True, symlinks=True)
                shutil.rmtree(root / link)
            (root / link).symlink_to(f"usr/{link}")
    database = root / "var/lib/dpkg"
    for folder in ("info", "updates"):
        (database / folder).mkdir(parents=True)
    (database / "status").write_text(run("dpkg-query", "-s", "libc6").stdout + "\n")


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not BINARY.exists():
            not_run(f"no {BINARY.relative_to(REPOSITORY)}: 'scripts/test portable' builds it")
        for tool in ("dpkg", "cpack", "unshare"):
            if not shutil.which(tool):
                not_run(f"no {tool}")
        folder = tempfile.TemporaryDirectory(prefix="assay-package-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        packed = subprocess.run(["cpack", "--preset", "portable", "-B", cls.folder], cwd=REPOSITORY,
                                capture_output=True, text=True)
        if packed.returncode != 0:
            raise AssertionError(packed.stdout + packed.stderr)

    def in_root(self, root, *words):
        """Only what is below `root` can be seen."""
        result = subprocess.run(["unshare", "--map-root-user", "chroot", root, *words], capture_output=True, text=True,
                                env={"PATH": "/usr/sbin:/usr/bin"})
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def test_the_package_installs_over_libc6_alone_and_runs(self):
        if subprocess.run(["unshare", "--map-root-user", "true"], capture_output=True).returncode != 0:
            not_run("this user may not make a user namespace")
        root = self.folder / "root"
        root_of_libc(root)
        package, = self.folder.glob("*.deb")
        run("unshare", "--map-root-user", "dpkg", f"--root={root}", "--force-script-chrootless", "--install", package)
        self.assertIn("assay", run("dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W", "assay").stdout)
        for name in PROMISED:
            self.assertTrue((root / "usr" / name).is_file(), name)
        shutil.copy(EXAMPLE, root / "document.json")
        self.assertTrue(self.in_root(root, "/usr/bin/assay", "version").startswith("assay "))
        self.assertIn("document.json: ok", self.in_root(root, "/usr/bin/assay", "validate", "/document.json"))
        self.assertIn("gemm", self.in_root(root, "/usr/bin/assay", "list", "--profile", "quick"))

    def test_the_archive_has_the_same_files(self):
        archive, = self.folder.glob("*.tar.gz")
        run("tar", "-xzf", archive, "-C", self.folder)
        top = self.folder / archive.name.removesuffix(".tar.gz")
        for name in PROMISED:
            self.assertTrue((top / name).is_file(), name)
        self.assertTrue(run(top / "bin/assay", "version").stdout.startswith("assay "))

    def test_man_takes_the_packed_pages(self):
        if not shutil.which("groff"):
            not_run("no groff")
        archive, = self.folder.glob("*.tar.gz")
        run("tar", "-xzf", archive, "-C", self.folder)
        pages = sorted((self.folder / archive.name.removesuffix(".tar.gz") / "share/man/man1").glob("*.gz"))
        self.assertGreater(len(pages), 10)
        for page in pages:
            text = run("zcat", page).stdout
            said = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8"], input=text, capture_output=True, text=True)
            self.assertEqual((said.returncode, said.stderr), (0, ""), page.name)


if __name__ == "__main__":
    unittest.main()
