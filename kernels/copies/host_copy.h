// One direction between the host's memory and a device: verified byte for byte, then timed.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "harness/measure/device.h"
#include "harness/measure/timed_case.h"
#include "kernels/memory_need.h"

namespace assay {

enum class CopyDirection { to_device, to_host };

/// How a backend allocates and copies; tests use memcpy instead of CUDA.
struct HostCopyCalls {
  std::function<std::unique_ptr<Buffer>(std::size_t bytes)> allocate_host;
  std::function<void(void* to, const void* from, std::size_t bytes)> enqueue;
};

class HostCopy final : public TimedCase {
 public:
  HostCopy(Device& device, CopyDirection direction, std::size_t bytes, std::uint64_t seed,
           HostCopyCalls calls);
  static MemoryNeed need(const Device& device, CopyDirection direction, std::size_t bytes);

  Verification verify() override;
  void enqueue(std::size_t set) override;
  std::size_t operand_sets() const override { return sets_.size(); }
  Work work() const override;

 private:
  struct Set {
    std::unique_ptr<Buffer> host, device;
  };
  Verification compare(const std::byte* copied) const;

  Device& device_;
  CopyDirection direction_;
  std::size_t bytes_;
  HostCopyCalls calls_;
  std::vector<float> source_;  // what must arrive
  std::vector<Set> sets_;
};

}  // namespace assay
