// The small parts of the command line: numbers for people, tables, wrapping, flags, estimates.
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "harness/cli/arguments.h"
#include "harness/cli/fit_profile.h"
#include "harness/cli/manual.h"
#include "harness/cli/progress.h"
#include "harness/cli/quantity.h"
#include "harness/cli/table.h"
#include "harness/core/error.h"

namespace assay::cli {

namespace {

const std::vector<Option> kOptions = {
    {.name = "format", .value_name = "F", .default_value = "text", .choices = {"text", "json"}},
    {.name = "output", .letter = 'o', .value_name = "FILE"}};

Arguments parse(const std::vector<std::string>& words) {
  return parse_arguments(kOptions, {"PATH...", false}, words, words);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a flag without a value may be written with the one that it means and no other") {
    const std::vector<Option> options = {{.name = "dry-run", .only_value = "server"}};
    const auto given = [&](const std::vector<std::string>& words) {
      return parse_arguments(options, {"PATH...", false}, words, words);
    };
    for (const char* word : {"--dry-run", "--dry-run=server"}) {
      const Arguments read = given({word, "rest"});
      CHECK(read.has("dry-run"));
      CHECK(read.operands() == std::vector<std::string>{"rest"});
    }
    CHECK_THROWS_WITH_AS(given({"--dry-run=client"}),
                         "--dry-run=client is not supported: --dry-run means --dry-run=server, and "
                         "takes no other value",
                         Error);
    CHECK_THROWS_AS(given({"--dry-run="}), Error);
    CHECK(given({"--", "--dry-run=client"}).operands().front() == "--dry-run=client");
    CHECK(option_text(options.front()).find("--dry-run=server is the same") != std::string::npos);
  }

  TEST_CASE("a quantity has three digits and the prefix that fits after rounding") {
    CHECK(quantity(8.812e10, "FLOP/s") == "88.1 GFLOP/s");
    CHECK(quantity(999.94e9, "B/s") == "1.00 TB/s");
    CHECK(quantity(999.4e9, "B/s") == "999 GB/s");
    CHECK(quantity(1000, "B/s") == "1.00 kB/s");
    CHECK(quantity(9.996, "s") == "10.0 s");
    CHECK(quantity(0.00123, "s") == "1.23 ms");
    CHECK(quantity(4.2e-8, "s") == "42.0 ns");
    CHECK(quantity(1e-12, "s") == "0.00 ns");
    CHECK(quantity(2.5e19, "B/s") == "25000 PB/s");
    CHECK(quantity(0, "W") == "0 W");
  }

  TEST_CASE("columns are as wide as their widest cell and lines end without blanks") {
    CHECK(table({{"a", "b", "c"}, {"long", "x", "y"}}, 80) == "a     b  c\nlong  x  y\n");
    CHECK(table({{"a", "b", "c"}, {"x", "a reason that runs on"}}, 80) ==
          "a  b  c\nx  a reason that runs on\n");
    CHECK(table({{"a", ""}}, 80) == "a\n");
    CHECK(table({{"n\xc3\xbc", "b"}, {"x\x1b", "b"}}, 80) == "n\xc3\xbc  b\nx?  b\n");
  }

  TEST_CASE("a last cell is wrapped beside its row or below it") {
    CHECK(table({{"id", "why"}, {"one", "a reason of more words than the line has room for"}},
                41) == "id   why\none  a reason of more words than the line\n     has room for\n");
    CHECK(
        table({{"case", "why"}, {"a_case_of_25_letters_long", "some reason of many words"}}, 30) ==
        "case          why\na_case_of_25_letters_long\n"
        "    some reason of many words\n");
  }

  TEST_CASE("a table fits its line whatever the columns are") {
    const std::string id = "attention_forward.bf16.sm90/b1_hq64_hkv8_sq8192_sk8192_d128_causal";
    const Rows rows = {
        {"case", "series", "device", "median", "rate", "of speed of light", "samples", "speed"},
        {id, "cold", "0", "1.23 ms", "1.23 TFLOP/s", "66.1 %", "500", "1.02 x openblas"},
        {"short", "graph", "1, all", "10.0 us", "2.1 GB/s", "unknown", "10", ""},
        {"gone", "cold", "2",
         "not applicable: no device of the kind that this case needs is here"}};
    for (const std::size_t width : {80, 105, 200}) {
      CAPTURE(width);
      std::istringstream lines(table(rows, width));
      std::size_t longest = 0;
      for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
      CHECK(longest <= width);
      CHECK(table(rows, width).find(id) != std::string::npos);
      CHECK(table(rows, width).find("1.02 x openblas") != std::string::npos);
    }
  }

  TEST_CASE("a long word in the middle of a table stays whole in a line that fits") {
    const std::string uuid = "GPU-51000000-0000-0001-2330-000000000002";
    const Rows rows = {
        {"case", "series", "where", "A", "B", "B's time", "interval", "verdict", "why"},
        {"gemm.bf16.sm80/m8192_n8192_k8192", "cold", uuid, "1.57 ms", "1.57 ms", "+0.0 %",
         "-1.0 to +1.0 %", "unclear", "the interval is partly within the margin"},
        {"memory_copy.f32.device_copy/bytes1073741824", "cold", "from " + uuid + " to " + uuid,
         "1.57 ms", "1.57 ms", "+0.0 %", "-1.0 to +1.0 %", "same"}};
    for (const std::size_t width : {80u, 105u, 250u}) {
      CAPTURE(width);
      const std::string text = table(rows, width);
      std::istringstream lines(text);
      std::size_t longest = 0;
      for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
      CHECK(longest <= width);
      CHECK(text.find(uuid) != std::string::npos);
      CHECK(text.find("-1.0 to +1.0") != std::string::npos);
    }
  }

  TEST_CASE("a text that several rows share stands once below the table") {
    Notes notes;
    for (const char* text : {"no GPU", "alone", "no GPU", "no NIC", "no NIC"}) notes.count(text);
    CHECK(notes.mark("no GPU") == "[1]");
    CHECK(notes.mark("alone") == "alone");
    CHECK(notes.mark("no NIC") == "[2]");
    CHECK(notes.aside("no NIC") == " [2]");
    CHECK(notes.aside("alone") == " (alone)");
    CHECK(notes.str(80) == "[1] no GPU\n[2] no NIC\n");
  }

  TEST_CASE("text is wrapped at words") {
    CHECK(wrap("one two three", 2, 9) == "  one two\n  three\n");
    CHECK(wrap("", 2) == "");
  }

  TEST_CASE("flags are read in any order with values attached or apart") {
    const Arguments typed = parse({"x.json", "--format=json", "-o", "out", "y.json"});
    CHECK(typed.value("format") == "json");
    CHECK(typed.value("output") == "out");
    CHECK(typed.operands() == std::vector<std::string>{"x.json", "y.json"});
    CHECK(parse({}).value("format") == "text");
    CHECK_FALSE(parse({}).has("output"));
    CHECK(parse({"--", "--format"}).operands() == std::vector<std::string>{"--format"});
  }

  TEST_CASE("a flag is never guessed from its beginning and never taken twice") {
    CHECK_THROWS_AS(parse({"--form", "json"}), Error);
    CHECK_THROWS_AS(parse({"--format", "json", "--format", "text"}), Error);
    CHECK_THROWS_AS(parse({"--format", "yaml"}), Error);
    CHECK_THROWS_AS(parse({"--format"}), Error);
    CHECK_THROWS_AS(parse({"-x"}), Error);
  }

  TEST_CASE("the estimate scales what was done and says nothing before") {
    CHECK(remaining_s(10, 2, 6) == doctest::Approx(20));
    CHECK(remaining_s(10, 6, 6) == 0);
    CHECK(remaining_s(10, 0, 6) < 0);
    CHECK(duration(12.2) == "13 s");
    CHECK(duration(600) == "10 min");
    CHECK(duration(9000) == "2.5 h");
  }

  TEST_CASE("a backend that the executable lacks is told from one that it has") {
    Profile profile;
    profile.cases.resize(2);
    profile.cases[0].backend = "host";
    profile.cases[1].backend = "cuda";
    const Implemented host{"gemm", "f32", "host", "openblas"};
    const Implemented cuda{"gemm", "f32", "cuda", "naive"};
    CHECK(unknown_backends(profile, {host}) == std::set<std::string>{"cuda"});
    CHECK(unknown_backends(profile, {host, cuda}).empty());
  }
}

}  // namespace assay::cli
