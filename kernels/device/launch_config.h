// How large a launch is: the same words for the GPU and the emulator.
#pragma once

#include <cstddef>

namespace assay::device {

struct Index3 {
  unsigned x;
  unsigned y;
  unsigned z;
};

struct LaunchConfig {
  Index3 grid{1, 1, 1};
  Index3 block{1, 1, 1};
  Index3 cluster{1, 1, 1};
  std::size_t shared_bytes = 0;
  /// What ptxas gives each thread at the start; setmaxnreg moves registers within this pool.
  /// The GPU knows its own; 0 leaves the emulator's pool unchecked.
  int registers_per_thread = 0;
  /// A cudaStream_t; the emulator ignores it.
  void* stream = nullptr;
};

}  // namespace assay::device
