"""Several ranks on one machine in one command: a folder that `assay check` judges without a complaint."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from tests.collectives.processes.node_processes import ASSAY, NodeProcesses

PROFILE = pathlib.Path(__file__).resolve().parent / "local.json"


class LocalRanks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay local ranks ")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def assay(self, *words):
        environment = dict(os.environ, ASSAY_LOCK_DIR=str(self.folder), NODE_NAME="here")
        return subprocess.run([ASSAY, *words], cwd=self.folder, env=environment, capture_output=True, text=True,
                              timeout=240)

    def test_local_ranks_leave_one_document_of_the_node_beside_that_of_the_fabric(self):
        for ranks in (2, 4):
            with self.subTest(ranks=ranks):
                run = self.assay("run", "--profile", PROFILE, "--local-ranks", str(ranks), "-o", f"of{ranks}")
                self.assertEqual(run.returncode, 0, run.stderr)
                (node,) = (self.folder / f"of{ranks}/nodes").iterdir()
                self.assertEqual(json.loads(node.read_text())["nodes"][0]["name"], "here")
                fabric = json.loads((self.folder / f"of{ranks}/fabric.json").read_text())
                self.assertEqual({one["shape"]["ranks"] for one in fabric["measurements"]
                                  if one["workload"] == "all_reduce"}, {ranks})
                self.assertEqual({link["a"] for link in fabric["links"]} | {link["b"] for link in fabric["links"]},
                                 {f"here/rank{rank}" for rank in range(ranks)})
                check = self.assay("check", f"of{ranks}", "--profile", PROFILE)
                self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
                self.assertIn("2 documents, each as the others name it", check.stdout)

    def test_ranks_of_one_host_by_hand_share_its_lock_and_have_names_of_their_own(self):
        with NodeProcesses(PROFILE, ["", ""], on_one_host=True) as nodes:
            for code, errors in nodes.wait():
                self.assertEqual(code, 0, errors)
            self.assertEqual([nodes.node_document(rank)["nodes"][0]["name"] for rank in range(2)],
                             ["host0", "host0 (rank 1)"])
            self.assertEqual(nodes.fabric_document()["fabric"]["nodes"], ["host0", "host0 (rank 1)"])
            check = nodes.assay("check", str(nodes.output(0)), "--profile", str(PROFILE))
            self.assertEqual(check.returncode, 0, check.stdout + check.stderr)

    def test_a_profile_without_anything_between_ranks_and_a_lone_rank_are_refused(self):
        for words, line in ((("--profile", "quick", "--local-ranks", "2"), "measures nothing between ranks"),
                            (("--profile", PROFILE, "--local-ranks", "1"), "--local-ranks 1 is not from 2 to"),
                            (("--profile", PROFILE, "--local-ranks", "2", "--rank", "0"), "--rank is for ranks of")):
            with self.subTest(line=line):
                run = self.assay("run", *words)
                self.assertEqual((run.returncode, run.stderr.count("\n")), (2, 1), run.stderr)
                self.assertIn(line, run.stderr)


if __name__ == "__main__":
    unittest.main()
