"""Rows that say `measured_here` are what the committed documents of that accelerator measured."""
import json
import pathlib
import statistics
import unittest

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "results-schema"


def measured(documents, row):
    """The row's metric in every complete document that measured its case."""
    return [
        measurement["metrics"][row["metric"]]
        for document in documents
        if document["status"] == "complete"
        for measurement in document["measurements"]
        if measurement["status"] == "measured"
        and (measurement["case"], measurement["series"]) == (row["case"], row["series"])
    ]


class MeasuredRows(unittest.TestCase):
    def test_rows_measured_here_are_the_medians_of_the_committed_documents(self):
        compared = 0
        for path in sorted((SCHEMAS / "baselines").glob("*.json")):
            folder = SCHEMAS / "reference" / path.stem
            documents = [json.loads(one.read_text()) for one in sorted(folder.glob("*.json"))]
            for row in json.loads(path.read_text())["rows"]:
                if row["tier"] != "measured_here":
                    continue
                with self.subTest(baseline=path.name, case=row["case"]):
                    values = measured(documents, row)
                    self.assertEqual(len(values), row["n"])
                    self.assertAlmostEqual(statistics.median(values) / row["value"], 1, delta=1e-3)
                    compared += 1
        self.assertGreater(compared, 0)


if __name__ == "__main__":
    unittest.main()
