"""What the tests of the pages need: npm's packages, their scripts in one folder, and Debian's Chromium."""
import contextlib
import fcntl
import os
import pathlib
import shutil
import subprocess
import unittest

from tests.not_run import not_run

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("ASSAY_BUILD_DIR", ROOT / "build/host"))
ASSAY = BUILD / "assay"
PLACE = BUILD / "tests/browser"


def packages(folder, source):
    """npm's packages of `source` in `folder`, once; what cannot be fetched is a test not run."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(source / name, folder / name)
    lock = (source / "package-lock.json").read_bytes()
    stamp = folder / "installed-lock.json"
    if stamp.is_file() and stamp.read_bytes() == lock:
        return
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        not_run(f"npm cannot fetch the packages of {source.name}: {done.stderr.strip()[-200:]}")
    stamp.write_bytes(lock)


@contextlib.contextmanager
def alone_in(folder):
    """Tests that ctest runs at once prepare their common folder one after another."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def place_scripts(folder):
    """The scripts of these tests in `folder`; what is there already may be read by another test."""
    for script in (ROOT / "tests/browser").glob("*.mjs"):
        placed = folder / script.name
        if not placed.is_file() or placed.read_bytes() != script.read_bytes():
            shutil.copy(script, placed)


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            not_run(f"{program} is not installed")


class InChromium(unittest.TestCase):
    def setUp(self):
        need("node", "npm", "chromium")
        with alone_in(PLACE):
            packages(PLACE, ROOT / "tests/browser")
            place_scripts(PLACE)
        os.environ["ASSAY_CHROMIUM"] = shutil.which("chromium")

    def node(self, *jobs):
        """Each of a script and its arguments."""
        words = [word for script, *arguments in jobs for word in ("--", script, *map(str, arguments))][1:]
        done = subprocess.run(["node", PLACE / "run.mjs", *words], capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        print(done.stdout, end="")
