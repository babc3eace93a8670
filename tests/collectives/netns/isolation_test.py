"""Eight hosts on shaped links: the slow ones are named and no others."""
import pathlib
import random
import unittest

from tests.collectives.netns.shaped_fabric import ShapedFabric, enter_private_network, seeds

HERE = pathlib.Path(__file__).resolve().parent
PROFILE, BASELINE = HERE / "profile.json", HERE / "baseline.json"
HOSTS = 8


class Isolation(unittest.TestCase):
    def named(self, mbit=None, sound=200, hosts=HOSTS, nics=1):
        """What a run names as slow, with its verdicts."""
        with ShapedFabric(hosts, mbit, sound, timed=True, nics=nics) as fabric:
            each_nic = ["--nics", ",".join(f"eth{nic}" for nic in range(nics))] if nics > 1 else []
            fabric.start(PROFILE, "--deadline", "60", *each_nic)
            codes = fabric.wait(150)
            self.assertEqual(codes, [0] * hosts, "".join(map(fabric.stderr, range(hosts))))
            code, verdicts = fabric.check(PROFILE, "--baseline", BASELINE)
        for whole in ("complete_run", "documents", "verified_results"):
            self.assertEqual(verdicts[whole]["verdict"], "pass", verdicts[whole])
        subjects = {(one["kind"], one["name"]) for one in verdicts["isolation"].get("subjects", [])}
        self.assertEqual(verdicts["isolation"]["verdict"], "fail" if subjects else "pass", verdicts["isolation"])
        return subjects, code, verdicts

    def test_the_slow_one_of_eight_hosts_is_named_and_no_other(self):
        for seed in seeds():
            slow = random.Random(seed).randrange(HOSTS)
            with self.subTest(seed=seed, slow=slow):
                subjects, code, _ = self.named({slow: 20})
                self.assertEqual(subjects, {("node", f"host{slow}")})
                self.assertEqual(code, 1)

    def test_a_link_at_two_thirds_is_named(self):
        missed = []
        for seed in seeds():
            slow = random.Random(1000 + seed).randrange(HOSTS)
            subjects, _, _ = self.named({slow: 133})
            self.assertLessEqual(subjects, {("node", f"host{slow}")}, "a sound host was accused")
            if not subjects:
                missed.append(seed)
        self.assertLessEqual(len(missed), len(seeds()) // 20, f"missed with seeds {missed}")

    def test_two_slow_hosts_are_both_named(self):
        for seed in seeds():
            slow = random.Random(2000 + seed).sample(range(HOSTS), 2)
            with self.subTest(seed=seed, slow=slow):
                subjects, _, _ = self.named({rank: 20 for rank in slow})
                self.assertEqual(subjects, {("node", f"host{rank}") for rank in slow})

    def test_a_slow_nic_of_one_host_is_named_and_not_the_host(self):
        for seed in seeds():
            host, nic = random.Random(3000 + seed).randrange(4), seed % 2
            with self.subTest(seed=seed, host=host, nic=nic):
                subjects, _, _ = self.named({(host, nic): 40}, hosts=4, nics=2)
                self.assertEqual(subjects, {("device", f"host{host}/nic eth{nic}")})

    def test_a_host_that_is_slow_through_every_nic_is_named_itself(self):
        for seed in seeds():
            host = random.Random(4000 + seed).randrange(4)
            with self.subTest(seed=seed, host=host):
                subjects, _, _ = self.named({host: 40}, hosts=4, nics=2)
                self.assertEqual(subjects, {("node", f"host{host}")})

    def test_a_uniformly_slow_fabric_names_no_host_and_fails_its_baseline(self):
        for _ in seeds():
            subjects, code, verdicts = self.named(sound=40)
            self.assertEqual(subjects, set())
            self.assertEqual(verdicts["baseline"]["verdict"], "fail", verdicts["baseline"])
            self.assertEqual([one["kind"] for one in verdicts["baseline"]["subjects"]], ["fabric"])
            self.assertEqual(code, 1)

    def test_a_sound_fabric_passes(self):
        for _ in seeds():
            subjects, code, verdicts = self.named()
            self.assertEqual(subjects, set())
            self.assertEqual(verdicts["baseline"]["verdict"], "pass", verdicts["baseline"])
            self.assertEqual(code, 0)


if __name__ == "__main__":
    enter_private_network()
    unittest.main()
