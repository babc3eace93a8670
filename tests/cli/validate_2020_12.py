"""Validates one document with python3-jsonschema, draft 2020-12: exit 0 valid, 1 not."""
import json
import sys

from jsonschema import Draft202012Validator

schema_path, document_path = sys.argv[1:]
with open(schema_path) as file:
    schema = json.load(file)
with open(document_path) as file:
    document = json.load(file)
if "2020-12" not in schema["$schema"]:
    sys.exit(f"{schema_path} is not labelled draft 2020-12")
Draft202012Validator.check_schema(schema)
checker = getattr(Draft202012Validator, "FORMAT_CHECKER", None)
errors = [
    f"{error.json_path}: {error.message[:200]}"
    for error in Draft202012Validator(schema, format_checker=checker).iter_errors(document)
]
if errors:
    sys.exit("\n".join(errors))
