// What launchers and log files put around an output comes off its lines.
#include <doctest/doctest.h>

#include <sstream>

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
    for (const char* prefix :
         {"node-0: ", "Nov 05 10:11:12 node-0 nccl[1234]: ", "Nov  5 10:11:12 node-0 kubelet: ",
          "\u00a0\u00a0", "[default0]:", "[rank0]: ", "[1,mpirank:0,algo-1]<stdout>:",
          "(Task pid=4711) ", "(Task pid=4711, ip=192.0.2.7) "}) {
      CAPTURE(prefix);
      CHECK(import_nccl_tests(with_prefix(prefix)).measurements.size() == plain);
    }
    Source some = source_of("nccl_2021.txt");
    some.text = "node-0: ready\n" + some.text;  // not before every line: nothing is taken off
    CHECK(lines_of(some).front().text == "node-0: ready");
  }

  TEST_CASE("hosts and times and logs come off the lines of every tool") {
    struct Tool {
      const char* file;
      Result (*import)(const Source&);
    };
    for (const Tool& tool : {Tool{"nccl_2021.txt", import_nccl_tests},
                             {"nvbandwidth.txt", import_nvbandwidth},
                             {"dcgmi.txt", import_dcgmi},
                             {"nvbandwidth.json", import_nvbandwidth}}) {
      const Source plain = source_of(tool.file);
      const Result expected = tool.import(plain);
      for (const std::string prefix : {"[node-0] ",
                                       "[1701249133.123456] ",
                                       "[1701249133] ",
                                       "[    5.012345] ",
                                       "[0] ",
                                       "I1129 09:12:13.123456 1234 file.cc:12] ",
                                       "I20231129 09:12:13.123456 1234 file.cc:12] ",
                                       "I1129 09:12:13.123456       1 main.go:120] ",
                                       "2023-11-29T09:12:13.123456789Z ",
                                       "2023-11-29T09:12:13.123000+00:00 job/default/0a1b2c ",
                                       "1701249133123 ",
                                       "1701249133123\t",
                                       "1701249133.123 ",
                                       "1701249133123,",
                                       "[pod/a-0/main] 2023-11-29T09:12:13.123456789Z ",
                                       "\x1b[36m[node-0]\x1b(B\x1b[m ",
                                       "[36m(Task pid=4711)[0m ",
                                       "[node-0]: ",
                                       "(node-0) ",
                                       "[node-0] [rank0] ",
                                       "2023-11-29 09:12:13,123 - INFO - ",
                                       "2023-11-29T09:12:13Z  INFO  ",
                                       "[2023-11-29 09:12:13,123] [INFO] ",
                                       "2023-11-29T09:12:13+0000 node-0 nccl[12]: ",
                                       "INFO 2023-11-29 09:12:13,123 ",
                                       "[INFO] 2023-11-29 09:12:13 ",
                                       "INFO 11-29 09:12:13 runner.py:33] ",
                                       "INFO 11-29 09:12:13 [runner.py:33] ",
                                       "INFO:root:",
                                       "2023-11-29 09:12:13,123 - runner - INFO - ",
                                       "[2023-11-29 09:12:13,123][INFO] ",
                                       "[2023-11-29 09:12:13,123][runner][INFO] - ",
                                       "[2023-11-29, 09:12:13 UTC] {subprocess.py:93} INFO - ",
                                       "[2023-11-29T09:12:13.123+0000] {pod.py:4} INFO - [base] ",
                                       "2023-11-29T09:12:13.123456Z 01O ",
                                       "2023/11/29 09:12:13 ",
                                       "<14>1 2023-11-29T09:12:13Z node-0 nccl 12 - - ",
                                       "(head, rank=0, pid=4711) ",
                                       "node-0 09:12:13 ",
                                       "node-0 2023-11-29T09:12:13.123Z ",
                                       "| ",
                                       ">> ",
                                       "0|",
                                       "0| ",
                                       "    ",
                                       "[09:12:13] ",
                                       "09:12:13.123 "}) {
        CAPTURE(tool.file);
        CAPTURE(prefix);
        Source source = plain;
        source.text = prefix.ends_with(',') ? "timestamp,message\n" : "";
        std::istringstream lines(plain.text);
        for (std::string line; std::getline(lines, line);) source.text += prefix + line + '\n';
        const Result result = tool.import(source);
        CHECK(result.imported->checks.size() == expected.imported->checks.size());
        REQUIRE(result.measurements.size() == expected.measurements.size());
        for (std::size_t i = 0; i < result.measurements.size(); ++i) {
          CHECK(result.measurements[i].scope.members == expected.measurements[i].scope.members);
          CHECK(result.measurements[i].metrics == expected.measurements[i].metrics);
        }
      }
    }
  }

  TEST_CASE("a block of Markdown and the source of a page hold the output that was copied") {
    for (const char* file : {"nccl_mpirun.txt", "nccl.json"}) {
      const Source plain = source_of(file);
      const std::size_t figures = import_nccl_tests(plain).measurements.size();
      Source fenced = plain, quoted = plain, page = plain;
      fenced.text = "```text\n";
      quoted.text = "| ```\n";
      for (const Line& line : lines_of(plain)) {
        fenced.text += "node-0: " + line.text + '\n';
        quoted.text += "| " + line.text + '\n';
      }
      fenced.text += "```\n";
      quoted.text += "| ```\n";
      page.text.clear();
      for (const char c : plain.text)
        page.text += c == '<'   ? "&lt;"
                     : c == '>' ? "&gt;"
                     : c == '"' ? "&quot;"
                                : std::string(1, c);
      CAPTURE(file);
      CHECK(import_nccl_tests(fenced).measurements.size() == figures);
      CHECK(import_nccl_tests(quoted).measurements.size() == figures);
      CHECK(import_nccl_tests(page).measurements.size() == figures);
    }
    Source table = source_of("dcgmi.txt");
    const std::size_t checks = import_dcgmi(table).imported->checks.size();
    Source unknown = table;
    unknown.text.clear();
    for (const Line& line : lines_of(table))
      unknown.text += "flux-job: task 0: " + line.text + '\n';
    CHECK(import_dcgmi(unknown).imported->checks.size() == checks);
    table.text = "| Denylist | Pass |\n| PCIe | Fail |\n";  // its bars are its own
    CHECK(lines_of(table).front().text == "| Denylist | Pass |");
    table.text = "R&D &amp;lt; 5\n";
    CHECK(lines_of(table).front().text == "R&D &lt; 5");
  }

  TEST_CASE("lines with commas stand in quotes in a table of CloudWatch") {
    Source source = source_of("nccl_2021.txt");
    source.text = "timestamp,message\n1701249133123,\"say \"\"1, 2\"\"\"\n1701249133124,\n";
    const std::vector<Line> lines = lines_of(source);
    CHECK(lines[1].text == "say \"1, 2\"");
    CHECK(lines[2].text.empty());
  }

  TEST_CASE("what stands before some lines only is their own word") {
    for (const char* own :
         {"[CUDA_ERROR_OUT_OF_MEMORY] out of memory", "1701249133123 4 float", "sum/all ranks"}) {
      Source source = source_of("nvbandwidth.txt");
      source.text = own + ("\n" + source.text);
      CHECK(lines_of(source).front().text == own);
    }
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
