"""Our schema check against python3-jsonschema, under both drafts, on the examples and on mutations of them."""
import copy
import json
import os
import pathlib
import random
import subprocess
import unittest

from tests.not_run import not_run

try:
    import jsonschema
    DRAFTS = (jsonschema.Draft202012Validator, jsonschema.Draft7Validator)
except (ImportError, AttributeError):
    not_run("python3-jsonschema with draft 2020-12 is not installed")

ROOT = pathlib.Path(__file__).resolve().parents[2] / "results-schema"
LINES = pathlib.Path(os.environ["ASSAY_BUILD_DIR"]) / "tests/core/schema_lines"
KINDS = ("result", "verdict", "profile", "baseline", "comparison")
REPLACEMENTS = (None, True, False, 0, 1, -1, 2.5, 1.0, 1e300, 2**64, "", "x", "A b", "a_ms", "2026-11-23", [], {},
                [0], {"x": 1}, {"x_ms": 1})


def schema(kind):
    return json.loads((ROOT / f"{kind}.schema.json").read_text())


def places(value, path=()):
    """Every place of a document, the document itself first."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def at(document, path):
    for key in path:
        document = document[key]
    return document


def mutations(document, seed):
    """A third of the fields deleted, of the objects given a field, of the values replaced by a few of other kinds."""
    pick = random.Random(seed)
    for path in places(document):
        if path and pick.random() > 1 / 3:
            continue
        parent, value = at(document, path[:-1]) if path else None, at(document, path)
        if isinstance(parent, dict):
            changed = copy.deepcopy(document)
            del at(changed, path[:-1])[path[-1]]
            yield changed
        if isinstance(value, dict):
            for name in ("unknown", "time_ms", "Case", "a.b", ""):
                changed = copy.deepcopy(document)
                at(changed, path)[name] = pick.choice(REPLACEMENTS)
                yield changed
        for replacement in pick.sample(REPLACEMENTS, 3) if path else ():
            changed = copy.deepcopy(document)
            at(changed, path[:-1])[path[-1]] = copy.deepcopy(replacement)
            yield changed


def ours(kind, documents):
    text = "".join(f"assay.{kind}\t{json.dumps(document)}\n" for document in documents)
    done = subprocess.run([LINES], input=text, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


class Agreement(unittest.TestCase):
    def examples(self, step):
        """(kind, name, document) of each example that parses and that this step decides."""
        for line in (ROOT / "examples/invalid/expected.txt").read_text().splitlines():
            name, how = line.split()[:2]
            if how == step:
                document = json.loads((ROOT / "examples/invalid" / name).read_text())
                yield document["kind"].removeprefix("assay."), name, document

    def valid(self, folders="valid"):
        for path in sorted((ROOT / "examples").glob(f"{folders}/*.json")):
            document = json.loads(path.read_text())
            yield document["kind"].removeprefix("assay."), path.name, document

    def test_both_drafts_accept_our_schemas(self):
        for kind in KINDS:
            for draft in DRAFTS:
                draft.check_schema(schema(kind))

    def test_both_drafts_accept_the_valid_examples_and_those_only_we_refuse(self):
        for kind, name, document in (*self.valid("valid*"), *self.examples("meaning")):
            for draft in DRAFTS:
                problems = [problem.message for problem in draft(schema(kind)).iter_errors(document)]
                self.assertEqual(problems, [], f"{name} under {draft.__name__}")

    def test_an_independent_validator_accepts_every_profile_and_baseline_and_reference_document(self):
        for folder in ("profiles", "baselines", "reference"):
            paths = sorted((ROOT / folder).rglob("*.json"))
            self.assertTrue(paths, folder)
            for path in paths:
                document = json.loads(path.read_text())
                validator = DRAFTS[0](schema(document["kind"].removeprefix("assay.")))
                self.assertEqual([problem.message for problem in validator.iter_errors(document)], [], path)

    def test_both_drafts_refuse_what_our_schema_check_refuses(self):
        for kind, name, document in self.examples("schema"):
            for draft in DRAFTS:
                self.assertFalse(draft(schema(kind)).is_valid(document), f"{name} under {draft.__name__}")
            self.assertNotEqual(ours(kind, [document]), ["ok"], name)

    def test_both_drafts_agree_with_ours_on_mutated_examples(self):
        seeds = int(os.environ.get("ASSAY_SOAK_COUNT", 1))
        for kind, name, document in self.valid():
            validators = [draft(schema(kind)) for draft in DRAFTS]
            for seed in range(seeds):
                changed = list(mutations(document, seed))
                self.assertGreater(len(changed), 20)
                refused = 0
                for mutation, verdict in zip(changed, ours(kind, changed), strict=True):
                    for validator in validators:
                        if validator.is_valid(mutation) != (verdict == "ok"):
                            problems = [problem.message for problem in validator.iter_errors(mutation)]
                            self.fail(f"{name}: {type(validator).__name__} says {problems}, ours says {verdict}")
                    refused += verdict != "ok"
                self.assertGreater(refused, len(changed) // 5)


if __name__ == "__main__":
    unittest.main()
