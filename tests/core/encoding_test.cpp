// Files of another encoding are told by their first bytes, and nothing else is.
#include "harness/core/encoding.h"

#include <doctest/doctest.h>

#include <string>

namespace assay {

TEST_SUITE("unit") {
  TEST_CASE("an encoding is told by a mark or one wide letter or a magic number") {
    using namespace std::string_literals;
    struct Row {
      std::string text;
      const char* begins;
    };
    for (const Row& row :
         {Row{"\xFF\xFE{\0"s, "it is UTF-16"}, Row{"\xFE\xFF\0{"s, "it is UTF-16"},
          Row{"{\0"s, "it is UTF-16"}, Row{"\0{"s, "it is UTF-16"},
          Row{"\x1F\x8B\x08"s, "it is compressed: unpack it first, with gunzip"},
          Row{"\x28\xB5\x2F\xFD"s, "it is compressed: unpack it first, with unzstd"}, Row{"", ""},
          Row{"{", ""}, Row{"\0"s, ""}, Row{"\0\0"s, ""}, Row{"{}", ""}, Row{"{}\0"s, ""},
          Row{"\xFF", ""}, Row{"\x1F", ""}}) {
      CAPTURE(row.text);
      const std::string said(other_encoding(row.text));
      CHECK(said.starts_with(row.begins));
      CHECK(said.empty() == std::string(row.begins).empty());
    }
  }
}

}  // namespace assay
