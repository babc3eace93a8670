// Host memory for operands: on huge pages where the kernel grants them, small buffers side by side.
#pragma once

#include <memory>
#include <vector>

#include "harness/measure/device.h"

namespace assay {

/// A rotation past three times a cache of 300 MiB is 10^5 small buffers or 10^9 bytes. In pages of
/// 4 KiB their first touch takes the kernel longer than the samples take (8 s of the 9 s that five
/// groups of 4 KiB to 128 KiB took, Emerald Rapids, 2 cores, 2026-11-28).
class HostBuffers {
 public:
  HostBuffers();

  /// 4096-byte aligned, on pages of its own. Not for several threads at once. Throws Error where
  /// there is no memory.
  std::unique_ptr<Buffer> allocate(std::size_t bytes);
  /// Of stretches that no buffer uses any more: the next small buffers go there, a large one frees
  /// them.
  std::size_t kept_bytes() const;

 private:
  class Stretch;
  using Kept = std::vector<std::unique_ptr<Stretch>>;
  std::shared_ptr<Stretch> open_stretch();

  std::shared_ptr<Kept> kept_;
  /// The stretch that small buffers go into, and where the next one begins.
  std::shared_ptr<Stretch> open_;
  std::size_t next_ = 0;
};

}  // namespace assay
