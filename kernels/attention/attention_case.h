// What every attention implementation shares: its timed case, its work, its refusals.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernels/attention/gradient_operands.h"
#include "kernels/attention/operands.h"
#include "kernels/catalogue.h"
#include "kernels/launch/bound.h"

namespace assay::attention {

/// Makes a pass over these arrays ready.
using BindPass = Bind<Pointers>;

/// A group's operands, for an implementation that chooses by timing itself on them.
struct OperandSets {
  std::size_t count = 0;
  std::function<Pointers(std::size_t set)> set;
  Purpose purpose = Purpose::timing;
};

/// A pass bound to a group's operands: Operands, or GradientOperands.
template <class AllOperands>
class Case final : public TimedCase {
 public:
  Case(std::shared_ptr<AllOperands> operands, const BindPass& bind, Work work, Json choice)
      : operands_(std::move(operands)),
        attend_(call_bound(bind)),
        ready_(bound_to_sets(*operands_, bind)),
        work_(work),
        choice_(std::move(choice)) {}

  Verification verify() override { return operands_->verify(attend_); }
  void enqueue(std::size_t set) override { ready_[set](); }
  std::size_t operand_sets() const override { return operands_->count(); }
  Work work() const override { return work_; }
  Json choice() const override { return choice_; }

 private:
  std::shared_ptr<AllOperands> operands_;
  Attend attend_;
  std::vector<Enqueue> ready_;  // by operand set
  Work work_;
  Json choice_;
};

/// What the host stores for a dtype: that dtype, O included.
Types host_types(const std::string& dtype);

/// An implementation for one workload and dtype on one backend; derived ones add how to attend.
class AttentionImplementation : public Implementation {
 public:
  AttentionImplementation(Workload workload, Backend backend, std::string dtype, std::string name,
                          std::string summary, Types types)
      : workload_(workload),
        backend_(backend),
        dtype_(std::move(dtype)),
        name_(std::move(name)),
        summary_(std::move(summary)),
        types_(types) {}

  std::string workload() const override { return attention::name(workload_); }
  std::string dtype() const override { return dtype_; }
  std::string name() const override { return name_; }
  std::string summary() const override { return summary_; }
  Backend backend() const override { return backend_; }
  std::optional<std::string> refuses(const Shape& shape, const Device& device) const override;
  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override;

 protected:
  struct Bound {
    BindPass bind;
    Json choice;
  };
  /// How to compute the problem on a device; everything it needs is made here and not in a pass.
  virtual Bound bind(const Problem& problem, Device& device, const OperandSets& sets) const = 0;
  /// Why this implementation does not take a problem that makes sense, or nothing.
  virtual std::optional<std::string> refuses_problem(const Problem&) const { return std::nullopt; }
  /// A library or a device feature that is not here, or nothing.
  virtual std::optional<std::string> missing(const Device&) const { return std::nullopt; }
  const Types& types() const { return types_; }

 private:
  Workload workload_;
  Backend backend_;
  std::string dtype_, name_, summary_;
  Types types_;
};

}  // namespace assay::attention
