"""The same collective over every scope: the cluster, then each rack of it, in one document."""
import pathlib
import unittest

from tests.collectives.processes.node_processes import NodeProcesses

PROFILE = pathlib.Path(__file__).resolve().parent / "scopes.json"
KEY = "topology.kubernetes.io/rack"
CASES = 4  # of the profile


def scopes_of(document):
    """How many measurements each scope has, by level and members."""
    counts = {}
    for one in document["measurements"]:
        key = (one["scope"]["level"], tuple(one["scope"]["members"]))
        counts[key] = counts.get(key, 0) + 1
    return counts


class Scopes(unittest.TestCase):
    def run_all(self, labels, flags=None):
        nodes = NodeProcesses(PROFILE, labels, flags)
        self.enterContext(nodes)
        for code, errors in nodes.wait():
            self.assertEqual(code, 0, errors)
        return nodes

    def enterContext(self, manager):  # before Python 3.11 there is none
        self.addCleanup(manager.__exit__, None, None, None)
        return manager.__enter__()

    def test_a_collective_is_measured_over_the_cluster_and_over_every_rack_of_several_nodes(self):
        nodes = self.run_all([f"{KEY}=west", f"{KEY}=east", f"{KEY}=west", f"{KEY}=east", f"{KEY}=alone"])
        document = nodes.fabric_document()
        self.assertEqual(scopes_of(document), {
            ("cluster", ("host0", "host1", "host2", "host3", "host4")): CASES,
            ("rack", ("host0", "host2")): CASES,
            ("rack", ("host1", "host3")): CASES})
        for one in document["measurements"]:
            self.assertEqual(one["status"], "measured")
            self.assertEqual(one["shape"]["ranks"], len(one["scope"]["members"]))
            self.assertEqual(len(one["ranks"]), len(one["scope"]["members"]))
        curves = {fit["curve"] for fit in document["fits"]}
        self.assertEqual(len(curves), 6)  # two collectives, three scopes
        self.assertEqual(nodes.node_document(3)["nodes"][0]["labels"], {KEY: "east"})
        self.assertIn("nics", nodes.node_document(3)["nodes"][0])
        self.assertEqual(nodes.assay("validate", nodes.output(0)).returncode, 0)
        check = nodes.assay("check", nodes.output(0), "--profile", PROFILE)
        self.assertEqual(check.returncode, 0, check.stdout)

    def test_the_racks_of_a_topology_file_are_taken_instead_of_labels(self):
        nodes = NodeProcesses(PROFILE, [f"{KEY}=west"] * 3)
        racks = nodes.folder / "racks"
        racks.write_text("one host0 host1\ntwo host2\n")
        nodes.flags = [["--topology", racks]] * 3
        self.enterContext(nodes)
        for code, errors in nodes.wait():
            self.assertEqual(code, 0, errors)
        self.assertEqual(set(scopes_of(nodes.fabric_document())),
                         {("cluster", ("host0", "host1", "host2")), ("rack", ("host0", "host1"))})

    def test_the_label_that_names_the_rack_can_be_another(self):
        labels = ["a=1,b=x", "a=2,b=x", "a=3,b=y"]
        nodes = self.run_all(labels, [["--rack-labels", "none,b"]] * 3)
        self.assertIn(("rack", ("host0", "host1")), scopes_of(nodes.fabric_document()))

    def test_labels_that_are_no_labels_are_refused_in_one_line(self):
        nodes = self.enterContext(NodeProcesses(PROFILE, ["rack"]))
        ((code, errors),) = nodes.wait()
        self.assertEqual(code, 2)
        self.assertEqual(errors.count("\n"), 1)
        self.assertIn("ASSAY_NODE_LABELS holds 'rack': write key=value,key=value", errors)


if __name__ == "__main__":
    unittest.main()
