// The arrays of a group of backward passes, shared by its implementations, and the check of an
// answer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernels/attention/gradient_counting.h"
#include "kernels/attention/operands.h"

namespace assay::attention {

class GradientOperands {
 public:
  GradientOperands(Device& device, Problem problem, Types types, std::uint64_t seed);

  /// Shared by all of the group that store alike.
  static std::shared_ptr<GradientOperands> of(GroupContext& context, const Problem& problem,
                                              Types types);

  const Types& types() const { return types_; }
  std::size_t count() const { return sets_.size(); }
  Pointers set(std::size_t index) { return pointers(sets_[index]); }

  /// Counting inputs on every element, then normal data on sampled rows of each gradient.
  Verification verify(const Attend& attend);

 private:
  struct Set {
    std::unique_ptr<Buffer> q, k, v, output, output_gradient, log_sum_exp;
    std::unique_ptr<GuardedOutput> dq, dk, dv;
  };
  struct Answer {
    GradientValues values;
    std::string checksum;
    std::optional<std::string> guard_broken;
  };
  struct Reference {
    std::vector<GradientRow> q, k, v;
  };

  BackwardInputs normal_inputs() const;
  Set make_set(const BackwardInputs& inputs);
  std::unique_ptr<Buffer> copied(const std::vector<std::byte>& bytes);
  static Pointers pointers(Set& set);
  Answer run(Set& set, const Attend& attend);
  void make_reference(const BackwardInputs& inputs);
  std::optional<std::string> counting_difference(const Attend& attend);
  Roundoff roundoff() const;

  Device& device_;
  Problem problem_;
  Types types_;
  std::uint64_t seed_;
  std::vector<Set> sets_;
  Reference reference_;  // of the normal inputs
};

/// With the working arrays of an implementation: dQ and a few values of each row in f32.
MemoryNeed gradient_memory_need(const Problem& problem, const Types& types);

}  // namespace assay::attention
