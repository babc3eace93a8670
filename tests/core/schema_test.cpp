// The schema validator: each keyword accepts and refuses, and an unknown one is no schema of ours.
#include "harness/core/schema.h"

#include <doctest/doctest.h>

#include "harness/core/document.h"
#include "tests/core/refusal.h"

namespace assay {

namespace {

/// `pointer: problem` of the first violation; empty when the document is accepted.
std::string verdict(const std::string& schema, const std::string& document) {
  const auto bad = Schema(schema, "s").check(parse_json(document, "d"));
  return bad ? bad->pointer + ": " + bad->problem : "";
}

std::string refused_schema(const std::string& schema) {
  return test::refusal([&] { Schema(schema, "s"); });
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("types are told apart and 2.0 is an integer") {
    const std::string integer = R"({"type": "integer", "minimum": -5, "maximum": 5})";
    CHECK(verdict(integer, "2").empty());
    CHECK(verdict(integer, "2.0").empty());
    CHECK(verdict(integer, "2.5") == ": 2.5 where an integer was expected");
    CHECK(verdict(integer, "true") == ": true where an integer was expected");
    CHECK(verdict(integer, "6") == ": 6 where at most 5 was expected");
    CHECK(verdict(integer, "-6") == ": -6 where at least -5 was expected");
    const std::string either = R"({"type": ["string", "null"]})";
    CHECK(verdict(either, "null").empty());
    CHECK(verdict(either, "[]") == ": an array where null or a string was expected");
  }

  TEST_CASE("bounds hold to the last unit of 64 bits") {
    const std::string seed =
        R"({"type": "integer", "minimum": 0, "maximum": 18446744073709551615})";
    CHECK(verdict(seed, "18446744073709551615").empty());
    CHECK(!verdict(seed, "18446744073709551616").empty());
    CHECK(!verdict(seed, "-1").empty());
    const std::string open = R"({"exclusiveMinimum": 0, "maximum": 1})";
    CHECK(verdict(open, "0.5").empty());
    CHECK(verdict(open, "0") == ": 0 where more than 0 was expected");
    CHECK(verdict(open, "1").empty());
    CHECK(verdict(open, "1.5") == ": 1.5 where at most 1 was expected");
    CHECK(refused_schema(R"({"exclusiveMaximum": 1})").find("exclusiveMaximum") !=
          std::string::npos);
    CHECK(verdict(open, "\"x\"").empty());
  }

  TEST_CASE("a field that is unknown or missing is named at its object") {
    const std::string schema = R"({"type": "object", "additionalProperties": false,
      "required": ["a"], "properties": {"a": {"type": "object", "required": ["b/c"],
      "properties": {"b/c": {"const": 1}}, "additionalProperties": false}}})";
    CHECK(verdict(schema, R"({"a": {"b/c": 1}})").empty());
    CHECK(verdict(schema, R"({"a": {"b/c": 2}})") == "/a/b~1c: 2 where 1 was expected");
    CHECK(verdict(schema, R"({"a": {}})") == "/a: missing field \"b/c\"");
    CHECK(verdict(schema, R"({"a": {"b/c": 1, "d": 1}})") == "/a: unknown field \"d\"");
    CHECK(verdict(schema, "{}") == ": missing field \"a\"");
  }

  TEST_CASE("strings are measured in characters and matched against patterns") {
    const std::string schema =
        R"({"description": "a word", "minLength": 2, "maxLength": 4, "pattern": "^[a-zé]+$"})";
    CHECK(verdict(schema, "\"abc\"").empty());
    CHECK(verdict(R"({"maxLength": 4})", "\"éééé\"").empty());
    CHECK(verdict(schema, "\"a\"") == ": \"a\" is too short (a word)");
    CHECK(verdict(schema, "\"\"") == ": is empty (a word)");
    CHECK(verdict(schema, "\"abcde\"") == ": 5 characters are more than 4 (a word)");
    CHECK(verdict(schema, "\"a1\"") == ": \"a1\" is not a word");
  }

  TEST_CASE("arrays are held to their length and their items") {
    const std::string schema = R"({"type": "array", "minItems": 1, "maxItems": 3,
      "uniqueItems": true, "items": {"enum": ["a", "b", 3, 4]}})";
    CHECK(verdict(schema, R"(["a", "b"])").empty());
    CHECK(verdict(schema, "[]") == ": 0 entries where at least 1 were expected");
    CHECK(verdict(schema, R"(["a","b",3,4])") == ": 4 entries where at most 3 were expected");
    CHECK(verdict(schema, R"(["a","c"])") == "/1: \"c\" is none of \"a\", \"b\", 3, 4");
    CHECK(verdict(schema, R"(["a","a"])") == "/1: \"a\" stands there twice");
  }

  TEST_CASE("names of an open object are held to a pattern and may not match another") {
    const std::string schema = R"({"type": "object", "minProperties": 1, "propertyNames":
      {"description": "an SI name", "type": "string", "maxLength": 20, "pattern": "^[a-z_]+$",
       "not": {"description": "x", "type": "string", "maxLength": 20, "pattern": "_ms$"}},
      "additionalProperties": {"type": "number"}})";
    CHECK(verdict(schema, R"({"time_s": 1})").empty());
    CHECK(verdict(schema, R"({"time_ms": 1})") == ": field name \"time_ms\" is not an SI name");
    CHECK(verdict(schema, R"({"Time": 1})") == ": field name \"Time\" is not an SI name");
    CHECK(verdict(schema, R"({"time_s": "1"})") == "/time_s: \"1\" where a number was expected");
    CHECK(verdict(schema, "{}") == ": is empty");
  }

  TEST_CASE("a condition chooses its branch and false forbids a field") {
    const std::string schema = R"({"if": {"properties": {"s": {"const": "ok"}}},
      "then": {"required": ["n"]}, "else": {"properties": {"n": false}}})";
    CHECK(verdict(schema, R"({"s": "ok", "n": 1})").empty());
    CHECK(verdict(schema, R"({"s": "bad"})").empty());
    CHECK(verdict(schema, R"({"s": "ok"})") == ": missing field \"n\"");
    CHECK(verdict(schema, R"({"s": "bad", "n": 1})") == "/n: must be absent here");
    CHECK(verdict(R"({"allOf": [{"minLength": 1}, {"maxLength": 2}]})", "\"abc\"") ==
          ": 3 characters are more than 2");
  }

  TEST_CASE("references are followed and may not circle") {
    const std::string schema =
        R"({"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"type": "null"}}})";
    CHECK(verdict(schema, "[1]") == "/0: 1 where null was expected");
    CHECK(refused_schema(R"({"items": {"$ref": "#/$defs/a"},
                            "$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}})")
              .find("leads to itself") != std::string::npos);
    CHECK(refused_schema(R"({"items": {"$ref": "other.json"}})").find("not one of") !=
          std::string::npos);
  }

  TEST_CASE("a schema that says what the validator does not hold to is refused") {
    const auto says = [](const char* schema, const char* what) {
      CAPTURE(schema);
      CHECK(refused_schema(schema).find(what) != std::string::npos);
    };
    says(R"({"unevaluatedProperties": false})", "keyword unevaluatedProperties");
    says(R"({"properties": {"a": {"dependentRequired": {}}}})", "/properties/a");
    says(R"({"items": {"$ref": "#/$defs/a", "minLength": 1}, "$defs": {"a": {}}})", "siblings");
    says(R"({"pattern": "(", "description": "d"})", "missing )");
    says(R"({"pattern": "a", "maxLength": 10})", "description");
    says(R"({"type": "integer", "minimum": 0})", "a minimum and a maximum");
    says(R"({"then": {}})", "without if");
    says(R"({"type": "float"})", "unknown type");
    says(R"({"items": 3})", "neither an object nor a boolean");
  }
}

}  // namespace assay
