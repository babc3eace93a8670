// Records NCCL's choices for each operation through its profiler plugin interface.
//
// When NCCL_PROFILER_PLUGIN is STATIC_PLUGIN, NCCL loads the plugin from this executable once, when
// its first communicator is made. The plugin asks for events only between start() and stop().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace assay::nccl::profiler {

/// One operation of one rank.
struct Choice {
  std::string function;             // `AllReduce`, `Send`
  std::string algorithm, protocol;  // `RING`, `LL128`; empty for sends and receives
  std::string datatype;             // `ncclFloat32`
  std::size_t count = 0;
  int channels = 0;  // 0: not reported (sends and receives before NCCL 2.27)
  int rank = 0;
};

/// 0 until NCCL has loaded the plugin; then 2 to 5.
int interface_version();

void start();
void stop();
/// The choices recorded since the last call, in the order in which NCCL reported them.
std::vector<Choice> take();

}  // namespace assay::nccl::profiler
