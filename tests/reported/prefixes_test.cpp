// What launchers and log files put around an output comes off its lines.
#include <doctest/doctest.h>

#include "harness/reported/import.h"
#include "harness/reported/source.h"
#include "tests/reported/outputs.h"

namespace assay::reported {

TEST_SUITE("unit") {
  TEST_CASE("hosts of pdsh and the journal and blanks of a page come off the lines") {
    const auto with_prefix = [](const std::string& prefix) {
      Source source = source_of("nccl_2021.txt");
      std::string text;
      for (const Line& line : lines_of(source)) text += prefix + line.text + '\n';
      source.text = text;
      return source;
    };
    const std::size_t plain = import_nccl_tests(source_of("nccl_2021.txt")).measurements.size();
    for (const char* prefix : {"node-0: ", "Nov 05 10:11:12 node-0 nccl[1234]: ",
                               "Nov  5 10:11:12 node-0 kubelet: ", "\u00a0\u00a0", "[default0]:",
                               "[rank0]: ", "(Task pid=4711) ", "(Task pid=4711, ip=192.0.2.7) "}) {
      CAPTURE(prefix);
      CHECK(import_nccl_tests(with_prefix(prefix)).measurements.size() == plain);
    }
    Source some = source_of("nccl_2021.txt");
    some.text = "node-0: ready\n" + some.text;  // not before every line: nothing is taken off
    CHECK(lines_of(some).front().text == "node-0: ready");
  }

  TEST_CASE("pods of stern come off the lines with its own lines and the times") {
    const Source plain = source_of("nccl_2021.txt");
    const std::size_t figures = import_nccl_tests(plain).measurements.size();
    for (const std::string prefix : {"launcher-x7k2p mpi", "default launcher-x7k2p mpi",
                                     "launcher-x7k2p mpi 2026-10-01T09:30:01.120000000Z"}) {
      CAPTURE(prefix);
      Source source = plain;
      source.text = "+ launcher-x7k2p \u203a mpi\n";
      for (const Line& line : lines_of(plain)) source.text += prefix + " " + line.text + '\n';
      source.text += "- launcher-x7k2p \u203a mpi\n";
      CHECK(import_nccl_tests(source).measurements.size() == figures);
    }
    Source some = plain;
    some.text = "launcher-x7k2p mpi\n" + some.text;  // not before every line
    CHECK(lines_of(some).front().text == "launcher-x7k2p mpi");
  }

  TEST_CASE("log files of containers hold the lines that were logged") {
    const Source plain = source_of("nccl_2021.txt");
    const std::size_t figures = import_nccl_tests(plain).measurements.size();
    const auto entry = [](const std::string& log) {
      return Json{{"log", log}, {"stream", "stdout"}, {"time", "2026-10-01T09:30:01Z"}}.dump() +
             '\n';
    };
    Source docker = plain, containerd = plain;
    docker.text = containerd.text = "";
    for (const Line& line : lines_of(plain)) {
      const std::size_t half = line.text.size() / 2;  // a long line stands in several entries
      docker.text += entry(line.text.substr(0, half)) + entry(line.text.substr(half) + '\n');
      containerd.text += "2026-10-01T09:30:01.120000000Z stdout F " + line.text + '\n';
    }
    CHECK(import_nccl_tests(docker).measurements.size() == figures);
    CHECK(import_nccl_tests(containerd).measurements.size() == figures);
    CHECK(import_nccl_tests(docker).measurements.front().reason.find("(line ") !=
          std::string::npos);
  }

  TEST_CASE("a mark of UTF-8 before an output is no part of it") {
    Source marked = source_of("google_benchmark.json");
    marked.text = "\xEF\xBB\xBF" + marked.text;
    CHECK(import_google_benchmark(marked).measurements.size() ==
          import_google_benchmark(source_of("google_benchmark.json")).measurements.size());
  }
}

}  // namespace assay::reported
