// What every GEMM implementation shares: its timed case, the host's operand types, its refusals.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernels/catalogue.h"
#include "kernels/gemm/operands.h"
#include "kernels/launch/bound.h"

namespace assay {

/// The host computes both dtypes in f32; a bf16 case differs in its inputs, which are rounded to
/// bf16 before anything is timed.
GemmTypes host_gemm_types(const std::string& dtype);

/// Makes a multiplication of these matrices ready.
using BindMultiply = Bind<GemmPointers>;

/// A multiplication of a group's operands.
class GemmCase final : public TimedCase {
 public:
  /// `terms`: what the multiplication does beside A B.
  GemmCase(std::shared_ptr<GemmOperands> operands, const BindMultiply& bind, Json choice,
           GemmTerms terms = {});

  Verification verify() override { return operands_->verify(multiply_, terms_); }
  void enqueue(std::size_t set) override { ready_[set](); }
  std::size_t operand_sets() const override { return operands_->count(); }
  Work work() const override { return operands_->work(terms_); }
  Json choice() const override { return choice_; }

 private:
  std::shared_ptr<GemmOperands> operands_;
  Multiply multiply_;
  std::vector<Enqueue> ready_;  // by operand set
  Json choice_;
  GemmTerms terms_;
};

/// An implementation of `gemm` for one dtype on one backend; derived ones add how to multiply.
class GemmImplementation : public Implementation {
 public:
  GemmImplementation(Backend backend, std::string dtype, std::string name, std::string summary,
                     GemmTypes types)
      : backend_(backend),
        dtype_(std::move(dtype)),
        name_(std::move(name)),
        summary_(std::move(summary)),
        types_(types) {}

  std::string workload() const override { return "gemm"; }
  std::string dtype() const override { return dtype_; }
  std::string name() const override { return name_; }
  std::string summary() const override { return summary_; }
  Backend backend() const override { return backend_; }
  std::optional<std::string> refuses(const Shape& shape, const Device& device) const override;

 protected:
  const GemmTypes& types() const { return types_; }
  /// A library or a device feature that is not here, or nothing.
  virtual std::optional<std::string> missing(const Device&) const { return std::nullopt; }
  virtual bool takes_batches() const { return false; }
  /// Then it takes nothing else.
  virtual bool takes_groups() const { return false; }

 private:
  Backend backend_;
  std::string dtype_, name_, summary_;
  GemmTypes types_;
};

}  // namespace assay
