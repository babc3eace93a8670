// A GPU's facts and telemetry from a stub of NVML, and XIDs from a kernel log.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>

#include "harness/measure/clock_estimate.h"
#include "harness/measure/nvml_device.h"
#include "harness/measure/xid_log.h"

using namespace assay;

namespace {

std::unique_ptr<NvmlDevice> stub_device() {
  setenv("ASSAY_CUDA_LIBS", ASSAY_STUBS, 1);
  auto device = NvmlDevice::find(Nvml::load(), "0000:1b:00.0");
  REQUIRE(device);
  return device;
}

/// A variable that the stub reads, for as long as this lives.
class Setting {
 public:
  Setting(const char* variable, const char* value) : variable_(variable) {
    setenv(variable, value, 1);
  }
  ~Setting() { unsetenv(variable_); }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

 private:
  const char* variable_;
};

DeviceFacts filled(const NvmlDevice& device) {
  DeviceFacts facts;
  device.fill(facts);
  return facts;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("facts are filled from NVML and what it refuses stays absent") {
    const auto device = stub_device();
    DeviceFacts facts;
    facts.uuid = "GPU-of-cuda";
    device->fill(facts);
    CHECK(facts.uuid == "GPU-of-cuda");
    CHECK(facts.pci_id == "10de:2330");
    CHECK(facts.serial == "165");
    CHECK_FALSE(facts.board_part_number);
    CHECK(facts.vbios == "96.00.DB.00.02");
    CHECK(facts.mig == "not_supported");
    CHECK(facts.ecc->enabled == true);
    CHECK(facts.ecc->remapped_rows == 3);
    CHECK(facts.ecc->remap_pending == true);
    CHECK(facts.ecc->remap_failed == false);
    CHECK(facts.ecc->uncorrected_volatile == 0);
    CHECK(facts.pcie->generation == 4);
    CHECK(facts.pcie->generation_max == 5);
    CHECK(facts.pcie->width_max == 16);
    CHECK(facts.pcie->replays == 3);
    CHECK(facts.nvlink->count == 18);
    CHECK(facts.nvlink->active == 17);
    CHECK(facts.nvlink->replays == 5);
    CHECK(facts.nvlink->errors == 0);
    CHECK(facts.nvlink_count == 18);
    CHECK(facts.nvlink->to_switch == true);
    CHECK(facts.nvlink->fabric_state == "completed");
    CHECK(facts.pcie->under_load == false);
    CHECK(facts.power_limit_w == doctest::Approx(650));
    CHECK(facts.power_limit_default_w == doctest::Approx(700));
    CHECK(facts.clock_max_hz == doctest::Approx(1.98e9));
    REQUIRE(facts.other_processes.size() == 1);
    CHECK(facts.other_processes[0].pid == 4242);
    CHECK(facts.other_processes[0].name == "other");
  }

  TEST_CASE("a reading has clocks and power and temperature and event reasons") {
    const TelemetryReading reading = stub_device()->read();
    CHECK(reading.clock_hz == 1.755e9);
    CHECK(reading.memory_clock_hz == 2.619e9);
    CHECK(*reading.power_w == doctest::Approx(512.5));
    CHECK(reading.temperature_c == 61);
    CHECK(reading.event_reasons == (clock_event::kSwPowerCap | clock_event::kSwThermalSlowdown));
    CHECK(reading.has_foreign_process);  // the stub's process 4242
  }

  TEST_CASE("errors that came during a series are told apart from those before it") {
    const auto device = stub_device();
    const Json before = device->counters();
    const Json since = device->since(before);
    CHECK(since["new_errors"]["ecc_corrected"] > 0);
    CHECK(since["new_errors"]["ecc_uncorrected"] == 0);
    CHECK(since["new_errors"]["pcie_replays"] == 0);
    CHECK(since["new_errors"]["remapped_rows"] == 0);
    const Json larger = {{"ecc_corrected", 1 << 30}};  // of before the driver was reset
    const std::int64_t counted = device->counters()["ecc_corrected"].get<std::int64_t>();
    CHECK(device->since(larger)["new_errors"]["ecc_corrected"].get<std::int64_t>() > counted);
    CHECK(device->since(larger)["new_errors"]["ecc_corrected"].get<std::int64_t>() < 1 << 30);
  }

  TEST_CASE("the PCIe link under load is the fastest of those read while series ran") {
    const Setting at_rest("ASSAY_STUB_PCIE_GENERATION", "1");
    const auto device = stub_device();
    CHECK(filled(*device).pcie->generation == 1);
    CHECK_FALSE(device->pcie_under_load());
    for (const char* generation : {"3", "5", "2"}) {
      const Setting busy("ASSAY_STUB_PCIE_GENERATION", generation);
      device->read();
    }
    const PcieLink link = *device->pcie_under_load();
    CHECK(link.generation == 5);
    CHECK(link.width == 16);
    CHECK(link.generation_max == 5);
    CHECK(link.under_load == true);
    CHECK(filled(*device).pcie->under_load == false);
  }

  TEST_CASE("the fabric of NVLink is told by its state and status and health") {
    const auto device = stub_device();
    const auto state = [&] { return filled(*device).nvlink->fabric_state; };
    for (const auto& [number, word] : {std::pair{"1", "not_started"}, std::pair{"2", "in_progress"},
                                       std::pair{"3", "completed"}}) {
      const Setting setting("ASSAY_STUB_FABRIC_STATE", number);
      CHECK(state() == word);
    }
    {
      const Setting none("ASSAY_STUB_FABRIC_STATE", "0");
      CHECK_FALSE(state());
    }
    {
      const Setting failed("ASSAY_STUB_FABRIC_STATUS", "999");
      CHECK(state() == "failed");
    }
    for (const auto& [mask, word] : {std::pair{"1", "degraded"}, std::pair{"2", "completed"}}) {
      const Setting health("ASSAY_STUB_FABRIC_HEALTH", mask);
      CHECK(state() == word);
    }
  }

  TEST_CASE("this process is not foreign under a PID of another namespace") {
    const auto device = stub_device();
    const auto pids = [&] {
      std::vector<std::int64_t> others;
      for (const OtherProcess& one : filled(*device).other_processes) others.push_back(one.pid);
      return others;
    };
    {
      const Setting ours("ASSAY_STUB_SECOND_PID", "31337");
      CHECK(pids() == std::vector<std::int64_t>{4242, 31337});
    }
    device->learn_own_pid([] { setenv("ASSAY_STUB_SECOND_PID", "31337", 1); });
    CHECK(pids() == std::vector<std::int64_t>{4242});
    const Setting another("ASSAY_STUB_SECOND_PID", "31338");
    CHECK(pids() == std::vector<std::int64_t>{4242, 31338});
  }

  TEST_CASE("where the driver counts PIDs as we do no other process is taken for this one") {
    const auto device = stub_device();
    const std::string own = std::to_string(getpid());
    const Setting ours("ASSAY_STUB_SECOND_PID", own.c_str());
    device->learn_own_pid([] {});
    CHECK(filled(*device).other_processes.size() == 1);
  }

  TEST_CASE("new XIDs are taken once") {
    const auto device = stub_device();
    CHECK(device->has_xid_events());
    CHECK(device->take_xids() == std::vector<std::int64_t>{79, 48});
    CHECK(device->take_xids().empty());
  }

  TEST_CASE("a device that NVML does not know has no NVML facts") {
    setenv("ASSAY_CUDA_LIBS", ASSAY_STUBS, 1);
    CHECK(NvmlDevice::find(Nvml::load(), "0000:ff:00.0") == nullptr);
    CHECK(NvmlDevice::find(nullptr, "0000:1b:00.0") == nullptr);
  }

  TEST_CASE("an XID is read from the kernel log with its device") {
    const auto record = parse_xid(
        "4,1234,99887766,-;NVRM: Xid (PCI:0000:1B:00): 79, pid='<unknown>', GPU has fallen off");
    REQUIRE(record);
    CHECK(record->pci_bus_id == "0000:1b:00");
    CHECK(record->xid == 79);
    for (const char* other : {"", "NVRM: Xid (PCI:0000:1b:00", "NVRM: Xid (PCI:0000:1b:00): x",
                              "6,1,2,-;eth0: link up"}) {
      CHECK_FALSE(parse_xid(other));
    }
  }

  TEST_CASE("a kernel log that is not readable has no XIDs") {
    XidLog log("/nonexistent/kmsg");
    CHECK(log.take("0000:1b:00.0").empty());
  }

  TEST_CASE("a clock follows from cycles and time and never from too short a time") {
    CHECK(*clock_between({1'000'000, 5'000}, {2'000'000, 1'985'000}) == doctest::Approx(1.98e9));
    CHECK_FALSE(clock_between({1'000'000, 0}, {1'050'000, 99'000}));
    CHECK_FALSE(clock_between({1'000'000, 9'000}, {3'000'000, 5'000}));
    CHECK_FALSE(clock_between({3'000'000, 0}, {1'000'000, 5'000}));
  }
}
