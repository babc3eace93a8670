"""Hosts that have IPv6 alone, addresses in numbers and by name, and the loopback address of one host."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from tests.collectives.netns.shaped_fabric import ASSAY, ShapedFabric, enter_private_network

HERE = pathlib.Path(__file__).resolve().parent
PROFILE = HERE / "profile.json"
ONE_COLLECTIVE = "all_reduce.*/bytes8_"


class Ipv6(unittest.TestCase):
    def run_all(self, fabric, *flags):
        fabric.start(PROFILE, "--deadline", "20", *flags)
        codes = fabric.wait(90)
        self.assertEqual(codes, [0] * fabric.hosts, [fabric.stderr(rank) for rank in range(fabric.hosts)])
        document = fabric.fabric_document()
        self.assertEqual(document["status"], "complete")
        return document

    def test_hosts_without_ipv4_measure_over_each_of_their_nics(self):
        with ShapedFabric(2, nics=2, ipv6=True) as fabric:
            document = self.run_all(fabric, "--nics", "eth0,eth1")
        over = {nic for one in document["measurements"] for nic in one["transport"]["nics"]}
        self.assertEqual(over, {"eth0", "eth1", "fd77::1", "fd77::2"})

    def test_a_name_whose_first_address_does_not_answer_is_tried_at_its_next(self):
        names = {"rank-0.example": ["fd77:0::99", "fd77:0::1"]}
        with ShapedFabric(2, ipv6=True, names=names) as fabric:
            fabric.meeting_place = "rank-0.example"
            self.run_all(fabric, "--filter", ONE_COLLECTIVE)

    def test_two_ranks_of_one_host_meet_at_the_ipv6_loopback_address(self):
        with tempfile.TemporaryDirectory(prefix="assay ipv6 ") as name:
            folder = pathlib.Path(name)
            (folder / "tok").write_text("a token of this test\n")
            (folder / "tmp").mkdir()
            # The script as it was reported measures the whole profile, for minutes: one collective will do.
            wrapper = folder / "assay"
            # Its locks lie in /tmp, where another run of this test may be at work.
            wrapper.write_text('#!/bin/sh\nexport ASSAY_LOCK_DIR="$PWD$ASSAY_LOCK_DIR"\n'
                               f'exec "{ASSAY}" "$@" --filter "{ONE_COLLECTIVE}"\n')
            wrapper.chmod(0o755)
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            done = subprocess.run(["sh", HERE / "b4_ipv6_rendezvous.sh"], cwd=folder, capture_output=True, text=True,
                                  env=dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}"), timeout=90)
            self.assertTrue((folder / "f0/fabric.json").exists(), done.stderr)
            document = json.loads((folder / "f0/fabric.json").read_text())
            self.assertEqual(document["status"], "complete", done.stderr)
            self.assertEqual({nic for one in document["measurements"] for nic in one["transport"]["nics"]}, {"::1"})


if __name__ == "__main__":
    enter_private_network()
    unittest.main()
