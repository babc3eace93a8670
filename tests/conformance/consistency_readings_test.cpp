// Readings that no device gives are refused, with the field and why.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "harness/core/profile.h"
#include "tests/conformance/written_result.h"

namespace assay::test {

namespace {

std::string contradiction_with(const Json& telemetry) {
  Result result = written_gpu_result(load_profile("node"), 2);
  result.measurements.front().telemetry = telemetry;
  return contradiction_in(result);
}

/// Of 18 NVLinks to switches.
std::string contradiction_after(const std::function<void(DeviceFacts&)>& change) {
  Result result = written_gpu_result(load_profile("node"), 2);
  change(result.nodes.front().devices.back());
  return contradiction_in(result);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("telemetry that no device gives is refused") {
    struct Impossible {
      Json telemetry;
      std::string refused;
    };
    const auto range = [](double low, double median, double high) {
      return Json{{"low", low}, {"median", median}, {"high", high}};
    };
    const std::vector<Impossible> all = {
        {{{"new_errors", {{"ecc_uncorrected", -1}}}},
         "/telemetry/new_errors/ecc_uncorrected is -1, but errors are counted from 0"},
        {{{"power_w", range(300, 290, 400)}},
         "/telemetry/power_w/median is 290.0, but the readings lie from 300.0 to 400.0"},
        {{{"clock_hz", range(1e9, 2e9, 1.5e9)}}, "/telemetry/clock_hz/median is "},
        {{{"temperature_c", range(70, 70, 60)}}, "/telemetry/temperature_c/low is 70.0, but high"},
        {{{"clock_event_fractions", {{"sw_power_cap", 1.5}}}},
         "/telemetry/clock_event_fractions/sw_power_cap is 1.5, but a fraction lies from 0 to 1"},
        {{{"cpu_other_fraction", -0.2}}, "/telemetry/cpu_other_fraction is -0.2, but a fraction"},
        {{{"discarded_fraction", 1.2}}, "/telemetry/discarded_fraction is 1.2, but a fraction"},
        {{{"readings", 0}}, "/telemetry/readings is 0, but a series has one at least"},
        {{{"iterations_per_sample", -4}}, "/telemetry/iterations_per_sample is -4, but a series"},
        {{{"operand_sets", 0}}, "/telemetry/operand_sets is 0, but a series has one at least"}};
    for (const Impossible& one : all) {
      const std::string message = contradiction_with(one.telemetry);
      CAPTURE(message);
      CHECK(message.find(one.refused) != std::string::npos);
      CHECK(message.starts_with("node.json: /measurements/0/telemetry"));
    }
  }

  TEST_CASE("telemetry at its bounds is taken") {
    const Json steady = {{"low", -5.0}, {"median", -5.0}, {"high", -5.0}};
    CHECK(contradiction_with({{"new_errors", {{"ecc_corrected", 0}, {"pcie_replays", 7}}},
                              {"temperature_c", steady},  // of a machine in the cold
                              {"clock_event_fractions", {{"gpu_idle", 1.0}, {"sync_boost", 0.0}}},
                              {"cpu_other_fraction", 1.0},
                              {"cpu_steal_fraction", 0.0},
                              {"clock_hz", 3e9},
                              {"readings", 1},
                              {"operand_sets", 1},
                              {"clock_source", "scaling_cur_freq"}}) == "");
  }

  TEST_CASE("links that contradict their own number are refused") {
    const auto refused = [](const std::function<void(DeviceFacts&)>& change, const char* part) {
      const std::string message = contradiction_after(change);
      CAPTURE(message);
      CHECK(message.find(std::string("/nodes/0/devices/1/nvlink/") + part) != std::string::npos);
    };
    refused([](DeviceFacts& one) { one.nvlink->active = 19; }, "active is 19, but count is 18");
    refused([](DeviceFacts& one) { one.nvlink_count = 4; }, "count is 18, but nvlink_count is 4");
    refused(
        [](DeviceFacts& one) {
          one.nvlink->to_switch = true;
          one.nvlink->active = 0;
        },
        "to_switch is true, but active is 0");
    CHECK(contradiction_after([](DeviceFacts& one) { one.nvlink->active = 0; }) == "");
    CHECK(contradiction_after([](DeviceFacts& one) { one.nvlink.reset(); }) == "");
  }
}

}  // namespace assay::test
