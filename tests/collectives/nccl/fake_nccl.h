// A fake NCCL that loads a profiler plugin from this executable and tells it of operations, with
// the layouts that NCCL 2.28.9's own headers give (offsets in bytes, taken by compiling those
// headers).
#pragma once

#include <dlfcn.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace assay::test {

struct ProfilerLayout {
  int version;
  std::size_t function, count, datatype, channels, algorithm, protocol;  // of a collective
  std::size_t p2p_function, p2p_count, p2p_datatype, p2p_channels;       // 0: it has none
};

inline constexpr ProfilerLayout kProfilerLayouts[] = {
    {2, 48, 72, 88, 104, 112, 120, 40, 64, 56, 0},
    {3, 48, 72, 88, 96, 104, 112, 40, 64, 56, 0},
    {4, 32, 56, 72, 80, 88, 96, 24, 48, 40, 60},
    {5, 32, 56, 72, 80, 88, 96, 24, 48, 40, 60},
};

/// NCCL's side of one interface version.
class FakeNccl {
 public:
  explicit FakeNccl(const ProfilerLayout& layout) : layout_(layout) {
    const std::string symbol = "ncclProfiler_v" + std::to_string(layout.version);
    // As NCCL does for STATIC_PLUGIN: the executable itself.
    table_ = static_cast<Table*>(dlsym(dlopen(nullptr, RTLD_NOW | RTLD_LOCAL), symbol.c_str()));
  }
  bool is_loaded() const { return table_ != nullptr; }
  const char* plugin_name() const { return table_->name; }

  int make_communicator(int rank) {
    using Init = int (*)(void**, int*);
    using InitV4 =
        int (*)(void**, int*, const char*, std::uint64_t, int, int, int, void (*)(int, ...));
    using InitV5 =
        int (*)(void**, std::uint64_t, int*, const char*, int, int, int, void (*)(int, ...));
    if (layout_.version == 5) {
      return reinterpret_cast<InitV5>(table_->init)(&context_, 77, &mask_, "world", 1, 8, rank,
                                                    nullptr);
    }
    if (layout_.version == 4) {
      return reinterpret_cast<InitV4>(table_->init)(&context_, &mask_, "world", 77, 1, 8, rank,
                                                    nullptr);
    }
    return reinterpret_cast<Init>(table_->init)(&context_, &mask_);
  }
  int end_communicator() { return context_ ? table_->finalize(context_) : -1; }
  static int mask() { return __atomic_load_n(&mask_, __ATOMIC_RELAXED); }

  /// As NCCL: nothing is told that the mask does not ask for; a group is opened around it.
  void collective(int rank, const char* function, const char* algorithm, const char* protocol,
                  std::uint8_t channels, std::size_t count, const char* datatype = "ncclBfloat16") {
    if (!(mask() & 2)) return;
    event(1, rank);
    clear(2, rank);
    put(layout_.function, function);
    put(layout_.count, count);
    put(layout_.datatype, datatype);
    put(layout_.channels, channels);
    put(layout_.algorithm, algorithm);
    put(layout_.protocol, protocol);
    send();
  }
  void point_to_point(int rank, const char* function, std::uint8_t channels, std::size_t count) {
    if (!(mask() & 4)) return;
    clear(4, rank);
    put(layout_.p2p_function, function);
    put(layout_.p2p_count, count);
    put(layout_.p2p_datatype, "ncclInt8");
    if (layout_.p2p_channels) put(layout_.p2p_channels, channels);
    send();
  }

 private:
  struct Table {
    const char* name;
    void (*init)();
    int (*start)(void*, void**, void*);
    int (*stop)(void*);
    int (*record)(void*, int, void*);
    int (*finalize)(void*);
  };

  template <class T>
  void put(std::size_t at, T value) {
    std::memcpy(descriptor_.data() + at, &value, sizeof value);
  }
  void clear(std::uint64_t type, int rank) {
    descriptor_.fill(0xAB);  // what the plugin does not know of must not matter to it
    if (layout_.version == 5) {
      put(0, type);
    } else {
      put(0, static_cast<std::uint8_t>(type));
    }
    put(16, rank);
  }
  void event(std::uint64_t type, int rank) {
    clear(type, rank);
    send();
  }
  void send() {
    void* handle = this;
    table_->start(context_, &handle, descriptor_.data());
    if (handle) table_->stop(handle);
  }

  ProfilerLayout layout_;
  Table* table_ = nullptr;
  void* context_ = nullptr;
  static inline int mask_ = 0;  // one for the process, as in NCCL
  alignas(8) std::array<unsigned char, 160> descriptor_{};
};

}  // namespace assay::test
