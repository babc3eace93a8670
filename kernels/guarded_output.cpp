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

std::optional<std::string> GuardedOutput::written_beside() {
  std::vector<std::byte> band(kGuardBytes);
  const auto read_band = [&](std::size_t begin) {
    BufferPart part(*buffer_, begin, kGuardBytes);
    device_.copy_out(band.data(), part, kGuardBytes);
  };
  const auto written = [](std::byte byte) { return byte != std::byte{0xFF}; };
  read_band(kGuardBytes + bytes_);
  if (const auto first = std::find_if(band.begin(), band.end(), written); first != band.end()) {
    return fmt::format("byte {} past the output was written", first - band.begin() + 1);
  }
  read_band(0);
  if (const auto last = std::find_if(band.rbegin(), band.rend(), written); last != band.rend()) {
    return fmt::format("byte {} before the output was written", last - band.rbegin() + 1);
  }
  return std::nullopt;
}

std::vector<std::byte> GuardedOutput::read(std::size_t begin, std::size_t bytes) {
  std::vector<std::byte> contents(bytes);
  BufferPart part(*buffer_, kGuardBytes + begin, bytes);
  device_.copy_out(contents.data(), part, bytes);
  return contents;
}

GuardedOutput::Contents GuardedOutput::read() { return {read(0, bytes_), written_beside()}; }

}  // namespace assay
