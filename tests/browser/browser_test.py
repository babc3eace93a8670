"""The pages of assay report and assay compare in Debian's Chromium, and the bundle that they are made of."""
import copy
import json
import shutil
import subprocess
import unittest

from tests.browser.in_chromium import ASSAY, BUILD, PLACE, ROOT, InChromium, need, packages
from tests.not_run import not_run
from tests.site import histories

SINGLE = ROOT / "results-schema/reference/h200-sxm/2026-11-28-quick.json"
MANY = ROOT / "results-schema/reference/h200-sxm/2026-11-28-gemm-prefill.json"
HOST = ROOT / "results-schema/examples/valid/result-host-quick.json"
FABRIC = ROOT / "results-schema/examples/valid/result-fabric.json"
GOLDEN = ROOT / "tests/browser/golden"
VIEWS = "1100-light,1100-dark,360-light,360-dark"
HOSTILE = ['<script>alert(1)</script>', '</script><img src=x onerror=alert(1)>', '"><svg onload=alert(1)>', '\u202egnp.exe',
           '\u001b[31mred', 'x' * 1000]


def with_copies(name, seed):
    """A simulated node whose copies from the host stand again as copies of a ring of pairs, and of all its devices at once."""
    scratch = PLACE / f"copies-{name}"
    subprocess.run([ASSAY, "simulate", "--sku", "h200-sxm", "--nodes", "1", "--profile", "training", "--seed", str(seed), "-o", scratch, "--force"],
                   check=True, capture_output=True)
    document = json.loads((scratch / "nodes/node-00000.json").read_text().replace("GPU-", f"GPU-{name}-"))
    document["run"]["id"], document["nodes"][0]["name"] = name, name
    uuids = [device["uuid"] for device in document["nodes"][0]["devices"]]
    of_host = [one for one in document["measurements"] if one["workload"] == "host_to_device" and one["scope"]["level"] == "device"]
    pairs = [[uuid, uuids[(i + 1) % len(uuids)]] for i, uuid in enumerate(uuids)]
    for one, members in zip(of_host * 2, pairs + [uuids]):
        case = one["case"].replace("host_to_device", "device_to_device")
        document["measurements"].append(copy.deepcopy(one) | {
            "case": case, "workload": "device_to_device", "group": one["group"].replace("host_to_device", "device_to_device"),
            "series": "hot", "scope": {"level": "node", "members": members}})
    return document


class Pages(InChromium):
    def page(self, document, name):
        """The report of a document."""
        source = PLACE / f"{name}.json"
        source.write_text(json.dumps(document))
        page = PLACE / f"{name}.html"
        made = subprocess.run([ASSAY, "report", source, "-o", page, "--force"], capture_output=True, text=True)
        self.assertEqual(made.returncode, 0, made.stderr)
        return page

    def test_the_page_of_a_host_run_is_sound_in_light_and_dark_and_on_a_phone(self):
        self.node(("healthy.test.mjs", self.page(json.loads(HOST.read_text()), "host"), VIEWS))

    def test_the_page_of_one_gpu_is_sound_in_light_and_dark_and_on_a_phone(self):
        self.node(("healthy.test.mjs", self.page(json.loads(SINGLE.read_text()), "single"), VIEWS))

    def test_the_page_of_eight_gpus_is_sound(self):
        self.node(("healthy.test.mjs", self.page(node_of_eight(), "eight")))

    def test_hostile_names_do_no_harm(self):
        document = json.loads(SINGLE.read_text())
        device = document["nodes"][0]["devices"][0]
        device["name"], device["serial"], device["vbios"], device["board_part_number"] = HOSTILE[:4]
        document["nodes"][0]["name"] = HOSTILE[5]
        document["run"]["id"] = HOSTILE[3]
        document["software"]["driver"] = HOSTILE[4]
        self.node(("healthy.test.mjs", self.page(document, "hostile")))

    def test_a_link_to_a_case_shows_that_case_with_the_document_s_figures(self):
        self.node(("case_link.test.mjs", self.page(json.loads(MANY.read_text()), "link"), MANY))

    def compared(self, sides, prices):
        """The page of comparing these documents, and one document for A and each other side; some case is worse."""
        folder = PLACE / f"compared-{''.join(sides)}"
        folder.mkdir(exist_ok=True)
        paths = [folder / f"{name}.json" for name in sides]
        for path, document in zip(paths, sides.values()):
            path.write_text(json.dumps(document))
        page = folder / "page.html"
        wanted = [(page, paths, "html")] + [(folder / f"of-{path.name}", [paths[0], path], "json") for path in paths[1:]]
        for output, of, form in wanted:
            price = ",".join(f"{chr(ord('A') + place)}={prices[paths.index(path)]}" for place, path in enumerate(of))
            made = subprocess.run([ASSAY, "compare", *of, "--price", price, "--format", form, "-o", output, "--force"], capture_output=True, text=True)
            self.assertIn(made.returncode, (0, 1), made.stderr)
        return page, [output for output, _, _ in wanted[1:]]

    def test_the_page_of_a_comparison_is_sound_and_has_the_figures_of_its_document(self):
        first = with_passes(1)
        more = copy.deepcopy(first["measurements"][0])
        more["inputs"]["pattern"] = HOSTILE[0]
        more["case"], more["shape"] = more["case"].replace("m512", "m256"), dict(more["shape"], m=256)
        first["measurements"].append(more)
        page, documents = self.compared({"a": first, "b": with_passes(1.125)}, (2.5, 3))
        self.node(("healthy.test.mjs", page, VIEWS, "summary,cases,provenance"), ("comparison.test.mjs", page, *documents))

    def test_the_page_of_three_sides_is_sound_and_has_the_figures_of_both_documents(self):
        first, other = with_passes(1), with_passes(0.9)
        for document, rows in ((first, 256), (other, 128)):  # a case that A alone has, and one that only C has
            more = copy.deepcopy(document["measurements"][0])
            more["case"], more["shape"] = more["case"].replace("m512", f"m{rows}"), dict(more["shape"], m=rows)
            more["group"] = more["group"].replace("m512", f"m{rows}")
            document["measurements"].append(more)
        page, documents = self.compared({"a": first, "b": with_passes(1.125), "c": other}, (2.5, 3, 2))
        found = [{one["verdict"] for one in json.loads(document.read_text())["cases"]} for document in documents]
        self.assertEqual([found[0] & {"worse", "better"}, found[1] & {"worse", "better"}], [{"worse"}, {"better"}])
        self.node(("healthy.test.mjs", page, VIEWS, "summary,sides,cases-b,cases-c,provenance"), ("comparison.test.mjs", page, *documents))

    def test_a_site_is_sound_and_compares_any_two_runs_as_compare_does(self):
        runs, out = PLACE / "site-runs", PLACE / "site"
        for folder in (runs, out):
            shutil.rmtree(folder, ignore_errors=True)
        histories.write(runs, "east", days=40, slower_from=30)
        histories.write(runs, HOSTILE[1].replace("/", " "), days=3, first="2025-03-01")
        histories.write(runs, "ahead", days=1, first="2999-01-01")
        made = subprocess.run([ASSAY, "site", runs, "-o", out], capture_output=True, text=True)
        self.assertEqual(made.returncode, 0, made.stderr)
        document = PLACE / "site-comparison.json"
        subprocess.run([ASSAY, "compare", runs / "east/2025-01-03.json", runs / "east/2025-02-04.json", "--format", "json", "-o", document, "--force"],
                       capture_output=True, text=True)
        self.assertGreater(sum(one["verdict"] == "worse" for one in json.loads(document.read_text())["cases"]), 0)
        self.node(("healthy.test.mjs", out / "index.html", VIEWS, "runs,due,changes,trend,compare,provenance"),
                  ("site.test.mjs", out / "index.html", document, "east/2025-01-03", "east/2025-02-04"))

    def test_a_site_compares_copies_between_devices_of_two_machines_as_compare_does(self):
        runs, out = PLACE / "copies-runs", PLACE / "copies"
        for folder in (runs, out):
            shutil.rmtree(folder, ignore_errors=True)
        for seed, name in enumerate(("east", "west")):
            (runs / name).mkdir(parents=True)
            (runs / name / "run.json").write_text(json.dumps(with_copies(name, seed)))
        made = subprocess.run([ASSAY, "site", runs, "-o", out], capture_output=True, text=True)
        self.assertEqual(made.returncode, 0, made.stderr)
        document = PLACE / "copies-comparison.json"
        made = subprocess.run([ASSAY, "compare", runs / "east", runs / "west", "--format", "json", "-o", document, "--force"], capture_output=True, text=True)
        self.assertIn(made.returncode, (0, 1), made.stderr)
        self.node(("copies.test.mjs", out / "index.html", document, "east/run", "west/run"))

    def test_a_site_gives_figures_of_another_tool_the_reasons_of_compare(self):
        runs, out, document = PLACE / "rates-runs", PLACE / "rates", PLACE / "rates-comparison.json"
        for folder in (runs, out):
            shutil.rmtree(folder, ignore_errors=True)
        for name, rate in (("east", 25.13), ("west", 20.1)):
            (runs / name).mkdir(parents=True)
            (runs / name / "run.txt").write_text(NVBANDWIDTH.format(name=name, rate=rate))
            subprocess.run([ASSAY, "import", "nvbandwidth", runs / name / "run.txt", "-o", runs / name / "run.json"], check=True, capture_output=True)
        made = subprocess.run([ASSAY, "site", runs, "-o", out], capture_output=True, text=True)
        self.assertEqual(made.returncode, 0, made.stderr)
        made = subprocess.run([ASSAY, "compare", runs / "east", runs / "west", "--format", "json", "-o", document, "--force"], capture_output=True, text=True)
        self.assertIn(made.returncode, (0, 1), made.stderr)
        self.node(("reported_rates.test.mjs", out / "index.html", document, "east/run", "west/run"))

    def test_a_site_cuts_a_long_reason_for_no_verdict_and_leads_to_the_whole(self):
        runs, out = PLACE / "reason-runs", PLACE / "reason-site"
        for folder in (runs, out):
            shutil.rmtree(folder, ignore_errors=True)
        runs.mkdir()
        for name, profile in (("words", "acceptance of the second hall, third revision"), ("one-word", "x" * 600),
                              ("letters", "\U0001f4a1" * 100)):
            document = json.loads(HOST.read_text())
            document["run"] |= {"id": name, "profile": document["run"]["profile"] | {"name": profile}}
            (runs / f"{name}.json").write_text(json.dumps(document))
        shutil.copy(HOST, runs / "judged.json")
        subprocess.run([ASSAY, "site", runs, "-o", out], check=True, capture_output=True)
        self.node(("not_judged.test.mjs", out / "index.html"), ("healthy.test.mjs", out / "index.html", "360-light", "runs,due,changes,trend,compare,provenance"))

    def test_a_report_says_simulated_of_a_model_s_figures_and_not_of_a_host_s(self):
        host, model = json.loads(HOST.read_text()), node_of_eight()
        self.node(("marks.test.mjs", self.page(host, "marks-host"), "#summary", "", "Host backend: a CPU was measured, no accelerator."),
                  ("marks.test.mjs", self.page(model, "marks-model"), "#summary", "", "Simulated: no hardware was measured."))

    def test_a_comparison_and_a_site_s_say_what_the_documents_of_a_side_are(self):
        first, broken = with_passes(1), with_passes(1.1)
        broken["status"], broken["run"]["filter"] = "interrupted", "gemm<b>"
        page, (document,) = self.compared({"a": first, "broken": broken}, (2.5, 3))
        host = "Host backend: a CPU was measured, no accelerator."
        of_b = ["B: " + mark["sentence"] for mark in json.loads(document.read_text())["b"]["marks"]]
        said = [f"A: {host}", f"B: {host}", "B: broken.json is interrupted: it holds what was measured until then.",
                'B: Filtered: only cases that match "gemm<b>" were measured.']
        self.assertEqual(of_b, said[1:])
        runs, out = PLACE / "marks-runs", PLACE / "marks-site"
        for folder in (runs, out):
            shutil.rmtree(folder, ignore_errors=True)
        runs.mkdir()
        (runs / "a.json").write_text(json.dumps(first))
        (runs / "broken.json").write_text(json.dumps(broken))
        subprocess.run([ASSAY, "site", runs, "-o", out], check=True, capture_output=True)
        self.node(("marks.test.mjs", page, "#summary", "", *said), ("marks.test.mjs", out / "index.html", "#pair", "#compare=a&broken", *said))

    def test_faults_are_told_in_one_screen_and_found_in_each_drawing(self):
        simulated, page = PLACE / "faults-simulated", PLACE / "faults.html"
        shutil.rmtree(simulated, ignore_errors=True)
        faults = [word for fault in ("links:0/1:0.2", "memory:0/2:0.08", "wrong:0/3", "ecc:0/6", "links:0/7:0.2", "memory:0/7:0.12") for word in ("--fault", fault)]
        subprocess.run([ASSAY, "simulate", "--sku", "h200-sxm", "--nodes", "1", *faults, "-o", simulated], check=True, capture_output=True)
        subprocess.run([ASSAY, "report", simulated, "-o", page, "--force"], check=True, capture_output=True)
        self.node(("faults.test.mjs", page))

    def test_an_imported_output_says_so_and_nothing_of_it_is_drawn_that_it_does_not_say(self):
        jobs = []
        for tool, text, more in (("dcgmi", DCGMI, ()), ("nccl-tests", NCCL_TESTS, ("--collective", "all_reduce"))):
            source, document = PLACE / f"{tool}.txt", PLACE / f"imported-{tool}.json"
            source.write_text(text)
            subprocess.run([ASSAY, "import", tool, source, *more, "-o", document, "--force"], check=True, capture_output=True)
            page = self.page(json.loads(document.read_text()), f"imported-{tool}-page")
            jobs += [("healthy.test.mjs", page), ("imported.test.mjs", page, tool)]
        self.node(*jobs)

    def test_a_link_to_a_device_far_down_its_table_leads_there(self):
        simulated, page = PLACE / "far-simulated", PLACE / "far.html"
        shutil.rmtree(simulated, ignore_errors=True)
        subprocess.run([ASSAY, "simulate", "--sku", "h200-sxm", "--nodes", "14", "--profile", "quick", "--fault", "compute:13/5:0.2", "-o", simulated], check=True, capture_output=True)
        subprocess.run([ASSAY, "report", simulated, "-o", page, "--force"], check=True, capture_output=True)
        self.node(("far.test.mjs", page, "node-00013 / 5"))

    def test_measured_links_between_devices_are_drawn(self):
        self.node(("links.test.mjs", self.page(node_of_pairs(), "links")))

    def test_titles_units_and_axes_are_those_of_the_document(self):
        simulated = PLACE / "units-simulated"
        shutil.rmtree(simulated, ignore_errors=True)
        subprocess.run([ASSAY, "simulate", "--sku", "h200-sxm", "--nodes", "1", "--profile", "training", "-o", simulated], check=True, capture_output=True)
        sources = {"host": HOST, "single": SINGLE, "many": MANY, "simulated": simulated / "nodes/node-00000.json", "fabric": FABRIC}
        documents = {name: json.loads(source.read_text()) for name, source in sources.items()}
        documents["between"] = between_nodes(documents["simulated"])
        documents["copies"], documents["attention"] = node_of_pairs(), with_attention()
        self.node(("units.test.mjs", *[path for name, document in documents.items()
                                       for path in (self.page(document, f"units-{name}"), PLACE / f"units-{name}.json")]))

    def golden(self, *looks):
        """Each of page, name of its image, width, scheme and medium."""
        fonts = subprocess.run(["fc-match", "--format=%{file}", "system-ui"], capture_output=True, text=True).stdout
        if not fonts.endswith("DejaVuSans.ttf"):
            not_run(f"the golden images have DejaVu Sans and this machine has {fonts or 'no fc-match'}")
        self.node(("golden.test.mjs", *[word for page, name, width, scheme, media in looks
                                        for word in (page, GOLDEN / f"{name}.png", width, scheme, media, PLACE / f"{name}.png")]))

    def test_a_report_looks_as_it_did_in_light_and_dark_and_on_a_phone_and_on_paper(self):
        page = self.page(node_of_eight(), "golden-report")
        self.golden((page, "report-light", 1100, "light", "screen"), (page, "report-dark", 1100, "dark", "screen"),
                    (page, "report-phone", 360, "light", "screen"), (page, "report-print", 794, "light", "print"))

    def test_a_site_and_a_comparison_look_as_they_did(self):
        runs, out = PLACE / "golden-runs", PLACE / "golden-site"
        for folder in (runs, out):
            shutil.rmtree(folder, ignore_errors=True)
        histories.write(runs, "east", days=40, slower_from=30)
        histories.write(runs, "west", days=8, first="2024-12-01", step=30)
        compared = PLACE / "golden-comparison.html"
        a, b = "golden-runs/east/2025-01-03.json", "golden-runs/east/2025-02-04.json"
        for command, codes in ((["site", runs, "-o", out], {0}),
                               (["compare", a, b, "--price", "A=2.5,B=3", "--format", "html", "-o", compared, "--force"], {0, 1})):
            done = subprocess.run([ASSAY, *command], cwd=PLACE, capture_output=True, text=True)
            self.assertIn(done.returncode, codes, done.stderr)
        self.golden((out / "index.html", "site-light", 1100, "light", "screen"), (out / "index.html", "site-phone", 360, "dark", "screen"),
                    (compared, "comparison-dark", 1100, "dark", "screen"))


class Bundle(unittest.TestCase):
    def test_the_committed_bundle_is_what_its_source_builds(self):
        need("node", "npm")
        place = BUILD / "tests/rebundle"
        web = place / "harness/report/web"
        source = ROOT / "harness/report/web"
        packages(web, source)
        shutil.copytree(source / "src", web / "src", dirs_exist_ok=True)
        shutil.copytree(ROOT / "results-schema", place / "results-schema", dirs_exist_ok=True)
        for name in ("build.mjs", "tsconfig.json"):
            shutil.copy(source / name, web)
        built = subprocess.run(["node", "build.mjs", place / "bundle"], cwd=web, capture_output=True, text=True)
        self.assertEqual(built.returncode, 0, built.stderr)
        same = (place / "bundle/page.html").read_bytes() == (ROOT / "harness/report/bundle/page.html").read_bytes()
        self.assertTrue(same, "harness/report/bundle/page.html is not what web/ builds: see harness/report/README.md")


def with_passes(slower):
    """The document of a host whose first case takes so many times as long, with passes that hardly differ."""
    document = json.loads(HOST.read_text())
    document["run"]["id"] += f"-{slower}"
    samples = document["measurements"][0]["samples"]
    for key in ("median_s", "p5_s", "ci_low_s", "ci_high_s"):
        samples[key] = 0.003 * slower
    samples["values_s"], samples["pass_medians_s"] = [], [0.003 * slower * (1 + i % 3 / 1e4) for i in range(8)]
    return document


NVBANDWIDTH = """nvbandwidth Version: v0.8

{name}
Device 0: NVIDIA H200 (00000000:99:00)

Running host_to_device_memcpy_ce.
memcpy CE CPU(row) -> GPU(column) bandwidth (GB/s)
           0
 0     {rate}

SUM host_to_device_memcpy_ce {rate}
"""
DCGMI = """\
+---------------------------+------------------------------------------------+
| Diagnostic                | Result                                         |
+===========================+================================================+
| NVML Library              | Pass                                           |
+-----  Integration  -------+------------------------------------------------+
| PCIe                      | Fail - GPU: 2                                  |
|                           | Pass - GPUs: 0, 1                              |
+---------------------------+------------------------------------------------+
"""

NCCL_TESTS = """\
# Using devices
#  Rank  0 Group  0 Pid   1887 on   node-a device  0 [0x8d] NVIDIA H100 80GB HBM3
#  Rank  1 Group  0 Pid   1885 on   node-b device  0 [0x8d] NVIDIA H100 80GB HBM3
#
#       size         count      type   redop    root     time   algbw   busbw #wrong     time   algbw   busbw #wrong
#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)  (GB/s)  (GB/s)
     1048576        262144     float     sum      -1    62.10   16.89   16.89      0    61.90   16.94   16.94      0
   134217728      33554432     float     sum      -1   1500.0   89.48   89.48      0   1490.0   90.08   90.08      0
"""


def between_nodes(document):
    """The document with its node's collectives once more, as those of a cluster."""
    document = copy.deepcopy(document)
    for one in [one for one in document["measurements"] if one["scope"]["level"] == "node" and "ranks" in one["shape"]]:
        document["measurements"].append({**one, "scope": {"level": "cluster", "members": ["node-a", "node-b"]}})
    document["fits"] += [{**fit, "curve": fit["curve"].split(" in the ")[0]} for fit in document["fits"]]
    return document


def with_attention():
    """The document of one device, of whose products one is attention over two lengths instead."""
    document = json.loads(SINGLE.read_text())
    product = next(one for one in document["measurements"] if one["workload"] == "gemm" and one["status"] == "measured")
    document["measurements"] = []
    for length in (1024, 4096):
        one = copy.deepcopy(product)
        shape = {"b": 1, "hq": 64, "hkv": 8, "sq": length, "sk": length, "d": 128, "causal": True}
        name = f"attention_forward.bf16.sm90/b1_hq64_hkv8_sq{length}_sk{length}_d128_causal"
        one.update({"case": name, "workload": "attention_forward", "dtype": "bf16", "implementation": "sm90", "shape": shape})
        one["group"] = name.replace(".sm90", "")
        document["measurements"].append(one)
    return document


def node_of_pairs():
    """Copies between the devices of a node of four, one pair slower than the rest."""
    document = node_of_eight()
    devices = [device["uuid"] for device in document["nodes"][0]["devices"][:4]]
    memory = next(one for one in document["measurements"] if one["workload"] == "memory_copy" and one["status"] == "measured")
    document["measurements"] = []
    for a in devices:
        for b in devices:
            if a == b:
                continue
            one = copy.deepcopy(memory)
            one.update({"case": f"device_to_device.{one['dtype']}.copy_engine/bytes268435456", "workload": "device_to_device",
                        "implementation": "copy_engine", "shape": {"bytes": 268435456}, "scope": {"level": "node", "members": [a, b]}})
            one["group"] = f"device_to_device.{one['dtype']}/bytes268435456"
            one["metrics"] = {"bytes_per_s": 3.9e11 * (0.7 if (a, b) == (devices[0], devices[1]) else 1)}
            one.pop("speed_of_light_fraction", None)
            document["measurements"].append(one)
    return document


def node_of_eight():
    """A node of eight devices, made from the document of one, and marked as simulated; the sixth is slower."""
    document = json.loads(SINGLE.read_text())
    document["simulated"] = True
    node, measurements = document["nodes"][0], document["measurements"]
    first = node["devices"][0]
    [place] = node["topology"]["gpus"]
    node["devices"], node["topology"]["gpus"], document["measurements"] = [], [], []
    for index in range(8):
        device = copy.deepcopy(first)
        device.update(index=index, uuid=f"GPU-0000-{index}", serial=f"165{index}", pci_bus_id=f"0000:{index:02x}:00.0")
        node["devices"].append(device)
        node["topology"]["gpus"].append(dict(place, **{key: device[key] for key in ("index", "uuid", "pci_bus_id")}))
        for one in copy.deepcopy(measurements):
            one["scope"]["members"] = [device["uuid"]]
            if index == 5 and one["status"] == "measured":
                for key, value in one["samples"].items():
                    if key.endswith("_s"):
                        one["samples"][key] = [each * 1.25 for each in value] if isinstance(value, list) else value * 1.25
                for key in one["metrics"]:
                    if key.endswith("_per_s"):
                        one["metrics"][key] /= 1.25
                one["speed_of_light_fraction"] /= 1.25
            document["measurements"].append(one)
    return document


if __name__ == "__main__":
    unittest.main()
