// The profiler plugin that this executable exports to NCCL, one table for each interface version.
#include "collectives/nccl/profiler.h"

#include <atomic>
#include <mutex>
#include <utility>

#include "collectives/nccl/profiler_abi.h"

namespace assay::nccl::profiler {

namespace {

constexpr std::size_t kMostChoices = 1 << 16;  // a caller that never takes does not fill memory

/// One for the process, as NCCL has one plugin for the process.
struct Recorder {
  std::atomic<int*> mask{nullptr};  // NCCL's own, read by it at every operation
  std::atomic<int> version{0};
  std::atomic<bool> is_on{false};
  std::mutex mutex;
  std::vector<Choice> choices;
};

Recorder& recorder() {
  static Recorder one;
  return one;
}

/// NCCL reads the mask with a relaxed atomic load, from any thread.
void set_mask() {
  if (int* mask = recorder().mask.load()) {
    const int events = recorder().is_on ? abi::kCollective | abi::kPointToPoint : 0;
    __atomic_store_n(mask, events, __ATOMIC_RELAXED);
  }
}

int begin(int version, void** context, int* mask) {
  recorder().version = version;
  recorder().mask = mask;
  *context = &recorder();  // NCCL finalises a communicator only when it has one
  set_mask();
  return 0;
}

std::string text(const char* from) { return from ? from : ""; }

void record(Choice choice) {
  Recorder& to = recorder();
  const std::lock_guard lock(to.mutex);
  if (to.is_on && to.choices.size() < kMostChoices) to.choices.push_back(std::move(choice));
}

template <class PointToPoint>
int channels_of(const PointToPoint& event) {
  if constexpr (requires { event.channels; }) {
    return event.channels;
  } else {
    return 0;
  }
}

/// NCCL opens groups around what it was asked for; they have no handle and so no children of ours.
template <class Descriptor>
int start_event(void*, void** handle, Descriptor* descriptor) {
  *handle = nullptr;
  if (descriptor->type == abi::kCollective) {
    const auto& event = descriptor->collective;
    record({text(event.function), text(event.algorithm), text(event.protocol), text(event.datatype),
            event.count, event.channels, descriptor->rank});
  } else if (descriptor->type == abi::kPointToPoint) {
    const auto& event = descriptor->point_to_point;
    record({text(event.function), "", "", text(event.datatype), event.count, channels_of(event),
            descriptor->rank});
  }
  return 0;
}

int stop_event(void*) { return 0; }
int record_event_state(void*, int, void*) { return 0; }
int finalize(void*) { return 0; }

template <int version>
int init_v2(void** context, int* mask) {
  return begin(version, context, mask);
}
int init_v4(void** context, int* mask, const char*, std::uint64_t, int, int, int, abi::Logger) {
  return begin(4, context, mask);
}
int init_v5(void** context, std::uint64_t, int* mask, const char*, int, int, int, abi::Logger) {
  return begin(5, context, mask);
}

}  // namespace

int interface_version() { return recorder().version; }

void start() {
  recorder().is_on = true;
  set_mask();
}

void stop() {
  recorder().is_on = false;
  set_mask();
}

std::vector<Choice> take() {
  const std::lock_guard lock(recorder().mutex);
  return std::exchange(recorder().choices, {});
}

}  // namespace assay::nccl::profiler

namespace profiler = assay::nccl::profiler;
namespace abi = assay::nccl::abi;

extern "C" {
abi::PluginV2 ncclProfiler_v2 = {"assay",
                                 profiler::init_v2<2>,
                                 profiler::start_event<abi::DescriptorV2>,
                                 profiler::stop_event,
                                 profiler::record_event_state,
                                 profiler::finalize};
abi::PluginV3 ncclProfiler_v3 = {"assay",
                                 profiler::init_v2<3>,
                                 profiler::start_event<abi::DescriptorV3>,
                                 profiler::stop_event,
                                 profiler::record_event_state,
                                 profiler::finalize};
abi::PluginV4 ncclProfiler_v4 = {"assay",
                                 profiler::init_v4,
                                 profiler::start_event<abi::DescriptorV4>,
                                 profiler::stop_event,
                                 profiler::record_event_state,
                                 profiler::finalize};
abi::PluginV5 ncclProfiler_v5 = {"assay",
                                 profiler::init_v5,
                                 profiler::start_event<abi::DescriptorV5>,
                                 profiler::stop_event,
                                 profiler::record_event_state,
                                 profiler::finalize};
}
