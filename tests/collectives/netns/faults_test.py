"""A host lost in the middle of a run: the others end within their deadline and say which it was."""
import json
import os
import pathlib
import random
import signal
import subprocess
import time
import unittest

from tests.collectives.netns.shaped_fabric import ASSAY, ShapedFabric, enter_private_network, seeds

PROFILE = pathlib.Path(__file__).resolve().parent / "long.json"
HOSTS = 4
DEADLINE_S = 8


def cut_off(fabric, victim):
    fabric.cut_off(victim)


def stop(fabric, victim):
    """The process that owns the documents, and the one that measures."""
    process = fabric.ranks[victim].pid
    workers = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()
    for one in [process, *map(int, workers)]:
        os.kill(one, signal.SIGSTOP)


def kill(fabric, victim):
    fabric.ranks[victim].kill()


class Faults(unittest.TestCase):
    def lose(self, salt, strike):
        for seed in seeds():
            victim = random.Random(salt + seed).randrange(1, HOSTS)
            with self.subTest(seed=seed, victim=victim), ShapedFabric(HOSTS) as fabric:
                self.lose_one(fabric, victim, strike)

    def lose_one(self, fabric, victim, strike):
        fabric.start(PROFILE, "--deadline", str(DEADLINE_S))
        self.wait_for_measurements(fabric)
        measured = len(fabric.fabric_document()["measurements"])
        strike(fabric, victim)
        struck = time.monotonic()
        others = [rank for rank in range(HOSTS) if rank != victim]
        for rank in others:
            left = DEADLINE_S + 1 - (time.monotonic() - struck)
            code = fabric.ranks[rank].wait(max(left, 0.1))
            self.assertEqual(code, 2, fabric.stderr(rank))
            self.assertIn(f"rank {victim}", fabric.stderr(rank))
            for other in others:
                if other != rank and other != 0:
                    self.assertNotRegex(fabric.stderr(rank), f"rank {other} \\([^)]*\\) (was lost|does not)")
        for rank in others:
            self.check_documents(fabric, rank, measured)

    def wait_for_measurements(self, fabric):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if fabric.fabric_document()["measurements"]:
                    return
            except (OSError, json.JSONDecodeError):
                pass
            self.assertIsNone(fabric.ranks[0].poll(), fabric.stderr(0))
            time.sleep(0.02)
        self.fail("nothing was measured")

    def check_documents(self, fabric, rank, measured):
        folder = fabric.output(rank)
        done = subprocess.run([ASSAY, "validate", folder], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        documents = {path.name: json.loads(path.read_text()) for path in folder.glob("**/*.json")}
        self.assertEqual({one["status"] for one in documents.values()}, {"error"})
        if rank == 0:
            self.assertGreaterEqual(len(documents["fabric.json"]["measurements"]), measured)

    def test_a_host_whose_link_goes_down_is_named_within_the_deadline(self):
        self.lose(0, cut_off)

    def test_a_host_that_is_stopped_is_named_within_the_deadline(self):
        self.lose(1000, stop)

    def test_a_host_that_is_killed_is_named_within_the_deadline(self):
        self.lose(2000, kill)

    def test_the_host_that_serves_the_rendezvous_is_named_when_it_is_lost(self):
        for _ in seeds():
            for strike in (cut_off, stop, kill):
                with self.subTest(strike=strike.__name__), ShapedFabric(HOSTS) as fabric:
                    self.lose_one(fabric, 0, strike)

    def test_an_interrupt_at_one_host_ends_all_as_interrupted(self):
        with ShapedFabric(HOSTS) as fabric:
            fabric.start(PROFILE, "--deadline", str(DEADLINE_S))
            self.wait_for_measurements(fabric)
            fabric.ranks[2].send_signal(signal.SIGINT)
            self.assertEqual(fabric.wait(30), [2] * HOSTS)
            self.assertEqual(fabric.fabric_document()["status"], "interrupted")
            self.assertEqual(len(list((fabric.output(0) / "nodes").glob("*.json"))), HOSTS)


if __name__ == "__main__":
    enter_private_network()
    unittest.main()
