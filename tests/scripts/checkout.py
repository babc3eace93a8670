"""A throw-away checkout holding only scripts/, in a path with a space, and stub programs to put before the real ones."""
import pathlib
import shutil
import subprocess
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent


class Checkout:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="assay scripts ")
        self.root = pathlib.Path(self.folder.name) / "the checkout"
        self.stubs = pathlib.Path(self.folder.name) / "stubs"
        self.stubs.mkdir()
        shutil.copytree(REPOSITORY / "scripts", self.root / "scripts")

    def stub(self, name, body, folder=None):
        """An executable `name` that runs the shell lines `body`; every call is noted in calls()."""
        path = (folder or self.stubs) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/usr/bin/env bash\necho "{name} $*" >>"{self.folder.name}/calls"\n{body}\n')
        path.chmod(0o755)
        return path

    def calls(self):
        path = pathlib.Path(self.folder.name) / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def run(self, script, *arguments, **environment):
        """Runs a script of the checkout without a terminal; the stubs come first in PATH."""
        settings = {"PATH": f"{self.stubs}:/usr/bin:/bin", "HOME": self.folder.name, "LC_ALL": "C"}
        settings.update(environment)
        return subprocess.run([str(self.root / "scripts" / script), *arguments], cwd=self.root, env=settings,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def close(self):
        self.folder.cleanup()


def without_nvcc(checkout):
    """Hides a real nvcc of this machine, which the scripts would find in its usual place."""
    (checkout.root / "scripts/nvcc.sh").write_text('nvcc=\nnvcc_state="CUDA parts left out: nvcc was not found"\n')
