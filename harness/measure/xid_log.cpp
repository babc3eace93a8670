// Follows /dev/kmsg, one record a read.
#include "harness/measure/xid_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>

namespace assay {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

std::optional<XidRecord> parse_xid(std::string_view line) {
  constexpr std::string_view kStart = "NVRM: Xid (PCI:";
  const auto start = line.find(kStart);
  if (start == std::string_view::npos) return std::nullopt;
  const std::string_view rest = line.substr(start + kStart.size());
  constexpr std::string_view kMiddle = "): ";
  const auto middle = rest.find(kMiddle);
  if (middle == std::string_view::npos) return std::nullopt;
  const std::string_view number = rest.substr(middle + kMiddle.size());
  XidRecord record;
  record.pci_bus_id = lower(rest.substr(0, middle));
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), record.xid);
  if (error != std::errc{} || end == number.data()) return std::nullopt;
  return record;
}

XidLog::XidLog(const std::string& path)
    : descriptor_(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
  if (descriptor_ >= 0) lseek(descriptor_, 0, SEEK_END);
}

XidLog::~XidLog() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::vector<std::int64_t> XidLog::take(std::string_view pci_bus_id) {
  std::vector<std::int64_t> xids;
  const std::string wanted = lower(pci_bus_id);
  char record[8192];
  while (descriptor_ >= 0) {
    const ssize_t size = read(descriptor_, record, sizeof record);
    if (size < 0 && (errno == EPIPE || errno == EINTR)) continue;  // overwritten: the next record
    if (size <= 0) break;
    const auto found = parse_xid({record, static_cast<std::size_t>(size)});
    if (found && wanted.starts_with(found->pci_bus_id)) xids.push_back(found->xid);
  }
  return xids;
}

}  // namespace assay
