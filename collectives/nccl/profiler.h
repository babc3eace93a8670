// What NCCL chose for each operation, told by NCCL itself through its profiler plugin interface.
//
// NCCL loads the plugin from this executable when NCCL_PROFILER_PLUGIN is STATIC_PLUGIN, once, when
// its first communicator is made. Until start() and after stop() it is asked for no events.
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
  int channels = 0;  // 0: not told (sends and receives before NCCL 2.27)
  int rank = 0;
};

/// 0 until NCCL has loaded the plugin; then 2 to 5.
int interface_version();

void start();
void stop();
/// What was recorded since the last call, in the order that NCCL told of it.
std::vector<Choice> take();

}  // namespace assay::nccl::profiler
