// Escape sequences of terminals are taken out of what other tools printed, and nothing else is.
#include "harness/core/escapes.h"

#include <doctest/doctest.h>

#include <string>

namespace assay {

TEST_SUITE("unit") {
  TEST_CASE("escape sequences go and the text around them stays") {
    CHECK(without_escapes("plain") == "plain");
    CHECK(without_escapes("") == "");
    CHECK(without_escapes("\x1b[1;31mred\x1b[0m end") == "red end");
    CHECK(without_escapes("a\x1b(Bb") == "ab");
    CHECK(without_escapes("a\x1b]0;a title\ab") == "ab");
    CHECK(without_escapes("a\x1b]8;;x\x1b\\b") == "ab");
    CHECK(without_escapes("\x1b"
                          "7saved") == "saved");
  }

  TEST_CASE("an escape sequence that is cut ends with its line or the text") {
    CHECK(without_escapes("a\x1b]no end\nb") == "a\nb");
    CHECK(without_escapes("a\x1b]no end") == "a");
    CHECK(without_escapes("a\x1b[12") == "a");
    CHECK(without_escapes("a\x1b") == "a");
    CHECK(without_escapes("a\x1b[31\nb") == "a\nb");
  }
}

}  // namespace assay
