"""`assay site` as a user types it: which documents are one run, what is refused, what is replaced."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from tests.site import histories

ASSAY = histories.ASSAY
EXAMPLES = histories.ROOT / "results-schema/examples/valid"


def data_of(site):
    text = (site / "index.html").read_text()
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S).group(1))


class Site(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.place = pathlib.Path(folder.name)
        self.runs, self.out = self.place / "runs of all", self.place / "public"

    def site(self, *more, code=0):
        made = subprocess.run([ASSAY, "site", self.runs, "-o", self.out, *more], capture_output=True, text=True)
        self.assertEqual(made.returncode, code, made.stderr)
        return made

    def test_a_folder_of_nodes_is_one_run_and_its_first_folder_is_its_cluster(self):
        histories.write(self.runs, "east", days=2)
        made = subprocess.run([ASSAY, "simulate", "--sku", "h200-sxm", "--nodes", "2", "--devices", "2",
                               "-o", self.runs / "west/2026-01-01"], capture_output=True, text=True)
        self.assertEqual(made.returncode, 0, made.stderr)
        (self.runs / "alone.json").write_text((EXAMPLES / "result-host-quick.json").read_text())
        (self.runs / "verdict.json").write_text((EXAMPLES / "verdict.json").read_text())
        self.site()
        runs = {run["name"]: run for run in data_of(self.out)["runs"]}
        self.assertEqual(sorted(runs), ["alone", "east/2025-01-01", "east/2025-01-02", "west/2026-01-01"])
        west = runs["west/2026-01-01"]
        self.assertEqual((west["machine"], west["nodes"], west["devices"], west["simulated"], west["fabrics"], west["due"]),
                         ("west", 2, 4, True, ["InfiniBand"], "2027-01-01"))
        self.assertEqual(runs["alone"]["machine"], "node-a")
        for run in runs.values():
            self.assertIn('"site":"../index.html"', (self.out / run["page"]).read_text())

    def test_what_cannot_be_read_is_named_and_the_rest_is_shown(self):
        histories.write(self.runs, "east", days=1)
        (self.runs / "broken.json").write_text('{"kind": "assay.result"}')
        made = self.site()
        self.assertIn("broken.json", made.stderr)
        self.assertEqual(len(made.stderr.splitlines()), 1)
        self.assertEqual([pathlib.Path(one["file"]).name for one in data_of(self.out)["unreadable"]], ["broken.json"])
        (self.runs / "east/2025-01-01.json").unlink()
        self.assertIn("no run can be shown", self.site(code=2).stderr)

    def test_a_process_of_a_run_is_shown_once_and_another_run_of_the_machine_is_its_own(self):
        histories.write(self.runs, "east", days=2)
        first = json.loads((self.runs / "east/2025-01-01.json").read_text())
        first["measurements"][0]["telemetry"] = {}
        (self.runs / "west").mkdir()
        (self.runs / "west/edited.json").write_text(json.dumps(first))
        made = self.site()
        data = data_of(self.out)
        self.assertEqual([run["name"] for run in data["runs"]], ["east/2025-01-01", "east/2025-01-02"])
        self.assertEqual([pathlib.Path(one["file"]).name for one in data["unreadable"]], ["edited.json"])
        for name in ("east/2025-01-01.json", "west/edited.json", "run east-2025-01-01"):
            self.assertIn(name, made.stderr)

    def test_an_earlier_site_is_replaced_and_another_folder_is_not(self):
        histories.write(self.runs, "east", days=2)
        self.site()
        (self.runs / "east/2025-01-01.json").unlink()
        self.site()
        self.assertEqual([page.name for page in (self.out / "runs").iterdir()], ["east-2025-01-02.html"])
        (self.out / "index.html").write_text("mine")
        self.assertIn("public", self.site(code=2).stderr)
        self.site("--force")

    def test_a_planted_change_is_found_in_its_cases_alone_and_on_its_day(self):
        histories.write(self.runs, "east", days=30, slower_from=20)
        self.site()
        data = data_of(self.out)
        for history in data["histories"]:
            case = data["cases"][history["case"]]["case"]
            changed = [data["runs"][one["run"]]["name"] for one in history["changes"]]
            self.assertEqual(changed, [] if case.startswith("memory_") else ["east/2025-01-21"], case)

    def test_the_cloud_follows_from_labels_and_a_label_of_the_user_wins(self):
        histories.write(self.runs, "east", days=1, labels={"eks.amazonaws.com/nodegroup": "gpu"})
        histories.write(self.runs, "west", days=1, labels={"eks.amazonaws.com/nodegroup": "gpu", "assay.io/cloud": "ours"})
        self.site()
        self.assertEqual({run["machine"]: run["clouds"] for run in data_of(self.out)["runs"]}, {"east": ["AWS"], "west": ["ours"]})


if __name__ == "__main__":
    unittest.main()
