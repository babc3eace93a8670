// Kinds of output that people posted in public issues, reduced to what is particular in them.
#include <doctest/doctest.h>

#include <algorithm>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/reported/import.h"
#include "harness/reported/source.h"
#include "tests/core/refusal.h"

namespace assay::reported {

namespace {

Source of(const std::string& text) { return {"out", "out", text, "", std::nullopt}; }

const Measurement& measured(const Result& result, const std::string& id) {
  validate(to_json(result), DocumentKind::result, "imported");
  const auto found = std::find_if(result.measurements.begin(), result.measurements.end(),
                                  [&](const Measurement& one) { return one.id.str() == id; });
  REQUIRE_MESSAGE(found != result.measurements.end(), id);
  return *found;
}

const std::string kRanks =
    "all_reduce_perf\n"
    "#   Rank  0 Pid 26528 on box device  0 [0x07] Example\n"
    "#   Rank  1 Pid 26529 on box device  1 [0x0a] Example\n";

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("an error within the tolerance that nccl-tests had is no wrong answer") {
    const auto imported = [](const std::string& type, const std::string& error) {
      const std::string row =
          "     1048576   262144  " + type + "  sum   40.20   26.08   26.08  " + error + "\n";
      return import_nccl_tests(of(kRanks +
                                  "#  size  count  type  redop  time  algbw  busbw  error\n" + row +
                                  "# Avg bus bandwidth : 26\n"));
    };
    const auto status = [&](const std::string& error) {
      return measured(imported("float", error), "all_reduce.f32.nccl/bytes1048576_ranks2").status;
    };
    for (const char* right : {"0e+00", "5e-07", "1e-05"})
      CHECK(status(right) == MeasurementStatus::reported);
    for (const char* wrong : {"2e-05", "1e+00", "inf", "nan", "-nan"})
      CHECK(status(wrong) == MeasurementStatus::failed_verification);
    CHECK(measured(imported("float", "1e+00"), "all_reduce.f32.nccl/bytes1048576_ranks2").reason ==
          "nccl-tests found an answer that is off by 1e+00 (line 5)");
    CHECK(measured(imported("half", "1e-02"), "all_reduce.f16.nccl/bytes1048576_ranks2").status ==
          MeasurementStatus::reported);
    CHECK(measured(imported("int8", "1e-07"), "all_reduce.int8.nccl/bytes1048576_ranks2").status ==
          MeasurementStatus::failed_verification);
  }

  TEST_CASE("the host's time of report_cputime is not the time of a collective") {
    const Result result = import_nccl_tests(
        of(kRanks + "#  size  count  type  redop  root  cputime  algbw  busbw  #wrong\n"
                    "          16         4  float  sum  -1   2.50    0.00    0.00  0\n"
                    "     1048576    262144  float  sum  -1   2.50   26.08   26.08  0\n"
                    "# Avg bus bandwidth : 26\n"));
    CHECK(result.measurements.size() == 1);
    const Measurement& one = measured(result, "all_reduce.f32.nccl/bytes1048576_ranks2");
    CHECK_FALSE(one.metrics.contains("time_s"));
    CHECK(one.metrics.at("bytes_per_s") == doctest::Approx(26.08e9));
    CHECK(one.metrics.at("bus_bandwidth_bytes_per_s") == doctest::Approx(26.08e9));
    CHECK(
        result.imported->left_out ==
        std::vector<std::string>{"figures that are only the host's time, of --report_cputime: 1"});
  }

  TEST_CASE("a wrong answer in a row that has no case is told where the row is left out") {
    const Result result = import_nccl_tests(
        of(kRanks + "#  size  count  type  redop  root  time  algbw  busbw  #wrong\n"
                    "     1048576    262144  float   sum   -1   40.20   26.08   26.08  0\n"
                    "     1048576    131072  double  sum   -1   40.20   26.08   26.08  7\n"
                    "     1048576    262144  float   max   -1   40.20   26.08   26.08  0\n"
                    "# Avg bus bandwidth : 26\n"));
    CHECK(result.imported->left_out ==
          std::vector<std::string>{
              "rows of redop max: 1",
              "rows of type double, of which nccl-tests found answers wrong: 1"});
  }

  TEST_CASE("wrong answers that only the count at the end tells of are told of too") {
    const auto left_out = [](const std::string& wrong, const std::string& end) {
      return import_nccl_tests(
                 of(kRanks + "#  size  count  type  redop  root  time  algbw  busbw  #wrong\n" +
                    "     1048576    262144  float   sum   -1   40.20   26.08   26.08  " + wrong +
                    "\n# Out of bounds values : " + end + "\n# Avg bus bandwidth : 26\n"))
          .imported->left_out;
    };
    const std::vector<std::string> told = {
        "rows that are not here, of which nccl-tests found answers wrong: 3"};
    CHECK(left_out("0", "3 FAILED") == told);
    CHECK(left_out("N/A", "3 FAILED") == told);
    CHECK(left_out("0", "0 OK").empty());
    CHECK(left_out("7", "1 FAILED").empty());  // the row says it itself
    const auto left_out_of_json = [](const char* count) {
      return import_nccl_tests(of(std::string(R"({"args": ["all_reduce_perf"], "config": {
          "devices": [{"rank": 0, "hostname": "a", "device": 0},
                      {"rank": 1, "hostname": "a", "device": 1}]},
          "results": [{"size": 1048576, "type": "float", "redop": "sum", "root": "    -1",
            "out_of_place": {"time": 100.0, "alg_bw": 10.48576, "bus_bw": 10.48576, "nwrong": 0}}],
          "out_of_bounds": {"okay": false, "count": )") +
                                  count + "}}"))
          .imported->left_out;
    };
    CHECK(left_out_of_json("3") == told);
    CHECK(left_out_of_json("0").empty());
    CHECK(left_out_of_json("-1").empty());
  }

  TEST_CASE("rows that nccl-tests repeats become their median and tell how many they were") {
    const std::string heading =
        "#  size  count  type  redop  root  time  algbw  busbw  #wrong  time  algbw  busbw  "
        "#wrong\n";
    const auto row = [](const std::string& time, const std::string& rate,
                        const std::string& wrong) {
      return "  1048576  262144  float  sum  -1  " + time + "  " + rate + "  " + rate +
             "  0  40.20  26.08  26.08  " + wrong + "\n";
    };
    const Result result = import_nccl_tests(
        of(kRanks + heading + row("40.20", "26.08", "0") + row("80.00", "13.11", "0") +
           row("41.20", "25.45", "9") + row("41.00", "25.58", "0") + "# Avg bus bandwidth : 26\n"));
    REQUIRE(result.measurements.size() == 2);
    const Measurement& one = measured(result, "all_reduce.f32.nccl/bytes1048576_ranks2");
    CHECK(one.metrics.at("time_s") == doctest::Approx(41.1e-6));
    CHECK(one.metrics.at("bytes_per_s") == doctest::Approx(1048576 / 41.1e-6));
    CHECK(one.metrics.at("repetitions") == 4);
    CHECK(
        one.reason ==
        "reported by nccl-tests (the median of 4 rows, the first: line 5), not verified by Assay");
    CHECK_FALSE(one.samples);
    const Measurement& wrong = measured(result, "all_reduce.f32.nccl_in_place/bytes1048576_ranks2");
    CHECK(wrong.status == MeasurementStatus::failed_verification);
    CHECK(wrong.reason == "nccl-tests found 9 wrong elements (line 7)");
  }

  TEST_CASE("of a table of all roots the rows of the first are taken") {
    const auto row = [](const std::string& root, const std::string& wrong) {
      return "  1048576  262144  float  none  " + root + "  40.20  26.08  26.08  " + wrong + "\n";
    };
    const Result result =
        import_nccl_tests(of("broadcast_perf\n" + kRanks.substr(kRanks.find('#')) +
                             "#  size  count  type  redop  root  time  algbw  busbw  #wrong\n" +
                             row("0", "0") + row("1", "3") + "# Avg bus bandwidth : 26\n"));
    CHECK(result.measurements.size() == 1);
    CHECK(result.imported->left_out ==
          std::vector<std::string>{"rows of root 1, where the first is of root 0, of which "
                                   "nccl-tests found answers wrong: 1"});
  }

  TEST_CASE("one log of the same run on two nodes has the figures of both") {
    const auto run_on = [](const std::string& host) {
      std::string ranks = kRanks;
      for (std::size_t at = 0; (at = ranks.find(" box ", at)) != std::string::npos;)
        ranks.replace(at, 5, " " + host + " ");
      return ranks +
             "#  size  count  type  redop  root  time  algbw  busbw  #wrong\n"
             "  1048576  262144  float  sum  -1  40.20  26.08  26.08  0\n"
             "# Avg bus bandwidth : 26\n";
    };
    const Result result = import_nccl_tests(of(run_on("one") + run_on("two")));
    REQUIRE(result.measurements.size() == 2);
    CHECK(result.measurements[0].scope.members ==
          std::vector<std::string>{"one/device0", "one/device1"});
    CHECK(result.measurements[1].scope.members ==
          std::vector<std::string>{"two/device0", "two/device1"});
  }

  TEST_CASE("the JSON of nccl-tests names the first rank of a process and means all") {
    const Result result = import_nccl_tests(of(R"({"args": ["./all_reduce_perf", "-g", "4"],
        "config": {"nthreads": 2, "ngpus": 2, "devices": [
          {"rank": 0, "hostname": "a", "device": 0, "device_hex": "0000:1b:00", "device_info": "Example"},
          {"rank": 4, "hostname": "b", "device": 0, "device_hex": "0000:1b:00", "device_info": "Example"}]},
        "results": [{"size": 1048576, "type": "float", "redop": "sum", "root": "    -1",
          "out_of_place": {"time": 100.0, "alg_bw": 10.48576, "bus_bw": 18.35008, "nwrong": 0},
          "in_place": {"time": 100.0, "alg_bw": 10.48576, "bus_bw": 18.35008, "nwrong": 0}}],
        "end_time": "2026-10-01 10:00:00"})"));
    const Measurement& one = measured(result, "all_reduce.f32.nccl/bytes1048576_ranks8");
    CHECK(one.scope.members == std::vector<std::string>{"a/device0", "a/device1", "a/device2",
                                                        "a/device3", "b/device0", "b/device1",
                                                        "b/device2", "b/device3"});
    CHECK(result.nodes[1].devices[0].name == "Example");
    CHECK(result.nodes[1].devices[1].name == "unstated");
  }

  TEST_CASE("calls that nccl-tests made in another manner are another implementation") {
    const std::string rows =
        kRanks +
        "#  size  count  type  redop  root  time  algbw  busbw  #wrong  time  algbw  busbw  "
        "#wrong\n"
        "  1048576  262144  float  sum  -1  40.20  26.08  26.08  0  40.20  26.08  26.08  0\n"
        "# Avg bus bandwidth : 26\n";
    const std::string settings = "# nThread 1 nGpus 1 minBytes 1 maxBytes 2 step: 2(factor) ";
    const Result aggregated = import_nccl_tests(
        of(settings + "warmup iters: 1 iters: 20 agg iters: 4 validation: 1 graph: 0 unalign: 1\n" +
           rows));
    measured(aggregated, "all_reduce.f32.nccl_aggregated4_unaligned1/bytes1048576_ranks2");
    measured(aggregated, "all_reduce.f32.nccl_aggregated4_unaligned1_in_place/bytes1048576_ranks2");
    const Result blocking = import_nccl_tests(
        of(settings + "warmup iters: 1 iters: 20 agg iters: 1 validation: 1 graph: 0\n" +
           "# Blocking Enabled: wait for completion and barrier after each collective \n" + rows));
    measured(blocking, "all_reduce.f32.nccl_blocking/bytes1048576_ranks2");
    const auto of_json = [](const std::string& option) {
      return import_nccl_tests(of(
          R"({"args": ["all_reduce_perf", )" + option +
          R"(], "config": {"aggregated_iterations": 1, "blocking_collectives": "true", "devices": [
          {"rank": 0, "hostname": "a", "device": 0}, {"rank": 1, "hostname": "a", "device": 1}]},
          "results": [{"size": 1048576, "type": "float", "redop": "sum", "root": "    -1",
            "out_of_place": {"time": 100.0, "alg_bw": 10.48576, "bus_bw": 10.48576, "nwrong": 0}}]})"));
    };
    for (const std::string option : {R"("-D", "2")", R"("-D2")", R"("--device_implementation=2")"})
      measured(of_json(option), "all_reduce.f32.nccl_blocking_device2/bytes1048576_ranks2");
  }

  TEST_CASE("a redop that is blank moves no figure of nccl-tests") {
    const Result result = import_nccl_tests(
        of("alltoall_perf\n" + kRanks.substr(kRanks.find('#')) +
           "#  size  count  type  redop  time  algbw  busbw  error  time  algbw  busbw  error\n"
           "  1048576  131072  float         40.20  26.08  13.04  N/A   40.40  25.95  12.98  N/A\n"
           "# Avg bus bandwidth : 13\n"));
    CHECK(measured(result, "all_to_all.f32.nccl/bytes1048576_ranks2").metrics.at("time_s") ==
          doctest::Approx(40.2e-6));
    measured(result, "all_to_all.f32.nccl_in_place/bytes1048576_ranks2");
  }

  TEST_CASE("each run of nvbandwidth in a log has its own buffers and host") {
    const auto run_on = [](const std::string& host, const std::string& size) {
      return "$ ./nvbandwidth -t host_to_device_memcpy_sm -b " + size +
             "\nnvbandwidth Version: v0.8\n\n" + host +
             "\nDevice 0: Example (00000000:99:00)\n\nRunning host_to_device_memcpy_sm.\n"
             "memcpy SM CPU(row) -> GPU(column) bandwidth (GB/s)\n           0\n 0     25.13\n\n"
             "SUM host_to_device_memcpy_sm 25.13\n";
    };
    const Result result =
        import_nvbandwidth(of(run_on("one", "512") + run_on("one", "1024") + run_on("two", "512")));
    REQUIRE(result.measurements.size() == 3);
    measured(result, "host_to_device.f32.nvbandwidth_sm/bytes536870912");
    measured(result, "host_to_device.f32.nvbandwidth_sm/bytes1073741824");
    CHECK(result.measurements[1].scope.members == std::vector<std::string>{"one/device0"});
    CHECK(result.measurements[2].scope.members == std::vector<std::string>{"two/device0"});
    CHECK(test::refusal(
              [&] { import_nvbandwidth(of(run_on("one", "512") + run_on("one", "512"))); }) ==
          "out: line 19: host_to_device.f32.nvbandwidth_sm/bytes536870912 of one/device0 stands "
          "there already (line 7): import one run at a time");
  }

  TEST_CASE("a row of a matrix of nvbandwidth is of the device that its label says") {
    const Result result = import_nvbandwidth(
        of("box\nDevice 0: Example (00000000:19:00)\nDevice 1: Example (00000000:3b:00)\n"
           "Device 2: Example (00000000:4c:00)\n\nRunning device_to_device_memcpy_read_sm.\n"
           "memcpy SM GPU(row) -> GPU(column) bandwidth (GB/s)\n"
           "           0         1         2\n 1       N/A       N/A    395.10\n\n"
           "SUM device_to_device_memcpy_read_sm 395.10\n"));
    REQUIRE(result.measurements.size() == 1);
    CHECK(result.measurements[0].scope.members ==
          std::vector<std::string>{"box/device1", "box/device2"});
  }

  TEST_CASE("bytes that nvbandwidth found to be wrong are a wrong answer") {
    const Result result = import_nvbandwidth(of(
        "Device 0: Example (00000000:34:00)\nDevice 1: Example (00000000:35:00)\n\n"
        "Running device_to_device_memcpy_read_ce.\n"
        " Invalid value when checking the pattern at 0x70a640000000\n Current offset : 11136 \n"
        "ASSERT in expression h_errorFlag == 0 in void memcmpPatternHelper() : memcpy.cpp:165\n"));
    const Measurement& one = measured(result, "device_to_device.f32.nvbandwidth_read_ce/unstated");
    CHECK(one.status == MeasurementStatus::failed_verification);
    CHECK(one.reason ==
          "nvbandwidth found other bytes than were copied: Invalid value when checking the pattern "
          "at 0x70a640000000 (line 4)");
  }

  TEST_CASE("a copy between two nodes is not of one node") {
    const Result result = import_nvbandwidth(
        of("Process 0 (a): device 0: Example\nProcess 1 (b): device 0: Example\n"
           "Process 2 (b): device 1: Example\n\nRunning multinode_device_to_device_x.\n"
           "memcpy CE GPU(row) -> GPU(column) bandwidth (GB/s)\n"
           "      0    1    2\n 0  N/A  700  701\n 1  702  N/A  703\n 2  704  705  N/A\n"));
    REQUIRE(result.measurements.size() == 6);
    for (const Measurement& one : result.measurements) {
      const bool is_inside = one.scope.members[0].front() == one.scope.members[1].front();
      CHECK(one.scope.level == (is_inside ? "node" : "cluster"));
    }
  }

  TEST_CASE("what all peers copy to one device is of that device") {
    const Result result = import_nvbandwidth(
        of("Running all_to_one_write_ce.\nmemcpy CE GPU(row) <- GPU(column) bandwidth (GB/s)\n"
           "      0    1\n 0  187.1  187.2\n\nSUM all_to_one_write_ce 374.3\n"));
    REQUIRE(result.measurements.size() == 2);
    for (const Measurement& one : result.measurements) CHECK(one.scope.level == "device");
    CHECK(result.measurements[1].scope.members.at(0).ends_with("device1"));
  }

  TEST_CASE("aggregates of Google Benchmark before 1.5 are no benchmarks of their own") {
    const Result result = import_google_benchmark(of(R"({"benchmarks": [
        {"name": "BM_A/8", "real_time": 10, "time_unit": "ns"},
        {"name": "BM_A/8", "real_time": 14, "time_unit": "ns"},
        {"name": "BM_A/8_mean", "real_time": 12, "time_unit": "ns"},
        {"name": "BM_A/8_median", "real_time": 11, "time_unit": "ns"},
        {"name": "BM_A/8_stddev", "real_time": 2, "time_unit": "ns"},
        {"name": "BM_A_BigO", "real_coefficient": 1.5, "big_o": "N", "time_unit": "ns"},
        {"name": "BM_A_RMS", "rms": 0.2},
        {"name": "BM_mean", "real_time": 3, "time_unit": "ns"}]})"));
    CHECK(result.measurements.size() == 2);
    CHECK(measured(result, "bm_a.unstated.google_benchmark/a8").metrics.at("time_s") ==
          doctest::Approx(11e-9));
    measured(result, "bm_mean.unstated.google_benchmark/unstated");
    CHECK(result.imported->left_out ==
          std::vector<std::string>{"\"BM_A\": neither a repetition nor a median"});
  }

  TEST_CASE("a benchmark of no time takes no other away and own counters are kept") {
    const Result result = import_google_benchmark(of(R"({"benchmarks": [
        {"name": "BM_Gone", "run_name": "BM_Gone", "run_type": "iteration", "real_time": 0.0, "time_unit": "ns"},
        {"name": "BM_B", "run_name": "BM_B", "run_type": "iteration", "real_time": 2.0, "time_unit": "ms",
         "items_per_second": 3.5, "GFLOPS": 12.5}]})"));
    REQUIRE(result.measurements.size() == 1);
    const Json& counters = result.measurements.front().extensions["counters"];
    CHECK(counters["GFLOPS"] == 12.5);
    CHECK(counters["items_per_second"] == 3.5);
    const auto& unsaid = result.imported->unsaid;
    CHECK(std::any_of(unsaid.begin(), unsaid.end(), [](const std::string& sentence) {
      return sentence.ends_with("counts them by CPU time");
    }));
    CHECK(result.imported->left_out ==
          std::vector<std::string>{"\"BM_Gone\": a time of 0, as where a compiler left nothing to "
                                   "do"});
  }
}

}  // namespace assay::reported
