"""A rank that is lost takes the others with it at once, each of which says which rank it was and why."""
import json
import os
import pathlib
import signal
import time
import unittest

from tests.collectives.processes.node_processes import NodeProcesses

PROFILE = pathlib.Path(__file__).resolve().parents[1] / "netns/long.json"
RANKS = 3
VICTIM = 1
DEADLINE_S = 12


def worker_of(process):
    """The process that measures."""
    (worker,) = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(worker)


class LostRank(unittest.TestCase):
    def lose(self, strike, expected, limit_s, after=lambda process: None):
        with NodeProcesses(PROFILE, [""] * RANKS, deadline_s=DEADLINE_S) as nodes:
            self.wait_for_measurements(nodes)
            strike(nodes.processes[VICTIM])
            struck = time.monotonic()
            for rank in set(range(RANKS)) - {VICTIM}:
                _, errors = nodes.processes[rank].communicate(timeout=limit_s)
                self.assertLess(time.monotonic() - struck, limit_s)
                self.assertEqual((nodes.processes[rank].returncode, errors.count("\n")), (2, 1), errors)
                self.assertIn(expected, errors)
            after(nodes.processes[VICTIM])
            _, errors = nodes.processes[VICTIM].communicate(timeout=10)
            self.assertEqual((nodes.processes[VICTIM].returncode, errors.count("\n")), (2, 1), errors)
            for rank in range(RANKS):
                done = nodes.assay("validate", nodes.output(rank))
                self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(nodes.fabric_document()["status"], "error")
        return errors

    def wait_for_measurements(self, nodes):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if nodes.fabric_document()["measurements"]:
                    return
            except (OSError, json.JSONDecodeError):
                pass
            time.sleep(0.02)
        self.fail("nothing was measured")

    def test_the_others_of_a_rank_whose_worker_is_killed_say_so(self):
        errors = self.lose(lambda victim: os.kill(worker_of(victim), signal.SIGKILL),
                           f"rank {VICTIM} (127.0.0.1) was lost: killed by signal 9 (Killed)", DEADLINE_S)
        self.assertIn(f"rank {VICTIM}: killed by signal 9 (Killed)", errors)

    def test_the_others_of_a_rank_whose_supervisor_alone_is_stopped_end_within_the_deadline(self):
        self.lose(lambda victim: victim.send_signal(signal.SIGSTOP), f"rank {VICTIM}", DEADLINE_S + 3,
                  lambda victim: victim.send_signal(signal.SIGCONT))


if __name__ == "__main__":
    unittest.main()
