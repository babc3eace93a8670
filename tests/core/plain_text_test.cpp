// The filter that every printed name passes, and the breaking of lines.
#include "harness/core/plain_text.h"

#include <doctest/doctest.h>

#include "harness/core/json_text.h"
#include "harness/core/message.h"

namespace assay {

TEST_SUITE("unit") {
  TEST_CASE("what a terminal obeys is replaced and the rest stays readable") {
    CHECK(plain_line("node-7 \xc3\xbc \xe6\x97\xa5 \xf0\x9f\x9a\x80") ==
          "node-7 \xc3\xbc \xe6\x97\xa5 \xf0\x9f\x9a\x80");
    CHECK(plain_line("\x1b[31mred\x07\x7f") == "?[31mred??");
    CHECK(plain_line(std::string_view("a\0b", 3)) == "a?b");
    CHECK(plain_line("a\r\nb\tc") == "a  b c");
    CHECK(plain_text("a\r\nb\tc") == "a \nb c");
  }

  TEST_CASE("C1 controls and marks that reorder or hide text are replaced") {
    for (const char* hidden :
         {"\xc2\x80", "\xc2\x9b", "\xc2\x9f", "\xc2\xad", "\xd8\x9c", "\xe2\x80\x8b",
          "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaa",
          "\xe2\x80\xae", "\xe2\x81\xa0", "\xe2\x81\xa6", "\xe2\x81\xa9", "\xef\xbb\xbf",
          "\xef\xbf\xbe", "\xf3\xa0\x80\xa0"}) {
      CAPTURE(hidden);
      CHECK(plain_line(std::string("a") + hidden + "b") == "a?b");
    }
    CHECK(plain_line("\xc2\xa0") == "\xc2\xa0");          // just above the C1 controls
    CHECK(plain_line("\xe2\x80\x90") == "\xe2\x80\x90");  // just above the direction marks
  }

  TEST_CASE("every byte that is no UTF-8 is replaced") {
    CHECK(plain_line("\xff\xc0\xaf") == "???");
    CHECK(plain_line("\xed\xa0\x80") == "???");       // a surrogate
    CHECK(plain_line("\xe0\x80\xaf") == "???");       // not the shortest form
    CHECK(plain_line("\xf4\x90\x80\x80") == "????");  // beyond U+10FFFF
    CHECK(plain_line("a\xe2\x80") == "a??");          // cut off
    CHECK(plain_line("\xc3(") == "?(");
  }

  TEST_CASE("a message is cut between characters") {
    CHECK(printable("\xc3\xbc\xc3\xbc\xc3\xbc", 2) == "\xc3\xbc\xc3\xbc...");
    CHECK(printable("\xc3\xbc\xc3\xbc", 2) == "\xc3\xbc\xc3\xbc");
    CHECK(in_quotes("a\x1b") == "\"a?\"");
  }

  TEST_CASE("a wide letter takes two columns and is not cut") {
    CHECK(columns("\xc3\xbcx") == 2);
    CHECK(columns("\xe6\x97\xa5x") == 3);                         // a Chinese letter
    CHECK(columns("\xef\xbc\xa1\xea\xb0\x80") == 4);              // fullwidth A, a Korean syllable
    CHECK(columns("\xf0\x9f\x9a\x80") == 2);                      // a rocket
    CHECK(columns("\xe2\x82\xac\xe1\x84\x80\xe2\xba\x80") == 5);  // the euro sign is narrow
    CHECK(columns("a\xff") == 2);
    CHECK(first_columns("\xe6\x97\xa5\xe6\x97\xa5", 3) == "\xe6\x97\xa5");
    CHECK(first_columns("\xe6\x97\xa5", 1).empty());
    CHECK(wrapped("\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5", 5) ==
          std::vector<std::string>{"\xe6\x97\xa5\xe6\x97\xa5", "\xe6\x97\xa5"});
    CHECK(wrapped("\xe6\x97\xa5\xe6\x97\xa5", 1).size() == 2);
    CHECK(longest_word("a \xe6\x97\xa5") == 2);
  }

  TEST_CASE("lines are broken at blanks and inside of a word only where it is longer than a line") {
    CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
    CHECK(wrapped("a abcdefgh", 5) == std::vector<std::string>{"a", "abcde", "fgh"});
    CHECK(wrapped("\xc3\xbc\xc3\xbc\xc3\xbc", 2) ==
          std::vector<std::string>{"\xc3\xbc\xc3\xbc", "\xc3\xbc"});
    CHECK(wrapped(" ", 5).empty());
    CHECK(longest_word("a abc ab") == 3);
  }

  TEST_CASE("JSON is written in ASCII whatever the names are") {
    CHECK(json_text({{"name", "\xc2\x9b\xe2\x80\xae\x1b\xff"}}) ==
          "{\n  \"name\": \"\\u009b\\u202e\\u001b\\ufffd\"\n}\n");
  }
}

}  // namespace assay
