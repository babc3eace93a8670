// Copies that start and end together: verified byte for byte, then timed as one.
#pragma once

#include <memory>
#include <vector>

#include "collectives/copies/plan.h"
#include "harness/measure/device.h"
#include "harness/measure/timed_case.h"

namespace assay {

/// The memory at both ends of a copy, and the way to copy. Tests use memcpy instead of CUDA.
class CopyFabric {
 public:
  virtual ~CopyFabric() = default;
  virtual std::unique_ptr<Buffer> allocate(int device, std::size_t bytes) = 0;
  virtual void put(int device, Buffer& to, const void* from, std::size_t bytes) = 0;
  virtual void get(int device, void* to, Buffer& from, std::size_t bytes) = 0;
  /// Copies enqueued between fork() and join() start when the timed stream reaches the fork; the
  /// timed stream continues when all of them have ended. `index` is the copy's index in its set.
  virtual void fork() = 0;
  virtual void enqueue(std::size_t index, const PlannedCopy& copy, void* to, const void* from,
                       std::size_t bytes) = 0;
  virtual void join() = 0;
  virtual void finish() = 0;
  /// Facts to record besides the time: whether the devices reach each other directly.
  virtual Json facts(const PlannedCopies&) const { return Json::object(); }
};

class CopySet final : public TimedCase {
 public:
  /// `link_bytes_per_s` is the sum over all copies; 0: not known.
  CopySet(std::shared_ptr<CopyFabric> fabric, PlannedCopies copies, std::size_t bytes,
          double link_bytes_per_s, std::uint64_t seed);

  Verification verify() override;
  void enqueue(std::size_t set) override;
  std::size_t operand_sets() const override { return 1; }
  Work work() const override;
  Json choice() const override { return fabric_->facts(copies_); }

 private:
  struct Ends {
    std::unique_ptr<Buffer> from, to;
  };
  std::vector<std::uint32_t> pattern(std::size_t index) const;

  std::shared_ptr<CopyFabric> fabric_;
  PlannedCopies copies_;
  std::size_t bytes_;
  double link_bytes_per_s_;
  std::uint64_t seed_;
  std::vector<Ends> ends_;
};

}  // namespace assay
