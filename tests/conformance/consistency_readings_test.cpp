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
  TEST_CASE("no name cuts or fills the line that refuses it") {
    const std::string zero(1, '\0');
    const auto refused = [](const std::string& name) {
      return contradiction_after([&](auto& device) { device.name = name; });
    };
    CHECK(refused("NVIDIA H100" + zero + "x") ==
          "node.json: /nodes/0/devices/1/name is NVIDIA H100?x, but 10de:2335 is a H200-SXM-141GB "
          "in the table of GPUs; the document contradicts itself");
    CHECK(refused("NVIDIA H100 " + std::string(5000, 'x'))
              .ends_with("x..., but 10de:2335 is a H200-SXM-141GB in the table of GPUs; the "
                         "document contradicts itself"));
    CHECK(contradiction_with({{"clock_event_fractions", {{zero + std::string(5000, 'x'), 2}}}})
              .size() < 500);
  }

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

  TEST_CASE("a PCIe link beyond its own maximum is refused and one at it or below is taken") {
    const auto with = [](int generation, int width) {
      return contradiction_after([&](DeviceFacts& one) {
        one.pcie->generation = generation;
        one.pcie->width = width;
      });
    };
    CHECK(with(6, 16).find("/nodes/0/devices/1/pcie/generation is 6, but generation_max is 5") !=
          std::string::npos);
    CHECK(with(5, 32).find("/nodes/0/devices/1/pcie/width is 32, but width_max is 16") !=
          std::string::npos);
    CHECK(with(5, 16) == "");
    CHECK(with(1, 8) == "");
  }

  TEST_CASE("a name of another part than the device's PCI id is refused") {
    const auto named = [](const char* name) {
      return contradiction_after([&](DeviceFacts& one) { one.name = name; });
    };
    for (const char* another : {"NVIDIA H100 80GB HBM3", "NVIDIA B200", "NVIDIA H200 NVL",
                                "NVIDIA H200 PCIe", "Tesla T4 PCIe", "NVIDIA RTX 5090"}) {
      CAPTURE(another);
      CHECK(named(another).find("10de:2335 is a H200-SXM-141GB in the table of GPUs") !=
            std::string::npos);
    }
    for (const char* own : {"NVIDIA H200", "NVIDIA H200 MIG 1g.18gb", "NVIDIA h200-141", "Sample"})
      CHECK(named(own) == "");
  }

  TEST_CASE("a topology that contradicts the devices is refused") {
    const Result sound = written_gpu_result(load_profile("node"), 2);
    const auto with = [&](const char* pointer, const Json& value) {
      Result result = sound;
      result.nodes.front().topology[Json::json_pointer(pointer)] = value;
      return contradiction_in(result);
    };
    REQUIRE(sound.nodes.front().topology.contains("gpus"));
    const std::vector<DeviceFacts>& devices = sound.nodes.front().devices;
    CHECK(with("/gpus/0/uuid", "GPU-x")
              .find("/nodes/0/topology/gpus/0/uuid is \"GPU-x\", but no further device") !=
          std::string::npos);
    CHECK(with("/gpus/1/uuid", devices[0].uuid).find("/topology/gpus/1/uuid is ") !=
          std::string::npos);
    CHECK(with("/gpus/1/index", 0).find("/topology/gpus/1/index is 0, but that device's is 1") !=
          std::string::npos);
    CHECK(with("/gpus/1/pci_bus_id", "0000:9a:00.0").find("/topology/gpus/1/pci_bus_id is ") !=
          std::string::npos);
    CHECK(with("/gpus/1/pci_bus_id", "0000:1a:00.0x") != "");
    CHECK(with("/gpus/1/pci_bus_id", "00000000:1A:00.0") == "");
    CHECK(with("/gpus/1/bridges", Json::array()) == "");
  }

  TEST_CASE("a node that its fabric does not have is refused") {
    Result result = written_gpu_result(load_profile("node"), 2);
    result.fabric = FabricFacts{{result.nodes.front().name}, {""}};
    CHECK(contradiction_in(result) == "");
    result.fabric->nodes = {"another"};
    CHECK(contradiction_in(result).find("/nodes/0/name is node-a, but the fabric's nodes are "
                                        "another") != std::string::npos);
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
