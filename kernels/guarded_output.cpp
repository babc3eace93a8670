// Guard bands: what a kernel writes beside its output is seen as a byte that is no longer 0xFF.
#include "kernels/guarded_output.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

GuardedOutput::GuardedOutput(Device& device, std::size_t bytes)
    : device_(device), bytes_(bytes), buffer_(device.allocate(bytes + 2 * kGuardBytes)) {}

void GuardedOutput::poison() { device_.fill(*buffer_, 0xFF); }

void GuardedOutput::set(const std::vector<std::byte>& bytes) {
  std::vector<std::byte> all(buffer_->size_bytes(), std::byte{0xFF});
  std::copy(bytes.begin(), bytes.end(), all.begin() + kGuardBytes);
  device_.copy_in(*buffer_, all.data(), all.size());
}

GuardedOutput::Contents GuardedOutput::read() {
  Contents contents;
  std::vector<std::byte>& all = contents.bytes;
  all.resize(buffer_->size_bytes());
  device_.copy_out(all.data(), *buffer_, all.size());

  const auto begin = all.begin() + kGuardBytes;
  const auto end = begin + static_cast<std::ptrdiff_t>(bytes_);
  const auto written = [](std::byte byte) { return byte != std::byte{0xFF}; };
  if (const auto last = std::find_if(std::make_reverse_iterator(begin), all.rend(), written);
      last != all.rend()) {
    contents.guard_broken =
        fmt::format("byte {} before the output was written", begin - last.base() + 1);
  }
  if (const auto first = std::find_if(end, all.end(), written); first != all.end()) {
    contents.guard_broken = fmt::format("byte {} past the output was written", first - end + 1);
  }
  all.erase(end, all.end());
  all.erase(all.begin(), begin);
  return contents;
}

}  // namespace assay
