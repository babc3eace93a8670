"""scripts/install-dependencies against a stub dpkg and apt."""
import unittest

from tests.scripts.checkout import Checkout

DEBIAN = "ID=debian\nVERSION_ID=12\n"


class InstallDependencies(unittest.TestCase):
    def setUp(self):
        self.checkout = Checkout()
        self.addCleanup(self.checkout.close)
        self.checkout.stub("apt-get", "exit 0")
        self.set_user(0)

    def set_user(self, uid):
        self.checkout.stub("id", f"echo {uid}")

    def set_missing(self, *missing):
        """dpkg-query knows every package it is asked about, except these."""
        lines = 'shift 3; for p in "$@"; do case " %s " in *" $p "*) ;; *) echo "$p installed" ;; esac; done; exit 1'
        self.checkout.stub("dpkg-query", lines % " ".join(missing))

    def install(self, which="quickstart", system=DEBIAN, **environment):
        release = self.checkout.root / "os-release"
        release.write_text(system)
        return self.checkout.run("install-dependencies", which, ASSAY_OS_RELEASE=str(release), **environment)

    def apt_calls(self):
        return [call for call in self.checkout.calls() if call.startswith("apt-get")]

    def test_nothing_missing_means_that_apt_is_not_called(self):
        self.set_missing()
        result = self.install()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.apt_calls(), [])

    def test_only_what_is_missing_is_installed_and_without_recommendations(self):
        self.set_missing("libfmt-dev", "cmake")
        result = self.install()
        self.assertEqual(result.returncode, 0, result.stderr)
        update, install = self.apt_calls()
        self.assertTrue(update.endswith("update"))
        self.assertTrue(install.endswith("install -y --no-install-recommends cmake libfmt-dev"), install)
        self.assertIn("installing 2 of", result.stdout)

    def test_ubuntu_is_known_too(self):
        self.set_missing()
        self.assertEqual(self.install(system='ID=ubuntu\nVERSION_ID="24.04"\n').returncode, 0)

    def test_without_root_and_without_sudo_one_line_names_the_packages(self):
        self.set_missing("cmake")
        self.set_user(1000)
        self.checkout.stub("sudo", "exit 1")
        result = self.install()
        self.assertEqual(result.returncode, 3)
        self.assertEqual(len(result.stderr.splitlines()), 1)
        self.assertIn("apt-get install --no-install-recommends cmake", result.stderr)
        self.assertEqual(self.apt_calls(), [])

    def test_sudo_is_used_where_it_needs_no_password(self):
        self.set_missing("cmake")
        self.set_user(1000)
        self.checkout.stub("sudo", '[ "$1" = -n ] && exit 0; exec "$@"')
        self.assertEqual(self.install().returncode, 0)
        self.assertEqual(len(self.apt_calls()), 2)

    def test_an_unknown_system_is_refused_in_one_line_that_names_the_packages(self):
        self.set_missing()
        result = self.install(system="ID=fedora\nVERSION_ID=40\n")
        self.assertEqual(result.returncode, 3)
        self.assertEqual(len(result.stderr.splitlines()), 1)
        self.assertIn("fedora 40", result.stderr)
        self.assertIn("ninja-build", result.stderr)
        self.assertEqual(self.install(system="ID=fedora\n", ASSAY_SKIP_INSTALL="1").returncode, 0)

    def test_a_failing_apt_is_a_failure(self):
        self.set_missing("cmake")
        self.checkout.stub("apt-get", "exit 100")
        self.assertEqual(self.install().returncode, 100)


if __name__ == "__main__":
    unittest.main()
