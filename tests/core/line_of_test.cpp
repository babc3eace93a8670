// The line of a value in the text of a document.
#include "harness/core/line_of.h"

#include <doctest/doctest.h>

namespace assay {

TEST_SUITE("unit") {
  TEST_CASE("the line of a value is found by its pointer") {
    const char* text =
        "{\n"
        "  \"name\": \"a, \\\"b\\\" ]}\",\n"
        "  \"cases\": [\n"
        "    {\"x\": -1.5e3, \"y\": [true, {}]},\n"
        "    {\"x\": null,\n"
        "     \"z\": 2}\n"
        "  ],\n"
        "  \"last\": 3\n"
        "}\n";
    CHECK(line_of(text, "") == 1);
    CHECK(line_of(text, "/name") == 2);
    CHECK(line_of(text, "/cases/0/y/1") == 4);
    CHECK(line_of(text, "/cases/1") == 5);
    CHECK(line_of(text, "/cases/1/z") == 6);
    CHECK(line_of(text, "/last") == 8);
  }

  TEST_CASE("a value that is not there has no line") {
    CHECK_FALSE(line_of("{\"a\": [1]}", "/b"));
    CHECK_FALSE(line_of("{\"a\": [1]}", "/a/1"));
    CHECK_FALSE(line_of("{\"a\": [1]}", "/a/0/b"));
    CHECK_FALSE(line_of("{\"a\": ", "/a"));
    CHECK_FALSE(line_of("", "/a"));
    CHECK_FALSE(line_of("{}", "a"));
  }
}

}  // namespace assay
