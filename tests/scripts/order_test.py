"""The order in which ctest starts the tests of this build, as its files say it."""
import os
import pathlib
import re
import unittest

from tests.not_run import not_run


class Order(unittest.TestCase):
    def test_tests_of_several_processors_start_before_all_others(self):
        build = os.environ.get("ASSAY_BUILD_DIR")
        if not build:
            not_run("ASSAY_BUILD_DIR names no build")
        costs = {1: set(), 2: set()}
        for path in pathlib.Path(build, "tests").rglob("CTestTestfile.cmake"):
            for line in re.findall(r"^set_tests_properties\(.*", path.read_text(), re.MULTILINE):
                values = dict(re.findall(r'(PROCESSORS|COST) "(\d+)"', line))
                costs[int(values.get("PROCESSORS", 1))].add(int(values.get("COST", 0)))
        self.assertTrue(costs[1] and costs[2])
        self.assertLess(max(costs[1]), min(costs[2]))


if __name__ == "__main__":
    unittest.main()
