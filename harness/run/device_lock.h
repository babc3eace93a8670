// One run per device: two runs on one device would disturb each other's measurements.
#pragma once

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

/// Locks every device by UUID, in an order that all processes share; the host is one device.
std::vector<DeviceLock> lock_devices(const std::vector<std::unique_ptr<Device>>& devices);

}  // namespace assay::run
