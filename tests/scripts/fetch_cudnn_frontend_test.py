"""scripts/fetch-cudnn-frontend against a stub apt and dpkg-deb."""
import unittest

from tests.scripts.checkout import Checkout

MIRRORS = "echo http://one.invalid/debian/; echo http://two.invalid/debian/"
UNPACK = 'mkdir -p "$3/usr/include/cudnn_frontend" "$3/usr/share/doc/libcudnn-frontend-dev"\n' \
         'echo header >"$3/usr/include/cudnn_frontend.h"; echo licence >"$3/usr/share/doc/libcudnn-frontend-dev/copyright"'


class FetchCudnnFrontend(unittest.TestCase):
    def setUp(self):
        self.checkout = Checkout()
        self.addCleanup(self.checkout.close)
        self.checkout.stub("apt-get", MIRRORS)
        self.checkout.stub("dpkg-deb", UNPACK)
        self.folder = self.checkout.root / "build/cudnn-frontend"

    def fetch(self, helper):
        release = self.checkout.root / "os-release"
        release.write_text("ID=debian\nVERSION_CODENAME=bookworm\n")
        return self.checkout.run("fetch-cudnn-frontend", ASSAY_OS_RELEASE=str(release),
                                 ASSAY_APT_HELPER=str(self.checkout.stub("apt-helper", helper)))

    def downloads(self):
        return [call for call in self.checkout.calls() if call.startswith("apt-helper")]

    def test_the_headers_come_from_a_mirror_of_apt_by_their_checksum_and_once(self):
        result = self.fetch('case "$2" in *//two.*) echo package >"$3" ;; *) exit 100 ;; esac')
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((self.folder / "include/cudnn_frontend.h").read_text(), "header\n")
        self.assertEqual((self.folder / "copyright").read_text(), "licence\n")
        first, second = self.downloads()
        self.assertIn("download-file http://one.invalid/debian/pool/contrib/n/nvidia-cudnn-frontend/", first)
        self.assertRegex(second, r"http://two\.invalid/.* SHA256:[0-9a-f]{64}$")
        self.assertIn("Release: bookworm", " ".join(self.checkout.calls()))
        self.assertEqual(self.fetch("exit 100").returncode, 0)
        self.assertEqual(len(self.downloads()), 2)

    def test_where_no_mirror_has_it_one_line_says_so_and_nothing_is_left(self):
        result = self.fetch('echo other >"$3.FAILED"; exit 100')
        self.assertEqual(result.returncode, 3)
        self.assertRegex(result.stderr, r"\Afetch-cudnn-frontend: no apt source .* 1\.8\.0 \(sha256 .*\)\n\Z")
        self.assertFalse(self.folder.exists())

    def test_without_apt_the_option_of_cmake_is_named(self):
        result = self.checkout.run("fetch-cudnn-frontend", ASSAY_APT_HELPER="/nowhere/apt-helper")
        self.assertEqual(result.returncode, 3)
        self.assertIn("-DCUDNN_FRONTEND_DIR", result.stderr)

    def test_it_takes_no_arguments(self):
        self.assertEqual(self.checkout.run("fetch-cudnn-frontend", "now").returncode, 2)


if __name__ == "__main__":
    unittest.main()
