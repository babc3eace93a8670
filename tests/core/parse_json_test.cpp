// Strict JSON: what is refused, where the message points, and that hostile input stays cheap.
#include <doctest/doctest.h>

#include "harness/core/document.h"
#include "tests/core/refusal.h"

namespace assay {

namespace {

std::string says(std::string_view text) {
  return test::refusal([&] { parse_json(text, "x.json"); });
}

std::string nested(std::size_t depth, char open, char close) {
  return std::string(depth, open) + std::string(depth, close);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("every kind of value is read and the order of names is kept") {
    const Json json = parse_json(
        R"({"z": [1, -2, 2.5e-3, true, false, null], "a": {"\u00e9\n": "\ud83d\ude00"}})",
        "x.json");
    CHECK(json.dump() == R"({"z":[1,-2,0.0025,true,false,null],"a":{"é\n":"😀"}})");
    CHECK(parse_json("18446744073709551615", "x").get<std::uint64_t>() == 18446744073709551615u);
    CHECK(parse_json(" 3 ", "x").get<int>() == 3);
  }

  TEST_CASE("a message gives the file and the line and the column") {
    CHECK(says("{\"a\": 1,\n  \"b\": 2,}") ==
          "x.json: line 2, column 10: unexpected '}'; expected string literal");
    CHECK(says("{\"a\": [1, 2") ==
          "x.json: line 1, column 12: unexpected end of input; expected ']' (is the document cut "
          "off?)");
    CHECK(says("").find("x.json: line 1, column 1: unexpected end of input") == 0);
  }

  TEST_CASE("numbers that JSON does not have are named") {
    for (const char* word : {"NaN", "nan", "Infinity", "-Infinity", "-inf", "INF"}) {
      CAPTURE(word);
      CHECK(says("{\"a\": " + std::string(word) + "}").find("NaN and infinity are not JSON") !=
            std::string::npos);
    }
    CHECK(says("[1e999]") == "x.json: line 1, column 7: number overflow parsing '1e999'");
    CHECK(says("[nul]").find("NaN") == std::string::npos);
  }

  TEST_CASE("what other parsers let pass is refused") {
    CHECK(says(R"({"a": 1, "b": {"a": 2}})").empty());
    CHECK(says(R"({"a": 1, "b": 2, "a": 3})").find("the name \"a\" appears twice") !=
          std::string::npos);
    CHECK(says(R"({"a": 1, "\u0061": 3})").find("twice") != std::string::npos);
    CHECK(says("\xEF\xBB\xBF{}").find("byte order mark") != std::string::npos);
    CHECK(says(std::string("{}\0garbage", 10)).find("NUL byte") != std::string::npos);
    CHECK(says("{} x").find("column 4") != std::string::npos);
    CHECK(says("{}{}").find("column 3") != std::string::npos);
    CHECK(says("\"\xff\"").find("ill-formed UTF-8") != std::string::npos);
    CHECK(says("\"\xc0\x80\"").find("ill-formed UTF-8") != std::string::npos);
    CHECK(says("\"\\ud800\"").find("surrogate") != std::string::npos);
    for (const char* text : {"01", "+1", "1.", ".5", "'a'", "[1,]", "{a:1}", "// c\n1", "\"\t\"",
                             "0x10", "True", "[1 2]", "{\"a\" 1}", "]"}) {
      CAPTURE(text);
      CHECK(!says(text).empty());
    }
  }

  TEST_CASE("depth is bounded before it can hurt") {
    CHECK(says(nested(64, '[', ']')).empty());
    CHECK(says(nested(65, '[', ']')) == "x.json: line 1, column 65: nested deeper than 64 levels");
    CHECK(says(std::string(100000, '[')).find("nested deeper than 64") != std::string::npos);
    std::string objects;
    for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
    CHECK(says(objects).find("nested deeper than 64") != std::string::npos);
  }

  TEST_CASE("a message stays one short printable line whatever it quotes") {
    const std::string shown =
        says("{\"" + std::string(100000, 'k') + "\": 1, \"" + std::string(100000, 'k') + "\": 2}");
    CHECK(shown.size() < 300);
    CHECK(says("[" + std::string(100000, 'x')).size() < 300);
    for (const char* text : {"{\"a\nb\": 1}", "[\x01]", "\"\x1b[31m"}) {
      for (const char c : says(text)) CHECK((c >= ' ' && c <= '~'));
    }
  }

  TEST_CASE("an object of many names is read without a search for each") {
    std::string text = "{";
    for (int i = 0; i < 200000; ++i) text += "\"name" + std::to_string(i) + "\":0,";
    text.back() = '}';
    CHECK(parse_json(text, "x.json").size() == 200000);
  }
}

}  // namespace assay
