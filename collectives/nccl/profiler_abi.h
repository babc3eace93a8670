// NCCL's profiler plugin interfaces v2 to v5, as much of them as we read.
//
// Layouts and order are those of NCCL's ext-profiler headers (v2: NCCL 2.24, v3: 2.26, v4: 2.27,
// v5: 2.28); unions of events hold the two that we ask for. Names are ours: an ABI has none.
#pragma once

#include <cstddef>
#include <cstdint>

namespace assay::nccl::abi {

inline constexpr int kCollective = 1 << 1, kPointToPoint = 1 << 2;
using Logger = void (*)(int, unsigned long, const char*, int, const char*, ...);

struct CollectiveV2 {
  const char* name;
  std::uint64_t communicator, sequence;
  const char* function;
  const void* send;
  void* receive;
  std::size_t count;
  int root;
  const char* datatype;
  std::size_t traffic_bytes;
  std::uint8_t channels, warps;
  const char *algorithm, *protocol;
};
struct PointToPointV2 {
  const char* name;
  std::uint64_t communicator;
  const char* function;
  void* buffer;
  const char* datatype;
  std::size_t count;
  int peer;
};

struct CollectiveV3 {
  const char* name;
  std::uint64_t communicator, sequence;
  const char* function;
  const void* send;
  void* receive;
  std::size_t count;
  int root;
  const char* datatype;
  std::uint8_t channels, warps;
  const char *algorithm, *protocol;
};
using PointToPointV3 = PointToPointV2;

struct CollectiveV4 {
  std::uint64_t sequence;
  const char* function;
  const void* send;
  void* receive;
  std::size_t count;
  int root;
  const char* datatype;
  std::uint8_t channels, warps;
  const char *algorithm, *protocol;
};
struct PointToPointV4 {
  const char* function;
  void* buffer;
  const char* datatype;
  std::size_t count;
  int peer;
  std::uint8_t channels;
};

struct CollectiveV5 : CollectiveV4 {
  void* parent_group;
};
struct PointToPointV5 : PointToPointV4 {
  void* parent_group;
};

/// What an event is; v5 widened the type.
template <class Type, class Collective, class PointToPoint>
struct Descriptor {
  Type type;
  void* parent;
  int rank;
  union {
    Collective collective;
    PointToPoint point_to_point;
  };
};
using DescriptorV2 = Descriptor<std::uint8_t, CollectiveV2, PointToPointV2>;
using DescriptorV3 = Descriptor<std::uint8_t, CollectiveV3, PointToPointV3>;
using DescriptorV4 = Descriptor<std::uint8_t, CollectiveV4, PointToPointV4>;
using DescriptorV5 = Descriptor<std::uint64_t, CollectiveV5, PointToPointV5>;

using InitV2 = int (*)(void** context, int* mask);
using InitV4 = int (*)(void** context, int* mask, const char* name, std::uint64_t communicator,
                       int nodes, int ranks, int rank, Logger logger);
using InitV5 = int (*)(void** context, std::uint64_t communicator, int* mask, const char* name,
                       int nodes, int ranks, int rank, Logger logger);

/// The table that NCCL looks up; every function returns an ncclResult_t.
template <class Init, class EventDescriptor>
struct Plugin {
  const char* name;
  Init init;
  int (*start_event)(void* context, void** handle, EventDescriptor* descriptor);
  int (*stop_event)(void* handle);
  int (*record_event_state)(void* handle, int state, void* arguments);
  int (*finalize)(void* context);
};
using PluginV2 = Plugin<InitV2, DescriptorV2>;
using PluginV3 = Plugin<InitV2, DescriptorV3>;
using PluginV4 = Plugin<InitV4, DescriptorV4>;
using PluginV5 = Plugin<InitV5, DescriptorV5>;

}  // namespace assay::nccl::abi

// What the executable exports for NCCL_PROFILER_PLUGIN=STATIC_PLUGIN.
extern "C" {
extern assay::nccl::abi::PluginV2 ncclProfiler_v2;
extern assay::nccl::abi::PluginV3 ncclProfiler_v3;
extern assay::nccl::abi::PluginV4 ncclProfiler_v4;
extern assay::nccl::abi::PluginV5 ncclProfiler_v5;
}
