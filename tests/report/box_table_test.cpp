// The table that people paste: its width, its units, who is named, and what is below.
#include "harness/report/box_table.h"

#include <doctest/doctest.h>

#include <sstream>

#include "harness/core/plain_text.h"

namespace assay::test {

namespace {

Measurement of_device(const std::string& case_id, const std::string& uuid, const char* metric,
                      double rate) {
  Measurement one;
  one.id = CaseId::parse(case_id);
  one.scope = {"device", {uuid}};
  one.status = MeasurementStatus::measured;
  one.samples.emplace().median_s = 1e-3;
  one.metrics = {{metric, rate}};
  one.verification.emplace().status = Verification::Status::exact;
  return one;
}

/// `nodes` of 8 devices; device 3 of the second is 10 % slower in products.
ReportInput cluster(int nodes) {
  ReportInput input;
  input.assay_version = "9.9";
  input.not_judged = "a test";
  for (int node = 0; node < nodes; ++node) {
    Result& result = input.results.emplace_back();
    result.run.profile_name = "node";
    result.run.backend = "cuda";
    result.software = {{"driver", "580.1"}};
    result.status = RunStatus::complete;
    result.nodes.resize(1);
    result.nodes[0].name = "node-" + std::to_string(node);
    for (int index = 0; index < 8; ++index) {
      DeviceFacts device;
      device.index = index;
      device.name = "Example GPU";
      device.uuid = "GPU-" + std::to_string(node) + "-" + std::to_string(index);
      result.nodes[0].devices.push_back(device);
      input.device_subjects.push_back(device.uuid);
      const double rate = node == 1 && index == 3 ? 630e12 : 700e12;
      for (const char* shape : {"m4096_n4096_k4096", "m8192_n8192_k8192"})
        result.measurements.push_back(of_device(std::string("gemm.bf16.sm90/") + shape, device.uuid,
                                                "flop_per_s", shape[1] == '4' ? rate / 2 : rate));
      result.measurements.push_back(
          of_device("host_to_device.f32.copy_engine/bytes1024", device.uuid, "bytes_per_s", 50e9));
    }
    input.files.push_back(result.nodes[0].name + ".json");
  }
  return input;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The cells of the line that begins with `name`.
std::vector<std::string> cells_of(const std::string& text, const std::string& name) {
  for (const std::string& line : lines_of(text)) {
    if (!line.starts_with("| " + name + " ")) continue;
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; stream >> cell;)
      if (cell != "|") cells.push_back(cell);
    return cells;
  }
  return {};
}

using Cells = std::vector<std::string>;

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a box has a line a device with the units above and the total below") {
    const std::string text = box_table(cluster(2), false);
    CHECK(text.starts_with(kBoxBeginning));
    CHECK(text.find("2 nodes, 16 x Example GPU\ndriver 580.1\n") != std::string::npos);
    CHECK(text.find("TFLOP/s |       GB/s | verdict") != std::string::npos);
    CHECK(cells_of(text, "node-1/3") == Cells{"node-1/3", "630", "50.0"});
    CHECK(cells_of(text, "lowest") == Cells{"lowest", "630", "50.0"});
    CHECK(cells_of(text, "median") == Cells{"median", "700", "50.0"});
    CHECK(cells_of(text, "total") == Cells{"total", "11130", "-"});
    CHECK(text.find("gemm bf16: gemm.bf16.sm90/m8192_n8192_k8192, cold\n") != std::string::npos);
  }

  TEST_CASE("what was simulated is said to be and a host is not") {
    ReportInput input = cluster(1);
    const auto is_called_simulated = [&] {
      return box_table(input, false).find("\nSimulated: no hardware was measured.\n") !=
             std::string::npos;
    };
    CHECK_FALSE(is_called_simulated());
    input.results[0].simulated = true;
    CHECK(is_called_simulated());
    input.results[0].run.backend = "host";
    CHECK_FALSE(is_called_simulated());
  }

  TEST_CASE("above 64 devices a line is a node with its slowest device") {
    const std::string text = box_table(cluster(9), false);
    CHECK(cells_of(text, "node-1") == Cells{"node-1", "630", "50.0"});
    CHECK(cells_of(text, "node-2") == Cells{"node-2", "700", "50.0"});
    CHECK(cells_of(text, "total") == Cells{"total", "50330", "-"});
    CHECK(text.find("a line is a node") != std::string::npos);
  }

  TEST_CASE("a case that failed on every device has its column and a line below") {
    ReportInput input = cluster(2);
    for (Result& result : input.results) {
      for (const DeviceFacts& device : result.nodes[0].devices) {
        Measurement one = of_device("attention_decode.bf16.sm90/b1", device.uuid, "flop_per_s", 1);
        one.status = MeasurementStatus::failed_verification;
        one.metrics.clear();
        result.measurements.push_back(one);
        one.id = CaseId::parse("gemm.bf16.sm80/m64_n64_k64");
        one.status = MeasurementStatus::error;
        result.measurements.push_back(one);
      }
    }
    const std::string text = box_table(input, false);
    CHECK(cells_of(text, "node-1/3") == Cells{"node-1/3", "630", "50.0", "failed"});
    CHECK(cells_of(text, "median") == Cells{"median", "700", "50.0", "-"});
    CHECK(cells_of(text, "total") == Cells{"total", "11130", "-", "-"});
    CHECK(text.find("attention decode bf16: attention_decode.bf16.sm90/b1, cold\n") !=
          std::string::npos);
    CHECK(text.find("failed: attention_decode.bf16.sm90/b1, cold: 16 of 16 measurements\n"
                    "failed: gemm.bf16.sm80/m64_n64_k64, cold: 16 of 16 measurements\n") !=
          std::string::npos);
    CHECK(box_table(cluster(2), false).find("failed") == std::string::npos);
  }

  TEST_CASE("figures of several devices together are said to be on the page") {
    ReportInput input = cluster(1);
    std::vector<Measurement>& measurements = input.results[0].measurements;
    measurements.resize(1);
    measurements[0].scope = {"node", {"GPU-0-0", "GPU-0-1"}};
    CHECK(box_table(input, false)
              .find("no device measured a rate by itself; the page (--format "
                    "html) has 1 figure of several devices together\n") != std::string::npos);
    measurements.clear();
    CHECK(box_table(input, false).find("no device measured a rate\n") != std::string::npos);
  }

  TEST_CASE("a device that failed where others measured is no dash and nor is its node") {
    for (const int nodes : {2, 9}) {
      ReportInput input = cluster(nodes);
      for (Measurement& one : input.results[1].measurements) {
        if (one.scope.members.front() != "GPU-1-3" || one.id.workload != "gemm") continue;
        one.status = MeasurementStatus::failed_verification;
        one.metrics.clear();
      }
      const std::string text = box_table(input, false);
      CHECK(cells_of(text, nodes == 2 ? "node-1/3" : "node-1").at(1) == "failed");
      CHECK(cells_of(text, nodes == 2 ? "node-1/2" : "node-2").at(1) == "700");
      CHECK(cells_of(text, "lowest").at(1) == "700");
      CHECK(text.find("failed: gemm.bf16.sm90/m8192_n8192_k8192, cold: 1 of ") !=
            std::string::npos);
    }
  }

  TEST_CASE("a device that is warned of stands out where a should could be evaluated of none") {
    ReportInput input = cluster(1);
    RequirementVerdict unknown, slow;
    unknown.level = Level::should;
    unknown.verdict = Verdict::not_evaluated;
    unknown.reason_code = "no_baseline";
    for (const std::string& device : input.device_subjects)
      unknown.subjects.push_back({"device", device});
    slow.verdict = Verdict::warn;
    slow.subjects = {{"device", "GPU-0-3"}};
    input.verdict = summarise("node", {unknown, slow});
    CHECK(cells_of(box_table(input, false), "node-0/2").back() == "unclear");
    CHECK(cells_of(box_table(input, false), "node-0/3").back() == "warn");
    unknown.level = Level::must;  // which counts like one that failed
    input.verdict = summarise("node", {unknown, slow});
    CHECK(cells_of(box_table(input, false), "node-0/3").back() == "unclear");
  }

  TEST_CASE("a device that the verdict names is named in its line and coloured on request alone") {
    ReportInput input = cluster(2);
    RequirementVerdict slow;
    slow.id = "gemm";
    slow.verdict = Verdict::fail;
    slow.subjects = {{"device", "GPU-1-3"}};
    input.verdict = summarise("node", {slow});
    const std::string text = box_table(input, false);
    CHECK(cells_of(text, "node-1/3").back() == "fail");
    CHECK(cells_of(text, "node-1/2").back() == "ok");
    CHECK(text.find("verdict fail (profile node): gemm\n") != std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(box_table(input, true).find("\x1b[31mfail") != std::string::npos);
  }

  TEST_CASE("no line of a box is wider than 100 columns whatever the names are") {
    ReportInput input = cluster(2);
    for (Result& result : input.results) {
      result.nodes[0].name = std::string(300, 'x') + "\x1b[31m\xe2\x80\xae";
      result.software["driver"] = std::string(500, 'y');
      for (int i = 0; i < 12; ++i)
        result.measurements.push_back(
            of_device("attention_forward_" + std::to_string(i) + ".bf16.sm90/b1", "GPU-0-0",
                      "flop_per_s", 1e12));
    }
    for (const std::string& line : lines_of(box_table(input, false))) {
      CHECK(columns(line) <= 100);
      CHECK(line == plain_line(line));
    }
  }
}

}  // namespace assay::test
