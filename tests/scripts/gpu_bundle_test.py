"""The folder of scripts/gpu-bundle: in a root that holds bash and the C library alone, and how large it is."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from tests.not_run import not_run
from tests.scripts.checkout import REPOSITORY
from tests.scripts.package_test import root_of_libc, run

MADE = REPOSITORY / "build/gpu-bundle"
PORTABLE = REPOSITORY / "build/portable/assay"
PROGRAMS = ("assay", "gpu_tests", "device_ladder")
SYSTEM = re.compile(r"^(libc\.so\.6|libm\.so\.6|ld-linux-x86-64\.so\.2)$")


def bundle_in(folder):
    """The one that was made here; else its runner beside the portable binary, which is all that the start needs."""
    if MADE.exists():
        shutil.copytree(MADE, folder)
        return
    if not PORTABLE.exists():
        not_run("no build/gpu-bundle and no build/portable/assay: scripts/gpu-bundle builds one")
    (folder / "work").mkdir(parents=True)
    shutil.copy(PORTABLE, folder)
    for script in ("gpu-acceptance", "bounded.sh"):
        shutil.copy(REPOSITORY / "scripts" / script, folder)


class GpuBundle(unittest.TestCase):
    def test_the_bundle_starts_over_bash_and_libc_alone_and_says_that_there_is_no_gpu(self):
        if list(pathlib.Path("/dev").glob("nvidia*")):
            not_run("this machine has a GPU")
        # The kernel's own files are no package: /dev and /proc are those of this machine.
        enter = ["unshare", "--map-root-user", "--mount"]
        if not shutil.which("unshare") or subprocess.run([*enter, "true"], capture_output=True).returncode != 0:
            not_run("this user may not make a user namespace")
        with tempfile.TemporaryDirectory(prefix="assay-bundle-") as folder:
            root = pathlib.Path(folder, "root")
            root_of_libc(root)
            bundle_in(root / "bundle")
            for name in ("dev", "proc", "out", "usr/bin", "usr/lib"):
                (root / name).mkdir(parents=True, exist_ok=True)
            shutil.copy("/bin/bash", root / "usr/bin")
            for library in re.findall(r"=> (/\S+libtinfo\S+)", run("ldd", "/bin/bash").stdout):
                shutil.copy(library, root / "usr/lib")
            mounts = f"mount --rbind /dev '{root}/dev' && mount --rbind /proc '{root}/proc' && exec chroot '{root}' "
            result = subprocess.run([*enter, "sh", "-c", mounts + "/usr/bin/bash /bundle/gpu-acceptance -o /out"],
                                    env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, capture_output=True, text=True)
            self.assertEqual(result.returncode, 3, result.stdout + result.stderr)
            self.assertRegex(result.stderr, r"\Agpu-acceptance: no GPU here: .*no CUDA driver.*\n\Z")
            self.assertEqual(list((root / "out").iterdir()), [])

    def test_the_bundle_is_under_40_mib_and_its_programs_need_the_c_library_alone(self):
        if not MADE.exists():
            not_run("no build/gpu-bundle: scripts/gpu-bundle makes it")
        size = sum(file.stat().st_size for file in MADE.rglob("*") if file.is_file())
        print(f"{size / 2**20:.1f} MiB")
        self.assertLess(size, 40 * 2**20)
        self.assertGreater((MADE / "ladder.bin").stat().st_size, 0)
        for name in PROGRAMS:
            needed = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "--dynamic", "-W", MADE / name).stdout)
            self.assertEqual([library for library in needed if not SYSTEM.match(library)], [], name)


if __name__ == "__main__":
    unittest.main()
