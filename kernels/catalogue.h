// The catalogue: every implementation enrols itself here, and is found by name, never included.
#pragma once

#include <any>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/shape.h"
#include "harness/measure/device.h"
#include "harness/measure/purpose.h"
#include "harness/measure/timed_case.h"

namespace assay {

/// The operands that all implementations of one group share: the same buffers, the same rotation.
class GroupContext {
 public:
  GroupContext(Device& device, CaseId group, std::uint64_t seed, Purpose purpose = Purpose::timing)
      : device_(device), group_(std::move(group)), seed_(seed), purpose_(purpose) {}

  Device& device() { return device_; }
  const Shape& shape() const { return group_.shape; }
  const std::string& dtype() const { return group_.dtype; }
  std::uint64_t seed() const { return seed_; }
  Purpose purpose() const { return purpose_; }

  /// The group's operands, made by the first implementation that asks.
  template <class Operands>
  std::shared_ptr<Operands> operands(const std::function<std::shared_ptr<Operands>()>& make) {
    if (!operands_.has_value()) operands_ = make();
    return std::any_cast<std::shared_ptr<Operands>>(operands_);
  }

 private:
  Device& device_;
  CaseId group_;  // implementation is empty
  std::uint64_t seed_;
  Purpose purpose_;
  std::any operands_;
};

/// One way to compute one workload in one dtype on one backend.
class Implementation {
 public:
  virtual ~Implementation() = default;
  virtual std::string workload() const = 0;
  virtual std::string dtype() const = 0;
  virtual std::string name() const = 0;
  virtual Backend backend() const = 0;
  /// What `assay list` prints beside the name.
  virtual std::string summary() const = 0;
  /// Why this shape cannot run on this device (a missing library, an architecture), or nothing.
  virtual std::optional<std::string> refuses(const Shape& shape, const Device& device) const = 0;
  virtual std::unique_ptr<TimedCase> prepare(GroupContext& context) const = 0;
};

/// Sorted by workload, dtype, name.
const std::vector<std::unique_ptr<Implementation>>& catalogue();
void enrol(std::unique_ptr<Implementation> implementation);

/// A namespace-scope object of this type in the implementation's own file enrols it.
template <class T>
struct Enrolment {
  Enrolment() { enrol(std::make_unique<T>()); }
};

}  // namespace assay
