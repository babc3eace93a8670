// A GPU's facts from NVML.
#include "harness/measure/nvml_device.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace assay {

namespace {

using GetUnsigned = int (*)(nvml::Device, unsigned*);
using GetUnsignedOf = int (*)(nvml::Device, int, unsigned*);
using GetText = int (*)(nvml::Device, char*, unsigned);
using GetTwo = int (*)(nvml::Device, unsigned*, unsigned*);

// nvml.h: nvmlEccCounterType_t, nvmlNvLinkErrorCounter_t.
constexpr int kVolatile = 0;
constexpr int kLinkReplay = 0, kLinkRecovery = 1, kLinkCrcFlit = 2, kLinkCrcData = 3;
constexpr int kMostLinks = 18;

std::optional<double> times(std::optional<unsigned> value, double unit) {
  if (!value) return std::nullopt;
  return *value * unit;
}

/// This process's PIDs as the driver lists them; they hold for every device.
std::set<unsigned>& own_pids() {
  static std::set<unsigned> pids;
  return pids;
}
std::mutex& own_pids_mutex() {
  static std::mutex mutex;
  return mutex;
}

bool is_own(unsigned pid) {
  const std::lock_guard lock(own_pids_mutex());
  return pid == static_cast<unsigned>(getpid()) || own_pids().contains(pid);
}

/// The bits of the health mask that say that the fabric's bandwidth is degraded
/// (NVML_GPU_FABRIC_HEALTH_MASK_DEGRADED_BW).
constexpr unsigned kDegradedBandwidth = 0x3, kIsDegraded = 1;

std::optional<std::string> fabric_word(unsigned char state, int status, unsigned health_mask) {
  if (state == nvml::kFabricNotStarted) return "not_started";
  if (state == nvml::kFabricInProgress) return "in_progress";
  if (state != nvml::kFabricCompleted) return std::nullopt;  // the part has no fabric
  if (status != nvml::kSuccess) return "failed";
  return (health_mask & kDegradedBandwidth) == kIsDegraded ? "degraded" : "completed";
}

std::optional<int> as_int(std::optional<unsigned> value) {
  if (!value) return std::nullopt;
  return static_cast<int>(*value);
}

}  // namespace

std::unique_ptr<NvmlDevice> NvmlDevice::find(std::shared_ptr<Nvml> nvml,
                                             const std::string& pci_bus_id) {
  nvml::Device device = nullptr;
  using GetHandle = int (*)(const char*, nvml::Device*);
  if (!nvml ||
      !nvml->call(GetHandle{}, "nvmlDeviceGetHandleByPciBusId_v2", pci_bus_id.c_str(), &device)) {
    return nullptr;
  }
  return std::unique_ptr<NvmlDevice>(new NvmlDevice(std::move(nvml), device));
}

NvmlDevice::NvmlDevice(std::shared_ptr<Nvml> nvml, nvml::Device device)
    : nvml_(std::move(nvml)), device_(device) {
  using Create = int (*)(nvml::EventSet*);
  using Register = int (*)(nvml::Device, unsigned long long, nvml::EventSet);
  if (!nvml_->call(Create{}, "nvmlEventSetCreate", &events_)) events_ = nullptr;
  if (events_ &&
      !nvml_->call(Register{}, "nvmlDeviceRegisterEvents", device_, nvml::kEventXid, events_)) {
    using Free = int (*)(nvml::EventSet);
    nvml_->call(Free{}, "nvmlEventSetFree", std::exchange(events_, nullptr));
  }
}

NvmlDevice::~NvmlDevice() {
  using Free = int (*)(nvml::EventSet);
  if (events_) nvml_->call(Free{}, "nvmlEventSetFree", events_);
}

std::optional<std::string> NvmlDevice::text(const char* function, unsigned size) const {
  std::string buffer(size, '\0');
  if (!nvml_->call(GetText{}, function, device_, buffer.data(), size)) return std::nullopt;
  buffer.resize(buffer.find('\0') == std::string::npos ? size : buffer.find('\0'));
  if (buffer.empty()) return std::nullopt;
  return buffer;
}

std::optional<unsigned> NvmlDevice::value(const char* function) const {
  unsigned result = 0;
  if (!nvml_->call(GetUnsigned{}, function, device_, &result)) return std::nullopt;
  return result;
}

std::optional<unsigned> NvmlDevice::value(const char* function, int what) const {
  unsigned result = 0;
  if (!nvml_->call(GetUnsignedOf{}, function, device_, what, &result)) return std::nullopt;
  return result;
}

std::optional<std::string> NvmlDevice::pci_id() const {
  using Get = int (*)(nvml::Device, nvml::PciInfo*);
  nvml::PciInfo info{};
  if (!nvml_->call(Get{}, "nvmlDeviceGetPciInfo_v3", device_, &info)) return std::nullopt;
  return fmt::format("{:04x}:{:04x}", info.device_and_vendor & 0xffff,
                     info.device_and_vendor >> 16);
}

std::optional<std::int64_t> NvmlDevice::ecc_errors(int type) const {
  using Get = int (*)(nvml::Device, int, int, unsigned long long*);
  unsigned long long count = 0;
  if (!nvml_->call(Get{}, "nvmlDeviceGetTotalEccErrors", device_, type, kVolatile, &count)) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(count);
}

std::optional<EccState> NvmlDevice::ecc() const {
  EccState state;
  unsigned current = 0, pending = 0;
  const bool has_ecc = nvml_->call(GetTwo{}, "nvmlDeviceGetEccMode", device_, &current, &pending);
  if (has_ecc) state.enabled = current != 0;
  state.corrected_volatile = ecc_errors(nvml::kCorrected);
  state.uncorrected_volatile = ecc_errors(nvml::kUncorrected);
  using GetRows = int (*)(nvml::Device, unsigned*, unsigned*, unsigned*, unsigned*);
  unsigned corrected = 0, uncorrected = 0, remap_pending = 0, failed = 0;
  const bool has_rows = nvml_->call(GetRows{}, "nvmlDeviceGetRemappedRows", device_, &corrected,
                                    &uncorrected, &remap_pending, &failed);
  if (has_rows) {
    state.remapped_rows = static_cast<std::int64_t>(corrected) + uncorrected;
    state.remap_pending = remap_pending != 0;
    state.remap_failed = failed != 0;
  }
  if (!has_ecc && !has_rows) return std::nullopt;
  return state;
}

std::optional<PcieLink> NvmlDevice::pcie() const {
  PcieLink link;
  link.generation = as_int(value("nvmlDeviceGetCurrPcieLinkGeneration"));
  link.generation_max = as_int(value("nvmlDeviceGetMaxPcieLinkGeneration"));
  link.width = as_int(value("nvmlDeviceGetCurrPcieLinkWidth"));
  link.width_max = as_int(value("nvmlDeviceGetMaxPcieLinkWidth"));
  if (const auto replays = value("nvmlDeviceGetPcieReplayCounter")) link.replays = *replays;
  if (!link.generation && !link.generation_max && !link.width) return std::nullopt;
  return link;
}

void NvmlDevice::watch_pcie() {
  const std::optional<PcieLink> now = pcie();
  if (!now) return;
  const std::lock_guard lock(link_mutex_);
  if (!link_under_load_) {
    link_under_load_ = now;
    link_under_load_->under_load = true;
  }
  PcieLink& best = *link_under_load_;
  best.generation = std::max(best.generation, now->generation);
  best.width = std::max(best.width, now->width);
  best.replays = now->replays;
}

std::optional<PcieLink> NvmlDevice::pcie_under_load() const {
  const std::lock_guard lock(link_mutex_);
  return link_under_load_;
}

std::optional<std::string> NvmlDevice::fabric_state() const {
  using GetV = int (*)(nvml::Device, nvml::FabricInfoV2*);
  using Get = int (*)(nvml::Device, nvml::FabricInfo*);
  nvml::FabricInfoV2 newer{};
  newer.version = static_cast<unsigned>(sizeof newer) | 2u << 24;
  if (nvml_->call(GetV{}, "nvmlDeviceGetGpuFabricInfoV", device_, &newer)) {
    return fabric_word(newer.state, newer.status, newer.health_mask);
  }
  nvml::FabricInfo info{};
  if (!nvml_->call(Get{}, "nvmlDeviceGetGpuFabricInfo", device_, &info)) return std::nullopt;
  return fabric_word(info.state, info.status, 0);
}

std::optional<std::int64_t> NvmlDevice::nvlink_counter(int links, int first, int last) const {
  using Get = int (*)(nvml::Device, unsigned, int, unsigned long long*);
  std::int64_t total = 0;
  bool any = false;
  for (int link = 0; link < links; ++link) {
    for (int counter = first; counter <= last; ++counter) {
      unsigned long long count = 0;
      if (nvml_->call(Get{}, "nvmlDeviceGetNvLinkErrorCounter", device_,
                      static_cast<unsigned>(link), counter, &count)) {
        total += static_cast<std::int64_t>(count);
        any = true;
      }
    }
  }
  if (!any) return std::nullopt;
  return total;
}

std::optional<NvlinkState> NvmlDevice::nvlink() const {
  using Get = int (*)(nvml::Device, unsigned, unsigned*);
  int count = 0, active = 0;
  std::optional<bool> to_switch;
  for (int link = 0; link < kMostLinks; ++link) {
    unsigned is_active = 0;
    if (!nvml_->call(Get{}, "nvmlDeviceGetNvLinkState", device_, static_cast<unsigned>(link),
                     &is_active)) {
      continue;
    }
    ++count;
    if (!is_active) continue;
    ++active;
    using GetType = int (*)(nvml::Device, unsigned, int*);
    int type = -1;
    if (nvml_->call(GetType{}, "nvmlDeviceGetNvLinkRemoteDeviceType", device_,
                    static_cast<unsigned>(link), &type)) {
      to_switch = to_switch.value_or(false) || type == nvml::kRemoteSwitch;
    }
  }
  NvlinkState state;
  state.fabric_state = fabric_state();
  state.count = count;  // 0 is a fact: a part without NVLink is not one whose NVLink is unknown
  state.active = active;
  if (count == 0) return state;
  state.to_switch = to_switch;
  state.replays = nvlink_counter(kMostLinks, kLinkReplay, kLinkReplay);
  state.errors = nvlink_counter(kMostLinks, kLinkRecovery, kLinkCrcData);
  static_assert(kLinkRecovery < kLinkCrcFlit && kLinkCrcFlit < kLinkCrcData);
  return state;
}

std::set<unsigned> NvmlDevice::pids() const {
  const auto list = nvml_->library().find_sym<int (*)(nvml::Device, unsigned*, nvml::ProcessInfo*)>(
      "nvmlDeviceGetComputeRunningProcesses_v3");
  if (!list) return {};
  std::vector<nvml::ProcessInfo> infos(64);
  unsigned count = static_cast<unsigned>(infos.size());
  int code = list(device_, &count, infos.data());
  if (code == nvml::kInsufficientSize) {
    infos.resize(count + 16);
    count = static_cast<unsigned>(infos.size());
    code = list(device_, &count, infos.data());
  }
  std::set<unsigned> found;
  for (unsigned i = 0; code == nvml::kSuccess && i < count; ++i) found.insert(infos[i].pid);
  return found;
}

void NvmlDevice::learn_own_pid_from(const std::set<unsigned>& before) {
  const std::set<unsigned> now = pids();
  const std::lock_guard lock(own_pids_mutex());
  if (now.contains(static_cast<unsigned>(getpid()))) return;  // the driver counts as we do
  for (const unsigned pid : now) {
    if (!before.contains(pid)) own_pids().insert(pid);
  }
}

std::vector<OtherProcess> NvmlDevice::other_processes() const {
  std::vector<OtherProcess> others;
  for (const unsigned pid : pids()) {
    if (is_own(pid)) continue;
    using GetName = int (*)(unsigned, char*, unsigned);
    char process_name[256] = {};
    // In a container the process may be another namespace's, and nameless here.
    nvml_->call(GetName{}, "nvmlSystemGetProcessName", pid, &process_name[0],
                static_cast<unsigned>(sizeof process_name - 1));
    others.push_back({pid, process_name});
  }
  return others;
}

void NvmlDevice::fill(DeviceFacts& facts) const {
  if (facts.uuid.empty()) facts.uuid = text("nvmlDeviceGetUUID").value_or("unknown");
  facts.serial = text("nvmlDeviceGetSerial");
  facts.board_part_number = text("nvmlDeviceGetBoardPartNumber");
  facts.vbios = text("nvmlDeviceGetVbiosVersion");
  if (!facts.pci_id) facts.pci_id = pci_id();
  facts.ecc = ecc();
  facts.pcie = pcie();
  if (facts.pcie) facts.pcie->under_load = false;
  facts.nvlink = nvlink();
  if (facts.nvlink) facts.nvlink_count = facts.nvlink->count;
  facts.power_limit_w = times(value("nvmlDeviceGetPowerManagementLimit"), 1e-3);
  facts.power_limit_default_w = times(value("nvmlDeviceGetPowerManagementDefaultLimit"), 1e-3);
  facts.clock_max_hz = times(value("nvmlDeviceGetMaxClockInfo", nvml::kClockSm), 1e6);
  facts.clock_limit_hz =
      times(value("nvmlDeviceGetMaxCustomerBoostClock", nvml::kClockGraphics), 1e6);
  unsigned current = 0, pending = 0;
  if (nvml_->call(GetTwo{}, "nvmlDeviceGetMigMode", device_, &current, &pending)) {
    facts.mig = current != 0 ? "enabled" : "disabled";
  } else {
    facts.mig = "not_supported";
  }
  facts.other_processes = other_processes();
}

}  // namespace assay
