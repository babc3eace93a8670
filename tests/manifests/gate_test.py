"""manifests/gate: what node-problem-detector and Slurm are told follows from the exit code of `assay check`."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

GATE = pathlib.Path(__file__).resolve().parents[2] / "manifests/gate"


class Scripts(unittest.TestCase):
    def codes(self, script, shell=(), log="log"):
        """The script's exit code, and what it prints, for every exit code of `assay check`."""
        found = {}
        for code in range(4):
            with tempfile.TemporaryDirectory() as folder:
                assay = pathlib.Path(folder) / "assay"
                assay.write_text(f"#!/bin/sh\necho 'FAIL must gemm: {'too slow ' * 30}'\nexit {code}\n")
                assay.chmod(0o755)
                result = subprocess.run([*shell, GATE / script], capture_output=True, text=True,
                                        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "ASSAY_LOG": f"{folder}/{log}"})
                found[code] = result.returncode, result.stdout
        return found

    def test_the_plugin_of_node_problem_detector_says_fine_a_problem_or_unknown(self):
        found = self.codes("assay-verdict")
        self.assertEqual({code: answer[0] for code, answer in found.items()}, {0: 0, 1: 1, 2: 2, 3: 2})
        limit = json.loads((GATE / "node-problem-detector.json").read_text())["pluginConfig"]["max_output_length"]
        for _, text in found.values():
            self.assertEqual(len(text.splitlines()), 1)
            self.assertLessEqual(len(text.strip()), limit)

    def test_the_slurm_prolog_stops_a_job_on_a_failed_node_alone_and_never_calls_scontrol(self):
        self.assertEqual({code: answer[0] for code, answer in self.codes("slurm-prolog").items()}, {0: 0, 1: 1, 2: 0, 3: 0})
        lines = (GATE / "slurm-prolog").read_text().splitlines()
        self.assertFalse([line for line in lines if "scontrol" in line and not line.startswith("#")])

    def test_a_log_that_cannot_be_written_keeps_no_job_away(self):
        for shell in (["sh"], ["bash", "--posix"]):  # bash is sh where Slurm runs most
            found = self.codes("slurm-prolog", shell, log="absent/log")
            self.assertEqual({code: answer[0] for code, answer in found.items()}, {0: 0, 1: 1, 2: 0, 3: 0}, shell)


if __name__ == "__main__":
    unittest.main()
