"""The documents of a run of the fabric profile hold the cases that `assay list` names, and no others."""
import json
import pathlib
import tempfile
import unittest

from tests.collectives.processes.node_processes import NodeProcesses


ROOT = pathlib.Path(__file__).resolve().parents[3]


def ids(cases):
    return {(one["case"], one["series"]) for one in cases}


def quick_copy(folder):
    """The fabric profile with few samples: which cases it has does not depend on them."""
    profile = json.loads((ROOT / "results-schema/profiles/fabric.json").read_text())
    profile["sampling"] |= {"min_samples": 10, "min_time_s": 0.01, "max_time_s": 0.05, "passes": 1}
    for cases in profile["cases"]:
        cases.pop("sampling", None)  # or the stricter one counts
    path = pathlib.Path(folder) / "fabric.json"
    path.write_text(json.dumps(profile))
    return str(path)


class Listed(unittest.TestCase):
    def test_two_processes_measure_the_cases_of_the_fabric_profile_that_are_listed_for_two(self):
        with tempfile.TemporaryDirectory() as folder, NodeProcesses(quick_copy(folder), ["", ""]) as nodes:
            listed = nodes.assay("list", "--profile", "fabric", "--backend", "host", "--world-size", "2",
                                 "--format", "json")
            self.assertEqual(listed.returncode, 0, listed.stderr)
            for code, errors in nodes.wait():
                self.assertEqual(code, 0, errors)
            measured = ids(nodes.fabric_document()["measurements"])
            self.assertEqual(measured, ids(json.loads(listed.stdout)["cases"]))
            self.assertIn(("all_reduce.f32.gloo/bytes8_ranks2", "hot"), measured)
            self.assertEqual(nodes.node_document(1)["measurements"], [])

    def test_the_first_of_two_processes_reports_for_google_benchmark_what_both_have_measured(self):
        with tempfile.TemporaryDirectory() as folder:
            reports = [pathlib.Path(folder) / f"report{rank}.json" for rank in range(2)]
            flags = [["--filter", "all_reduce.*/bytes8_", "--benchmark-out", report] for report in reports]
            with NodeProcesses("fabric", ["", ""], flags) as nodes:
                for code, errors in nodes.wait():
                    self.assertEqual(code, 0, errors)
                names = {run["run_name"] for run in json.loads(reports[0].read_text())["benchmarks"]}
            self.assertIn("all_reduce.f32.gloo/bytes8_ranks2/hot", names)
            self.assertFalse(reports[1].exists())

    def test_a_process_alone_is_refused_what_is_between_ranks(self):
        with NodeProcesses("fabric", [""]) as nodes:
            ((code, errors),) = nodes.wait()
            self.assertEqual(code, 2)
            self.assertEqual(errors.count("\n"), 1)
            self.assertIn("between ranks and this is one process", errors)


if __name__ == "__main__":
    unittest.main()
