"""Ranks that would measure different things are refused at the start, on every rank, by name and in one line."""
import json
import pathlib
import shutil
import unittest

from tests.collectives.processes.node_processes import ASSAY, NodeProcesses

PROFILE = pathlib.Path(__file__).resolve().parent / "scopes.json"
RANKS = 3
ODD = 1  # the rank that is started otherwise


class Disagree(unittest.TestCase):
    def refused(self, nodes, expected):
        with nodes:
            for rank, (code, errors) in enumerate(nodes.wait()):
                self.assertEqual(code, 2, errors)
                self.assertEqual(errors.count("\n"), 1, errors)
                self.assertIn(f"rank {ODD} was started with {expected}", errors)
                self.assertEqual(list(nodes.output(rank).glob("**/*.json")), [])

    def with_odd_flags(self, odd, others=()):
        return NodeProcesses(PROFILE, [""] * RANKS, [list(odd if rank == ODD else others) for rank in range(RANKS)])

    def test_another_filter_on_one_rank_is_refused_by_name(self):
        self.refused(self.with_odd_flags(["--filter", "send_recv"], ["--filter", "all_reduce"]),
                     'another --filter than rank 0: "send_recv" and not "all_reduce"')

    def test_a_filter_on_one_rank_alone_is_refused_by_name(self):
        self.refused(self.with_odd_flags(["--filter", "all_reduce.*/bytes4096_"]), "another --filter than rank 0")

    def test_another_seed_on_one_rank_is_refused_by_name(self):
        self.refused(self.with_odd_flags(["--seed", "7"]), 'another seed than rank 0: "7" and not "1"')

    def test_another_profile_of_the_same_name_is_refused_by_name(self):
        nodes = self.with_odd_flags([])
        other = json.loads(PROFILE.read_text())
        other["cases"].pop()
        (nodes.folder / "other.json").write_text(json.dumps(other))
        nodes.profiles = {ODD: nodes.folder / "other.json"}
        self.refused(nodes, "another profile than rank 0")

    def test_another_executable_is_refused_by_name(self):
        nodes = self.with_odd_flags([])
        nodes.executables[ODD] = nodes.folder / "assay"
        shutil.copy(ASSAY, nodes.executables[ODD])
        with open(nodes.executables[ODD], "ab") as executable:
            executable.write(b"another build")
        self.refused(nodes, "another build of assay than rank 0")


if __name__ == "__main__":
    unittest.main()
