// NVML, loaded at run time: the driver's own view of a GPU. Its header is not needed to build.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "harness/measure/library.h"

namespace assay {

/// NVML's calling conventions as nvml.h declares them; enumerations and nvmlReturn_t are int.
namespace nvml {
using Device = struct Opaque*;
using EventSet = struct OpaqueEventSet*;

/// nvmlProcessInfo_t of the _v3 functions.
struct ProcessInfo {
  unsigned pid;
  unsigned long long used_memory;
  unsigned gpu_instance, compute_instance;
};

/// nvmlEventData_t of nvmlEventSetWait_v2.
struct EventData {
  Device device;
  unsigned long long type, data;
  unsigned gpu_instance, compute_instance;
};

/// nvmlPciInfo_t of nvmlDeviceGetPciInfo_v3.
struct PciInfo {
  char bus_id_legacy[16];
  unsigned domain, bus, device;
  unsigned device_and_vendor, subsystem;
  char bus_id[32];
};

/// nvmlGpuFabricInfo_t, of nvmlDeviceGetGpuFabricInfo.
struct FabricInfo {
  unsigned char cluster_uuid[16];
  int status;
  unsigned clique;
  unsigned char state;
};

/// nvmlGpuFabricInfoV_t of its second version, of nvmlDeviceGetGpuFabricInfoV.
struct FabricInfoV2 {
  unsigned version;
  unsigned char cluster_uuid[16];
  int status;
  unsigned clique;
  unsigned char state;
  unsigned health_mask;
};

// nvmlGpuFabricState_t; nvmlIntNvLinkDeviceType_t.
inline constexpr unsigned char kFabricNotStarted = 1, kFabricInProgress = 2, kFabricCompleted = 3;
inline constexpr int kRemoteGpu = 0, kRemoteSwitch = 2;

inline constexpr int kSuccess = 0;
inline constexpr int kInsufficientSize = 7;
inline constexpr unsigned long long kEventXid = 0x8;
// nvmlClockType_t, nvmlMemoryErrorType_t.
constexpr int kClockGraphics = 0, kClockSm = 1, kClockMemory = 2;
constexpr int kCorrected = 0, kUncorrected = 1;
}  // namespace nvml

/// The loaded and initialised library; shut down with the object.
class Nvml {
 public:
  /// Null when the library is absent or does not initialise; `reason` says which.
  static std::shared_ptr<Nvml> load(std::string* reason = nullptr);
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  /// Calls the function `name`. Returns false when the library does not have it or it fails (not
  /// supported by the GPU, no permission); the caller then leaves the fact absent.
  template <class... Parameters, class... Arguments>
  bool call(int (*)(Parameters...), const char* name, Arguments... arguments) const {
    const auto function = library_.find_sym<int (*)(Parameters...)>(name);
    return function && function(arguments...) == nvml::kSuccess;
  }
  const Library& library() const { return library_; }

 private:
  explicit Nvml(Library library) : library_(std::move(library)) {}
  Library library_;
};

}  // namespace assay
