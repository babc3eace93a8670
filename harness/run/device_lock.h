// One run per device: two runs on one device would disturb each other's measurements.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "harness/measure/device.h"

namespace assay::run {

/// The lock of one device, held until the object is destroyed or the process ends in any way.
class DeviceLock {
 public:
  /// Throws Error with the holder's PID when another process holds `name`.
  explicit DeviceLock(const std::string& name);
  ~DeviceLock();
  DeviceLock(DeviceLock&& other) noexcept;
  DeviceLock& operator=(DeviceLock&&) = delete;

 private:
  int descriptor_ = -1;
};

/// `with PID 7`; of a PID that is none the holder is in another container.
std::string holder_in_words(pid_t holder);

/// The lock of the host, which is one device.
inline constexpr const char* kHostLock = "host";

/// What the devices are locked by, once each: the UUID; the host is one device. In an order that
/// all processes share.
std::vector<std::string> lock_names(const std::vector<std::unique_ptr<Device>>& devices);

/// Tells the machine, and the folder of its locks, from others: processes with the same see each
/// other's locks.
std::string lock_place();

}  // namespace assay::run
