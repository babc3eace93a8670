"""Every header of ours compiles alone: the target headers_alone of the build is built."""
import os
import subprocess
import unittest

from tests.not_run import not_run


class Headers(unittest.TestCase):
    def test_every_header_compiles_alone(self):
        build = os.environ.get("ASSAY_BUILD_DIR")
        if not build:
            not_run("ASSAY_BUILD_DIR names no build")
        # With the first the compiler cache also keeps what reads a precompiled header; no header of ours has the time
        # in it. With the second it reads the 100 MB of the precompiled one once, not for each header.
        environment = {"CCACHE_SLOPPINESS": "pch_defines,time_macros", "CCACHE_INODECACHE": "1", **os.environ}
        result = subprocess.run(["cmake", "--build", build, "--target", "headers_alone", "-j", str(os.cpu_count())],
                                capture_output=True, text=True, env=environment)
        self.assertEqual(result.returncode, 0, result.stdout[-4000:] + result.stderr[-4000:])


if __name__ == "__main__":
    unittest.main()
