// Outputs that are damaged, or do not say what they are of: one line with the place and what to do.
#include <doctest/doctest.h>

#include <algorithm>

#include "harness/core/document.h"
#include "harness/reported/import.h"
#include "tests/core/refusal.h"
#include "tests/reported/outputs.h"

namespace assay::reported {

namespace {

std::string said_of(const Source& source) {
  return test::refusal([&] { import_nccl_tests(source); });
}

/// The mpirun output with one part of it replaced.
Source with(const std::string& part, const std::string& by) {
  Source source = source_of("nccl_mpirun.txt");
  for (std::size_t at = 0; (at = source.text.find(part, at)) != std::string::npos;
       at += by.size()) {
    source.text.replace(at, part.size(), by);
  }
  return source;
}

bool has(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CAPTURE(part);
  CHECK(text.find(part) != std::string::npos);
  return true;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a row that is cut is refused with its line") {
    has(said_of(with("220.40   38.06   57.09       0", "220.40   38.06")),
        "nccl_mpirun.txt: line 19: ");
  }

  TEST_CASE("a figure that is no number is refused with its line and column") {
    has(said_of(with("  220.40  ", "  22O.40  ")), "line 19: \"22O.40\" where a figure of the ");
  }

  TEST_CASE("a figure that contradicts the others is refused") {
    has(said_of(with("  220.40  ", "  320.40  ")),
        "line 19: size / time is 26.18 GB/s where algbw");
  }

  TEST_CASE("a table that names no collective asks for it and takes no wrong one") {
    Source source = with("all_reduce_perf", "something");
    has(said_of(source), "give --collective");
    source.collective = "all_gather";
    has(said_of(source), "busbw is 1.50 of algbw, but of all_gather over 4 ranks it is 0.75");
    source.collective = "scatter";
    has(said_of(source), "Assay has no case for the collective \"scatter\"");
    source.collective = "all_reduce";
    CHECK(import_nccl_tests(source).measurements.size() == 8);
  }

  TEST_CASE(
      "a collective that contradicts the output is refused with the line that names another") {
    Source source = source_of("nccl_mpirun.txt");
    source.collective = "reduce_scatter";
    has(said_of(source),
        "the output is of all_reduce_perf, not of the --collective reduce_scatter: leave out");
    for (const std::string program : {"broadcast", "scatter", "alltoallv"}) {
      Source other = with("all_reduce_perf", program + "_perf");
      other.collective = "all_reduce";
      has(said_of(other), ": line ");
      has(said_of(other), "the output is of " + program + "_perf, not of");
    }
    source.collective = "all_reduce";
    CHECK(import_nccl_tests(source).measurements.size() == 8);
    Source wrapped = with("all_reduce_perf", "my_perf");
    wrapped.collective = "all_reduce";
    CHECK(import_nccl_tests(wrapped).measurements.size() == 8);
    Source json = source_of("nccl.json");
    json.collective = "broadcast";
    has(said_of(json), "nccl.json: /args/0: the output is of");
  }

  TEST_CASE("a table without ranks asks how many there were") {
    Source source = with("Rank", "Rang");
    has(said_of(source), "--ranks");
    source.ranks = 4;
    CHECK(import_nccl_tests(source).measurements.front().scope.members.empty());
    source.ranks = 8;
    has(said_of(source), "of all_reduce over 8 ranks it is 1.75");
  }

  TEST_CASE("a list of ranks that somebody cut asks how many there were") {
    Source source = with("Rank  1", "Rang  1");
    has(said_of(source), "lists 3 ranks of at least 4: say how many there were with --ranks");
    source.ranks = 3;
    has(said_of(source), "of at least 4");
    source.ranks = 4;
    const Result result = import_nccl_tests(source);
    CHECK(result.measurements.size() == 8);
    CHECK(result.measurements.front().scope.members.empty());
  }

  TEST_CASE("a list of the first ranks of a process asks how many there were") {
    const std::string rows =
        "#  size  count  type  redop  root  time  algbw  busbw  #wrong\n"
        "   1048576   262144  float  sum  -1  100.0  10.49  18.35  0\n"
        "# Avg bus bandwidth : 18\n";
    Source source = {"out", "out", "", "all_reduce", std::nullopt};
    const std::string rank = "#   Rank  0 Pid 1 on box device  0 [0x07] Example\n";
    source.text = "# nThread 1 nGpus 8 minBytes 1 maxBytes 2\n" + rank + rows;
    has(said_of(source), "lists 1 rank of at least 8: say how many there were with --ranks");
    source.ranks = 8;
    CHECK(import_nccl_tests(source).measurements.front().scope.members.empty());
    source.text = rank + rows;
    source.ranks.reset();
    has(said_of(source), "busbw is 1.75 of algbw, but of all_reduce over 1 ranks it is 0.00");
  }

  TEST_CASE("processes that ran alone are refused") {
    has(said_of(with("Rank  1", "Rank  0")), "line 8: rank 0 stands there twice");
  }

  TEST_CASE("one run twice is refused") {
    Source source = source_of("nccl_kubectl.txt");
    source.text += source.text;
    has(said_of(source), "stands there already (line 6)");
  }

  TEST_CASE("another tool's output is refused by each") {
    has(said_of(source_of("nvbandwidth.txt")), "no table of nccl-tests");
    has(said_of(source_of("google_benchmark.json")), "no \"results\" of nccl-tests");
    has(test::refusal([] { import_nvbandwidth(source_of("dcgmi.txt")); }),
        "no test of nvbandwidth");
    has(test::refusal([] { import_dcgmi(source_of("nvbandwidth.txt")); }), "no check of dcgmi");
    has(test::refusal([] { import_google_benchmark(source_of("nccl_2021.txt")); }),
        "--benchmark_format=json");
  }

  TEST_CASE("UTF-16 is refused as what it is by each tool's reader") {
    Source wide = source_of("nccl_2021.txt");
    std::string text = "\xFF\xFE";
    for (const char c : wide.text) text += {c, '\0'};
    for (const std::string& found : {text, text.substr(2)}) {
      wide.text = found;
      for (const auto read_tool :
           {import_nccl_tests, import_nvbandwidth, import_dcgmi, import_google_benchmark}) {
        const std::string said = test::refusal([&] { read_tool(wide); });
        has(said, "nccl_2021.txt: it is UTF-16");
        has(said, "iconv -f UTF-16 -t UTF-8");
      }
    }
  }

  TEST_CASE("a matrix of nvbandwidth in a unit that is not known is refused") {
    for (const std::string unit : {"Gbit/s", "Gbps", "GB/sec", "cycles/s"}) {
      for (const char* file : {"nvbandwidth.txt", "nvbandwidth.json"}) {
        Source source = source_of(file);
        source.text.replace(source.text.find("(GB/s)"), 6, "(" + unit + ")");
        has(test::refusal([&] { import_nvbandwidth(source); }),
            "the matrix is in \"" + unit + "\", which is no unit that Assay knows");
      }
    }
  }

  TEST_CASE("a matrix of nvbandwidth that is cut is refused with its line") {
    Source source = source_of("nvbandwidth.txt");
    source.text.replace(source.text.find(" 0     55.21     55.34"), 22, " 0     55.21");
    has(test::refusal([&] { import_nvbandwidth(source); }),
        "nvbandwidth.txt: line 15: 2 words where a row of host_to_device_memcpy_ce has 3");
  }

  TEST_CASE("a second JSON in a file is refused with its line") {
    Source source = source_of("dcgmi_3.json");
    const std::string begin =
        "line " + std::to_string(std::count(source.text.begin(), source.text.end(), '\n') + 1);
    source.text += source.text;
    has(test::refusal([&] { import_dcgmi(source); }), begin);
    has(test::refusal([&] { import_dcgmi(source); }),
        "another JSON follows the first: import one at a time");
  }

  TEST_CASE("JSON that is cut is refused with the line in the file") {
    Source source = source_of("dcgmi_3.json");
    source.text.resize(source.text.size() / 2);
    has(test::refusal([&] { import_dcgmi(source); }), "dcgmi_3.json: line ");
  }
}

}  // namespace assay::reported
