// An output array between two guard bands, poisoned before a checked run.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/measure/device.h"

namespace assay {

class GuardedOutput {
 public:
  GuardedOutput(Device& device, std::size_t bytes);

  void* data() { return static_cast<std::byte*>(buffer_->data()) + kGuardBytes; }
  std::size_t size_bytes() const { return bytes_; }

  /// Sets the output and both bands to 0xFF, which is NaN in every float format in use.
  void poison();
  /// Sets the output to `bytes`, to which a product then adds, and both bands to 0xFF.
  void set(const std::vector<std::byte>& bytes);

  /// Which byte beside the output was written, or nothing.
  std::optional<std::string> written_beside();
  /// A part of the output.
  std::vector<std::byte> read(std::size_t begin, std::size_t bytes);

  struct Contents {
    std::vector<std::byte> bytes;
    std::optional<std::string> guard_broken;  // which byte beside the output was written
  };
  Contents read();

 private:
  static constexpr std::size_t kGuardBytes = 4096;  // keeps the alignment of the buffer

  Device& device_;
  std::size_t bytes_;
  std::unique_ptr<Buffer> buffer_;
};

}  // namespace assay
