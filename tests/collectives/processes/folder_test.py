"""The folder of several ranks: empty or taken by force, one for each rank or one that all share."""
import json
import pathlib
import unittest

from tests.collectives.processes.node_processes import NodeProcesses

PROFILE = pathlib.Path(__file__).resolve().parent / "scopes.json"
FLAGS = ["--filter", "all_reduce.*/bytes4096_"]


def nodes_of(count, *flags):
    return NodeProcesses(PROFILE, [""] * count, [[*FLAGS, *flags]] * count)


class Folder(unittest.TestCase):
    def measured(self, nodes):
        for code, errors in nodes.wait():
            self.assertEqual(code, 0, errors)

    def test_a_folder_that_holds_something_is_refused_on_every_rank_by_name(self):
        nodes = nodes_of(2)
        nodes.output(1).mkdir()
        (nodes.output(1) / "notes").write_text("mine")
        with nodes:
            for code, errors in nodes.wait():
                self.assertEqual(code, 2, errors)
                self.assertEqual(errors.count("\n"), 1, errors)
                self.assertIn(f"rank 1: the folder {nodes.output(1)} holds notes already", errors)
                self.assertIn("--force", errors)
            self.assertEqual(list(nodes.folder.glob("node*/**/*.json")), [])

    def test_ranks_that_start_one_after_another_share_a_folder(self):
        for first in (0, 1):  # which of them is there before the other
            nodes = nodes_of(2)
            nodes.outputs = {rank: nodes.folder / "shared" for rank in range(2)}
            nodes.pause_s = 1
            nodes.start_order = [first, 1 - first]
            with nodes:
                self.measured(nodes)
                self.assertEqual(len(list((nodes.folder / "shared/nodes").glob("*.json"))), 2)
                self.assertEqual(nodes.fabric_document()["status"], "complete")
                check = nodes.assay("check", nodes.output(0), "--profile", PROFILE)
                self.assertNotIn("differ", check.stdout)

    def test_by_force_nothing_of_an_earlier_run_is_left_among_the_documents(self):
        nodes = nodes_of(2, "--force")
        stale = {"kind": "assay.result", "schema_version": "1.1"}
        for rank in range(2):
            (nodes.output(rank) / "nodes").mkdir(parents=True)
            (nodes.output(rank) / "nodes/rank0007-gone.json").write_text(json.dumps(stale))
            (nodes.output(rank) / "notes").write_text("mine")
        with nodes:
            self.measured(nodes)
            self.assertEqual(len(list((nodes.output(0) / "nodes").glob("*.json"))), 2)
            self.assertTrue((nodes.output(0) / "notes").exists())
            self.assertEqual(nodes.assay("validate", nodes.output(0)).returncode, 0)


if __name__ == "__main__":
    unittest.main()
