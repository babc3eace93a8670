// What each tool's output becomes, in the formats of several versions and behind launchers.
#include "harness/reported/import.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/rate.h"
#include "harness/reported/source.h"
#include "tests/reported/outputs.h"

namespace assay::reported {

namespace {

/// Every document must be valid, and nothing in it count as verified.
Result checked(Result result) {
  validate(to_json(result), DocumentKind::result, "imported");
  CHECK(result_from_json(to_json(result)).imported->tool == result.imported->tool);
  for (const Measurement& one : result.measurements) {
    CHECK_FALSE(rate_of(one));
    CHECK_FALSE(one.samples);
  }
  return result;
}

const Measurement& figure(const Result& result, const std::string& id) {
  const auto found = std::find_if(result.measurements.begin(), result.measurements.end(),
                                  [&](const Measurement& one) { return one.id.str() == id; });
  REQUIRE_MESSAGE(found != result.measurements.end(), id);
  return *found;
}

double metric(const Measurement& one, const char* name) {
  REQUIRE_MESSAGE(one.metrics.contains(name), name);
  return one.metrics.at(name);
}

std::vector<std::string> checks_of(const Result& result) {
  std::vector<std::string> lines;
  for (const ReportedCheck& one : result.imported->checks)
    lines.push_back(one.name + " " + one.subject + " " + one.status +
                    (one.detail.empty() ? "" : " (" + one.detail + ")"));
  return lines;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a table of nccl-tests behind mpirun becomes the cases of its ranks") {
    const Result result = checked(import_nccl_tests(source_of("nccl_mpirun.txt")));
    CHECK(result.status == RunStatus::complete);
    CHECK(result.run.world_size == 4);
    CHECK(result.imported->version == "2.17.1");
    CHECK(result.software.at("nccl") == "2.28.3");
    CHECK(result.measurements.size() == 8);
    const Measurement& one = figure(result, "all_reduce.f32.nccl/bytes8388608_ranks4");
    CHECK(one.status == MeasurementStatus::reported);
    CHECK(metric(one, "time_s") == doctest::Approx(220.4e-6));
    CHECK(metric(one, "bus_bandwidth_bytes_per_s") == doctest::Approx(1.5 * 8388608 / 220.4e-6));
    CHECK(one.scope.level == "cluster");
    CHECK(one.scope.members == std::vector<std::string>{"alpha/device0", "alpha/device1",
                                                        "beta/device0", "beta/device1"});
    CHECK(one.reason == "reported by nccl-tests (line 19), not verified by Assay");
    figure(result, "all_reduce.f32.nccl_in_place/bytes1048576_ranks4");
    REQUIRE(result.nodes.size() == 2);
    CHECK(result.nodes[1].devices[1].pci_bus_id == "0000:43:00");
  }

  TEST_CASE("a device whose product has published figures has the name of its baselines") {
    Source source = source_of("nccl_mpirun.txt");
    const std::string example = "NVIDIA Example 80GB";
    CHECK_FALSE(import_nccl_tests(source).nodes[0].devices[0].sku);
    for (auto at = source.text.find(example); at != std::string::npos;
         at = source.text.find(example))
      source.text.replace(at, example.size(), "NVIDIA H100 80GB HBM3");
    CHECK(import_nccl_tests(source).nodes[1].devices[0].sku == "h100-sxm");
  }

  TEST_CASE("a table of 2021 without a root and with an error column is read") {
    const Result result = checked(import_nccl_tests(source_of("nccl_2021.txt")));
    CHECK(result.measurements.size() == 6);
    const Measurement& one = figure(result, "reduce_scatter.f32.nccl/bytes4194304_ranks4");
    CHECK(one.scope.level == "node");
    CHECK(metric(one, "bus_bandwidth_bytes_per_s") == doctest::Approx(0.75 * 4194304 / 104e-6));
  }

  TEST_CASE("a table without in-place columns behind kubectl keeps wrong answers as failures") {
    const Result result = checked(import_nccl_tests(source_of("nccl_kubectl.txt")));
    CHECK(result.measurements.size() == 2);
    CHECK(figure(result, "all_gather.f16.nccl/bytes2097152_ranks2").series == Series::graph);
    const Measurement& wrong = figure(result, "all_gather.f16.nccl/bytes4194304_ranks2");
    CHECK(wrong.status == MeasurementStatus::failed_verification);
    CHECK(wrong.reason == "nccl-tests found 17 wrong elements (line 7)");
    CHECK(result.imported->left_out == std::vector<std::string>{"rows of type double: 1"});
  }

  TEST_CASE("the JSON of nccl-tests gives what its table does and when it began") {
    const Result result = checked(import_nccl_tests(source_of("nccl.json")));
    CHECK(result.run.started == "2026-09-14T11:20:00Z");
    CHECK(result.software.at("nccl") == "2.27.5");
    CHECK(result.measurements.size() == 4);
    CHECK(metric(figure(result, "all_to_all.bf16.nccl/bytes16777216_ranks8"), "time_s") ==
          doctest::Approx(75e-6));
    CHECK(result.imported->left_out == std::vector<std::string>{"rows of type int64: 1"});
  }

  TEST_CASE("a table of 2020 whose algbw is its busbw is read by its times") {
    Source source = source_of("nccl_2021.txt");
    source.text =
        "./all_gather_perf -b 128M -e 128M -g 2\n"
        "#   Rank  0 Pid   2733 on box device  0 [0x02] Example\n"
        "#   Rank  1 Pid   2733 on box device  1 [0x03] Example\n"
        "#       size         count    type     time   algbw   busbw  error\n"
        "   134217728      16777216   float   3200.0   20.97   20.97  0e+00\n"
        "# Avg bus bandwidth    : 20.97\n";
    const Result result = checked(import_nccl_tests(source));
    CHECK(metric(figure(result, "all_gather.f32.nccl/bytes134217728_ranks2"), "bytes_per_s") ==
          doctest::Approx(134217728 / 3200e-6));
  }

  TEST_CASE("a time that is printed with one digit is not called damaged") {
    Source source = source_of("nccl_2021.txt");
    source.text =
        "all_gather_perf\n#  Rank  0 Group  0 Pid 27 on box device  0 [0x01] Example\n"
        "#       size         count      type   redop    root     time   algbw   busbw #wrong\n"
        "    33554432       8388608     float    none      -1     0.05  619657.10  0.00      0\n";
    CHECK(import_nccl_tests(source).measurements.size() == 1);
    source.text.replace(source.text.find("0.05"), 4, "5.05");
    CHECK_THROWS_AS(import_nccl_tests(source), Error);
  }

  TEST_CASE(
      "the times that Open MPI prints before its tags and the mark of a quotation are taken off") {
    Source source = source_of("nccl_mpirun.txt");
    const Result plain = import_nccl_tests(source);
    for (const std::string prefix : {"Mon Sep  7 10:11:12 2026", "> "}) {
      Source marked = source;
      for (std::size_t at = 0; at < marked.text.size();) {
        marked.text.insert(at, prefix);
        at = marked.text.find('\n', at);
        if (at != std::string::npos) ++at;
      }
      CHECK(import_nccl_tests(marked).measurements.size() == plain.measurements.size());
    }
  }

  TEST_CASE("a table that ends early makes an interrupted document") {
    Source source = source_of("nccl_mpirun.txt");
    source.text.resize(source.text.find("[1,0]<stdout>:# Out of bounds"));
    CHECK(import_nccl_tests(source).status == RunStatus::interrupted);
  }

  TEST_CASE("the matrices of nvbandwidth become copies from device to device") {
    const Result result = checked(import_nvbandwidth(source_of("nvbandwidth.txt")));
    CHECK(result.software.at("driver") == "580.65.06");
    REQUIRE(result.nodes.size() == 1);
    CHECK(result.nodes[0].name == "zeta");
    const Measurement& up = figure(result, "host_to_device.f32.nvbandwidth_ce/unstated");
    CHECK(metric(up, "bytes_per_s") == doctest::Approx(55.21e9));
    CHECK(up.scope.members == std::vector<std::string>{"zeta/device0"});
    // `GPU(row) <- GPU(column)`: row 0 of column 1 is a copy from device 1.
    const Measurement& copy = figure(result, "device_to_device.f32.nvbandwidth_write_ce/unstated");
    CHECK(metric(copy, "bytes_per_s") == doctest::Approx(390.12e9));
    CHECK(copy.scope.members == std::vector<std::string>{"zeta/device1", "zeta/device0"});
    CHECK(metric(figure(result, "device_to_device.f32.nvbandwidth_latency_sm/unstated"),
                 "time_s") == doctest::Approx(652.4e-9));
    CHECK(figure(result, "device_to_device.f32.nvbandwidth_multinode_read_ce/unstated").status ==
          MeasurementStatus::not_applicable);
    const Measurement& broken = figure(result, "all_to_host_memcpy_ce.f32.nvbandwidth/unstated");
    CHECK(broken.status == MeasurementStatus::error);
    CHECK(broken.reason.starts_with("[CUDA_ERROR_OUT_OF_MEMORY]"));
    CHECK(result.measurements.size() == 8);
  }

  TEST_CASE("the three matrices of a bidirectional test are three cases") {
    Source source = source_of("nvbandwidth.txt");
    source.text = "Running device_to_device_bidirectional_memcpy_read_ce.\n";
    for (const std::string part : {"Read1", "Read2", "Total"}) {
      source.text += "memcpy CE GPU(row) <-> GPU(column) " + part +
                     " bandwidth (GB/s)\n 0 1\n 0 N/A 76" + (part == "Total" ? "0" : "") +
                     "\n 1 75 N/A\n\nSUM device_to_device_bidirectional_memcpy_read_ce_" +
                     word_from(part) + " 151\nCOEFFICIENT_OF_VARIATION x 0.00\n\n";
    }
    const Result result = checked(import_nvbandwidth(source));
    CHECK(result.measurements.size() == 6);
    const std::string start = "device_to_device.f32.nvbandwidth_bidirectional_read_ce_";
    CHECK(metric(figure(result, start + "read1/unstated"), "bytes_per_s") == doctest::Approx(76e9));
    CHECK(metric(figure(result, start + "total/unstated"), "bytes_per_s") ==
          doctest::Approx(760e9));
  }

  TEST_CASE("a waiver after figures does not take them away") {
    Source source = source_of("nvbandwidth.txt");
    const std::string sum = "SUM host_to_device_memcpy_ce 110.55\n";
    source.text.insert(source.text.find(sum) + sum.size(), "\nWaived: \n");
    const Result result = import_nvbandwidth(source);
    CHECK(result.measurements.size() == 8);
    CHECK(metric(figure(result, "host_to_device.f32.nvbandwidth_ce/unstated"), "bytes_per_s") ==
          doctest::Approx(55.21e9));
  }

  TEST_CASE("a matrix whose line Running was cut has the name of its sum or is refused") {
    Source source = source_of("nvbandwidth.txt");
    const std::string running = "Running host_to_device_memcpy_ce.\n";
    source.text.replace(source.text.find(running), running.size(), "...\n");
    CHECK(import_nvbandwidth(source).measurements.size() == 8);
    const std::string sum = "SUM host_to_device_memcpy_ce 110.55\n";
    source.text.replace(source.text.find(sum), sum.size(), "\n");
    CHECK_THROWS_AS(import_nvbandwidth(source), Error);
  }

  TEST_CASE("a matrix of nvbandwidth is read in the unit that it names") {
    for (const char* file : {"nvbandwidth.txt", "nvbandwidth.json"}) {
      const auto rates_in = [&](const std::string& unit, const std::string& by) {
        Source source = source_of(file);
        for (std::size_t at = 0; (at = source.text.find(unit, at)) != std::string::npos; ++at)
          source.text.replace(at, unit.size(), by);
        const Result result = import_nvbandwidth(source);
        const auto& metrics = result.measurements.front().metrics;
        return metrics.contains("time_s") ? metrics.at("time_s") : metrics.at("bytes_per_s");
      };
      CAPTURE(file);
      const double rate = rates_in("(GB/s)", "(GB/s)");
      CHECK(rates_in("(GB/s)", "(MB/s)") == doctest::Approx(rate * 1e-3));
      CHECK(rates_in("(GB/s)", "(TB/s)") == doctest::Approx(rate * 1e3));
      CHECK(rates_in("(GB/s)", "(GiB/s)") == doctest::Approx(rate * 1.073741824));
      CHECK(rates_in("(GB/s)", "(us)") == doctest::Approx(rate * 1e-15));
    }
  }

  TEST_CASE("a test that nvbandwidth 0.2 waives is not applicable") {
    Source source = source_of("nvbandwidth.txt");
    source.text += "\nWaiving device_to_host_memcpy_ce.\n";
    const Result result = import_nvbandwidth(source);
    const Measurement& waived = figure(result, "device_to_host.f32.nvbandwidth_ce/unstated");
    CHECK(waived.status == MeasurementStatus::not_applicable);
    CHECK(waived.reason.starts_with("waived by nvbandwidth (line "));
  }

  TEST_CASE("the JSON of nvbandwidth keeps what was waived and what failed") {
    const Result result = checked(import_nvbandwidth(source_of("nvbandwidth.json")));
    CHECK(result.nodes.at(0).name == "eta");
    CHECK(metric(figure(result, "device_to_host.f32.nvbandwidth_ce/unstated"), "bytes_per_s") ==
          doctest::Approx(52.5e9));
    CHECK(
        figure(result, "device_to_device.f32.nvbandwidth_bidirectional_read_sm/unstated").status ==
        MeasurementStatus::not_applicable);
    CHECK(figure(result, "device_local_copy.f32.nvbandwidth/unstated").reason ==
          "ran out of patience (/nvbandwidth/testcases/2)");
  }

  TEST_CASE("the checks of DCGM 3 and 4 are kept device by device") {
    const Result old = checked(import_dcgmi(source_of("dcgmi_3.json")));
    CHECK(old.imported->version == "3.1.8");
    CHECK(checks_of(old) == std::vector<std::string>{
                                "Denylist unstated/device0 pass", "Denylist unstated/device1 pass",
                                "Memory unstated/device0 pass (Allocated 74 GiB)",
                                "Memory unstated/device1 fail (Three bits of a row differ.)",
                                "EUD Test unstated/device0 skipped",
                                "EUD Test unstated/device1 unknown"});
    const Result now = checked(import_dcgmi(source_of("dcgmi_4.json")));
    CHECK(now.imported->version == "4.2.3");
    CHECK(checks_of(now) ==
          std::vector<std::string>{
              "software unstated/device0 pass", "software of CPU unstated skipped",
              "targeted_power unstated/device0 warn (Clocks were held down by heat.)",
              "pulse_test unstated skipped (not on this part)"});
  }

  TEST_CASE("the table of dcgmi diag is read with its warnings") {
    const Result result = checked(import_dcgmi(source_of("dcgmi.txt")));
    CHECK(result.software.at("driver") == "550.54.15");
    CHECK(checks_of(result) ==
          std::vector<std::string>{
              "Denylist unstated pass", "PCIe unstated pass",
              "GPU Memory unstated/device1 fail (GPU 1 returned other bits than were written at "
              "the same address, twice.)",
              "targeted_stress unstated skipped", "targeted_stress unstated/device0 skipped"});
  }

  TEST_CASE("a check of dcgmi diag that some devices fail is a failure of these") {
    Source source = source_of("dcgmi.txt");
    source.text =
        "|-----  Stress  -----------+-----------------------|\n"
        "| Targeted Stress          | Pass - GPUs: 0, 2     |\n"
        "|                          | Fail - GPU: 1         |\n"
        "| Warning                  | Failed to keep 90 %   |\n"
        "|                          | of the target         |\n";
    CHECK(checks_of(import_dcgmi(source)) ==
          std::vector<std::string>{
              "Targeted Stress unstated/device0 pass", "Targeted Stress unstated/device2 pass",
              "Targeted Stress unstated/device1 fail (Failed to keep 90 % of the target)"});
  }

  TEST_CASE("repetitions of Google Benchmark become one figure and its own median counts") {
    const Result result = checked(import_google_benchmark(source_of("google_benchmark.json")));
    CHECK(result.run.started == "2026-08-03T12:05:06Z");
    CHECK(result.nodes.at(0).name == "theta");
    const Measurement& copy = figure(result, "bm_copy_float.unstated.google_benchmark/a4096");
    CHECK(metric(copy, "time_s") == doctest::Approx(1.52e-6));
    CHECK(metric(copy, "repetitions") == 3);
    CHECK(metric(copy, "bytes_per_s") == doctest::Approx(8192 / 1.52e-6));
    CHECK(copy.extensions["name"] == "BM_Copy<float>/4096/manual_time");
    CHECK(copy.group == copy.id.group());
    // Another benchmark whose name differs in signs only.
    CHECK(metric(figure(result, "bm_copy_float.unstated.google_benchmark_2/a4096"), "time_s") ==
          doctest::Approx(2e-6));
    CHECK(metric(figure(result, "bm_sort.unstated.google_benchmark/n1000_threads2"), "time_s") ==
          doctest::Approx(1.25e-3));
    CHECK(figure(result, "bm_open.unstated.google_benchmark/unstated").status ==
          MeasurementStatus::error);
    CHECK(result.imported->left_out.size() == 1);
  }

  TEST_CASE(
      "a skipped benchmark is not applicable and a counter without a value takes nothing away") {
    Source source = source_of("google_benchmark.json");
    const std::size_t first = source.text.find("\"benchmarks\"");
    const std::size_t at = source.text.find('{', first);
    source.text.insert(at, R"({
      "name": "BM_Gpu", "run_name": "BM_Gpu", "run_type": "iteration", "iterations": 0,
      "skipped": true, "skip_message": "no GPU",
      "rate": NaN,
      "best": -Infinity,
      "real_time": 0.0, "time_unit": "ns"
    },
    )");
    const Result result = checked(import_google_benchmark(source));
    const Measurement& skipped = figure(result, "bm_gpu.unstated.google_benchmark/unstated");
    CHECK(skipped.status == MeasurementStatus::not_applicable);
    CHECK(skipped.reason == "no GPU (/benchmarks/0)");
    const Result plain = import_google_benchmark(source_of("google_benchmark.json"));
    CHECK(result.measurements.size() == plain.measurements.size() + 1);
  }

  TEST_CASE("what nvbandwidth prints before a matrix with --verbose does not replace its figures") {
    Source source = source_of("nvbandwidth.txt");
    const std::string running = "Running host_to_device_memcpy_ce.\n";
    source.text.insert(source.text.find(running) + running.size(),
                       "\tSample 0: CPU -> 0: 55.20 GB/s\n\tSample 1: CPU -> 0: 55.21 GB/s\n");
    const Result result = checked(import_nvbandwidth(source));
    CHECK(result.measurements.size() == 8);
    CHECK(metric(figure(result, "host_to_device.f32.nvbandwidth_ce/unstated"), "bytes_per_s") ==
          doctest::Approx(55.21e9));
  }

  TEST_CASE("the nodes of nvbandwidth over MPI are those of its processes alone") {
    Source source = source_of("nvbandwidth.txt");
    source.text =
        "nvbandwidth Version: v0.7\n\n"
        "Process 0 (n01): device 0: NVIDIA GB200 (00000008:01:00)\n"
        "Process 1 (n02): device 0: NVIDIA GB200 (00000008:01:00)\n\n"
        "Running multinode_device_to_device_memcpy_read_ce.\n"
        "memcpy CE GPU(row) -> GPU(column) bandwidth (GB/s)\n"
        "           0         1\n 0       N/A    798.02\n 1    798.10       N/A\n\n"
        "SUM multinode_device_to_device_memcpy_read_ce 1596.12\n\n"
        "Running multinode_bisect_write_ce.\nWaived: \n";
    const Result result = checked(import_nvbandwidth(source));
    REQUIRE(result.nodes.size() == 2);
    CHECK(result.nodes[0].name == "n01");
    CHECK(result.nodes[1].name == "n02");
    REQUIRE(result.measurements.size() == 3);
    CHECK(result.measurements[0].scope.members ==
          std::vector<std::string>{"n01/device0", "n02/device0"});
    CHECK(result.measurements[2].scope.members == std::vector<std::string>{"n01", "n02"});
  }

  TEST_CASE(
      "a status of dcgmi diag that is not known is unknown and no word about the test before") {
    Source source = source_of("dcgmi.txt");
    source.text =
        "|-----  Hardware  ---------+-----------------------|\n"
        "| memory                   | Skip                  |\n"
        "| diagnostic               | Not Run               |\n"
        "| pulse_test               | Pass                  |\n";
    CHECK(checks_of(import_dcgmi(source)) ==
          std::vector<std::string>{"memory unstated skipped",
                                   "diagnostic unstated unknown (Not Run)",
                                   "pulse_test unstated pass"});
  }
}

}  // namespace assay::reported
