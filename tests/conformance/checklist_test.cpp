// How the values of a checklist's rows may be written: only they are replaced, byte for byte.
#include "harness/conformance/evidence/checklist.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "harness/core/error.h"

namespace assay::test {

namespace {

std::string checklist_with(const std::string& status, const std::string& evidence,
                           const std::string& notes, const std::string& end = "\n") {
  std::string text = fmt::format(
      "metadata:\n  name: x\nspec:\n  one:\n  - id: first\n    level: MUST\n    status:{}\n"
      "    evidence:{}\n    notes:{}\n  - id: second\n    level: MUST\n    status: \"\"\n"
      "    evidence: []\n    notes: \"\"\n",
      status, evidence, notes);
  for (std::size_t at = 0; end != "\n" && (at = text.find('\n', at)) != std::string::npos;
       at += end.size())
    text.replace(at, 1, end);
  return text;
}

std::string filled_first(const std::string& text) {
  return filled(read_checklist(text, "list.yaml"),
                {{0, "Implemented", "so it is", {"https://example.org/a"}}});
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a value that is not there may be written in each of YAML's ways") {
    struct Way {
      const char *status, *evidence, *notes, *after_status, *after_notes;
    };
    for (const Way& way :
         {Way{" \"\"", " []", " \"\"", "", ""}, Way{" ''", " [ ]", " ''", "", ""},
          Way{"", "", "", "", ""}, Way{" # words", "", " # words", " # words", " # words"},
          Way{" null", " null", " ~", "", ""}, Way{" ~", " ~", " NULL", "", ""},
          Way{" \"\"", " []", " |-", "", ""}, Way{" >", " []", " >-", "", ""},
          Way{" |2- # words", " []", " |+", " # words", ""},
          Way{" \"\" # \xc3\xa9", " []", " | # \xc3\xa9", " # \xc3\xa9", " # \xc3\xa9"}})
      for (const char* end : {"\n", "\r\n"}) {
        const std::string text = checklist_with(way.status, way.evidence, way.notes, end);
        CAPTURE(text);
        CHECK(filled_first(text) ==
              checklist_with(fmt::format(" \"Implemented\"{}", way.after_status),
                             " [\"https://example.org/a\"]",
                             fmt::format(" \"so it is\"{}", way.after_notes), end));
      }
  }

  TEST_CASE("a name without a colon is refused since no value can follow it") {
    for (const char* row :
         {"spec:\n  one:\n  - ? id\n    : first\n    ? level\n    : MUST\n    ? status\n"
          "    ? evidence\n    ? notes\n",
          "spec: {one: [{id: first, level: MUST, status, evidence: [], notes: ''}]}\n",
          "spec: {one: [{id: first, level: MUST, status: '', evidence, notes: ''}]}\n",
          "spec: {one: [{id: first, level: MUST, status: '', evidence: [], notes}]}\n"})
      CHECK_THROWS_WITH_AS(read_checklist("metadata:\n  name: x\n" + std::string(row), "list.yaml"),
                           doctest::Contains("expected a colon after"), Error);
  }

  TEST_CASE("a row with any text of its own is not empty") {
    for (const char* notes : {" |-\n      mine", " mine", " \"null\"", " '~'", " >\n      a\n\n"})
      CHECK_THROWS_AS(filled_first(checklist_with(" \"\"", " []", notes)), Error);
  }
}

}  // namespace assay::test
