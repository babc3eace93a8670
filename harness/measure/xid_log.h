// XIDs, the NVIDIA driver's error reports, from the kernel's log, for systems where NVML gives no
// events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct XidRecord {
  std::string pci_bus_id;  // `0000:1b:00`, without the function
  std::int64_t xid = 0;
};

/// Reads `NVRM: Xid (PCI:0000:1b:00): 79, pid=1234, …`; nothing for any other line.
std::optional<XidRecord> parse_xid(std::string_view line);

/// The kernel's log from now on. Reading it needs privileges; without them the log is empty.
class XidLog {
 public:
  explicit XidLog(const std::string& path = "/dev/kmsg");
  ~XidLog();
  XidLog(const XidLog&) = delete;
  XidLog& operator=(const XidLog&) = delete;

  /// New XIDs of the device at `pci_bus_id` (`0000:1b:00.0`) since the last call.
  std::vector<std::int64_t> take(std::string_view pci_bus_id);

 private:
  int descriptor_ = -1;
};

}  // namespace assay
