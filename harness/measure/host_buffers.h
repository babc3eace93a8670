// Host memory for operands: on huge pages where the kernel grants them, small buffers side by side.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>

#include "harness/measure/device.h"

namespace assay {

/// Rotating through three times a cache of 300 MiB takes 10^5 small buffers or 10^9 bytes. With
/// pages of 4 KiB, the page faults take longer than the samples (8 s of the 9 s that five groups of
/// 4 KiB to 128 KiB took, Emerald Rapids, 2 cores, 2026-11-28). Thread-safe: ranks of one process
/// share the host.
class HostBuffers {
 public:
  /// `threads` touch the pages of a new buffer; one where no more can be started.
  explicit HostBuffers(std::size_t threads = 1);

  /// 4096-byte aligned, on pages of its own. Throws Error when there is no memory.
  std::unique_ptr<Buffer> allocate(std::size_t bytes);
  /// Bytes of stretches that no buffer uses any more. The next small buffers reuse them, and a
  /// large buffer frees them.
  std::size_t kept_bytes() const;

 private:
  class Stretch;
  class Kept;
  std::shared_ptr<Stretch> open_stretch();

  const std::size_t threads_;
  std::shared_ptr<Kept> kept_;
  std::mutex dealing_;
  /// The stretch that small buffers go into, and where the next one begins.
  std::shared_ptr<Stretch> open_;
  std::size_t next_ = 0;
};

}  // namespace assay
