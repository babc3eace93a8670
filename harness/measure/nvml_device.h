// One GPU as NVML sees it: facts, telemetry, and the errors that the driver has logged.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/measure/nvml.h"
#include "harness/measure/telemetry.h"

namespace assay {

class NvmlDevice : public Telemetry {
 public:
  /// The device at a PCI address (`0000:1b:00.0`); null when NVML does not know it.
  static std::unique_ptr<NvmlDevice> find(std::shared_ptr<Nvml> nvml,
                                          const std::string& pci_bus_id);
  ~NvmlDevice() override;

  /// Fills in the facts that NVML reports; the others stay absent.
  void fill(DeviceFacts& facts) const;
  /// The fastest that the PCIe link was seen at while series ran; nothing before the first reading.
  std::optional<PcieLink> pcie_under_load() const;

  /// Calls `make`, which makes this process's first context on the device. In a container the
  /// driver lists this process by a PID of another namespace: the one that appears now.
  template <class Make>
  void learn_own_pid(const Make& make) {
    const std::set<unsigned> before = pids();
    make();
    learn_own_pid_from(before);
  }
  /// XIDs logged since this object was made (or since the last call).
  std::vector<std::int64_t> take_xids();
  /// False when the driver refuses events (some containers); the kernel log is then read instead.
  bool has_xid_events() const { return events_ != nullptr; }

  bool is_polled() const override { return true; }
  TelemetryReading read() override;
  Json counters() override;
  Json since(const Json& before) override;

 private:
  NvmlDevice(std::shared_ptr<Nvml> nvml, nvml::Device device);

  std::optional<std::string> text(const char* function, unsigned size = 96) const;
  std::optional<unsigned> value(const char* function) const;
  std::optional<unsigned> value(const char* function, int what) const;
  std::optional<std::int64_t> ecc_errors(int type) const;
  std::optional<std::string> pci_id() const;
  std::optional<EccState> ecc() const;
  std::optional<PcieLink> pcie() const;
  std::optional<NvlinkState> nvlink() const;
  std::optional<std::int64_t> nvlink_counter(int links, int first, int last) const;
  std::optional<std::string> fabric_state() const;
  void watch_pcie();
  std::set<unsigned> pids() const;
  void learn_own_pid_from(const std::set<unsigned>& before);
  std::vector<OtherProcess> other_processes() const;

  std::shared_ptr<Nvml> nvml_;
  nvml::Device device_;
  nvml::EventSet events_ = nullptr;
  mutable std::mutex link_mutex_;  // the poller's thread writes, the document's reads
  std::optional<PcieLink> link_under_load_;
};

}  // namespace assay
