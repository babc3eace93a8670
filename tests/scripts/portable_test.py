"""The portable binary: what it needs at start, and that it carries no symbols."""
import re
import subprocess
import unittest

from tests.not_run import not_run
from tests.scripts.checkout import REPOSITORY

BINARY = REPOSITORY / "build/portable/assay"
ALLOWED = re.compile(r"^(libc\.so\.6|libm\.so\.6|ld-linux-x86-64\.so\.2)$")


def read_elf(option):
    if not BINARY.exists():
        not_run(f"no {BINARY.relative_to(REPOSITORY)}: 'scripts/test portable' builds it")
    return subprocess.run(["readelf", option, "-W", BINARY], check=True, capture_output=True, text=True).stdout


class Portable(unittest.TestCase):
    def test_the_portable_binary_needs_only_libc_and_libm_and_the_loader(self):
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", read_elf("--dynamic"))
        print("NEEDED:", ", ".join(needed))
        self.assertEqual([name for name in needed if not ALLOWED.match(name)], [])
        self.assertIn("libc.so.6", needed)

    def test_the_portable_binary_has_no_search_path_and_no_symbol_table(self):
        self.assertNotRegex(read_elf("--dynamic"), r"\((RPATH|RUNPATH)\)")
        self.assertNotIn(".symtab", read_elf("--sections"))

    def test_the_portable_binary_carries_its_kernels_compressed(self):
        found = re.search(r"\.nv_fatbin +PROGBITS +\S+ +\S+ +(\S+)", read_elf("--sections"))
        if not found:
            not_run("it was built without CUDA")
        size = int(found[1], 16)
        print(f".nv_fatbin: {size / 2**20:.1f} MiB")
        self.assertLess(size, 2 * 2**20)  # scripts/gpu-bundle holds them twice, and 40 MiB are its limit

    def test_the_portable_binary_names_no_folder_of_the_machine_that_built_it(self):
        read_elf("--file-header")
        self.assertNotIn(str(REPOSITORY).encode() + b"/", BINARY.read_bytes())

    def test_the_portable_binary_starts_with_an_empty_environment(self):
        read_elf("--file-header")
        result = subprocess.run([BINARY, "version"], env={}, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(result.stdout.strip())


if __name__ == "__main__":
    unittest.main()
