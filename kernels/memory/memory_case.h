// What every memory implementation shares: its timed case and its refusals.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernels/catalogue.h"
#include "kernels/launch/bound.h"
#include "kernels/memory/arrays.h"

namespace assay {

/// Prepares a pass over these arrays.
using BindPass = Bind<MemoryPointers>;

/// A pass over a group's arrays.
class MemoryCase final : public TimedCase {
 public:
  MemoryCase(std::shared_ptr<MemoryArrays> arrays, const BindPass& bind, int partials, Json choice)
      : arrays_(std::move(arrays)),
        pass_(call_bound(bind)),
        ready_(bound_to_sets(*arrays_, bind)),
        partials_(partials),
        choice_(std::move(choice)) {}

  Verification verify() override { return arrays_->verify(pass_, partials_); }
  void enqueue(std::size_t set) override { ready_[set](); }
  std::size_t operand_sets() const override { return arrays_->count(); }
  Work work() const override { return arrays_->work(); }
  Json choice() const override { return choice_; }

 private:
  std::shared_ptr<MemoryArrays> arrays_;
  Pass pass_;
  std::vector<Enqueue> ready_;  // by operand set
  int partials_;
  Json choice_;
};

class MemoryImplementation : public Implementation {
 public:
  MemoryImplementation(Backend backend, MemoryOperation operation, std::string name,
                       std::string summary)
      : backend_(backend),
        operation_(operation),
        name_(std::move(name)),
        summary_(std::move(summary)) {}

  std::string workload() const override { return workload_name(operation_); }
  std::string dtype() const override { return "f32"; }
  std::string name() const override { return name_; }
  std::string summary() const override { return summary_; }
  Backend backend() const override { return backend_; }
  std::optional<std::string> refuses(const Shape& shape, const Device& device) const override;

 protected:
  MemoryOperation operation() const { return operation_; }

 private:
  Backend backend_;
  MemoryOperation operation_;
  std::string name_, summary_;
};

}  // namespace assay
