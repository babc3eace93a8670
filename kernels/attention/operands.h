// The arrays of an attention group, shared by its implementations, and the check of an answer.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernels/attention/reference.h"
#include "kernels/catalogue.h"
#include "kernels/guarded_output.h"
#include "kernels/memory_need.h"

namespace assay::attention {

/// Enqueues one pass.
using Attend = std::function<void(const Pointers&)>;

class Operands {
 public:
  Operands(Device& device, Problem problem, Types types, std::uint64_t seed);

  /// Shared by all of the group that store alike.
  static std::shared_ptr<Operands> of(GroupContext& context, const Problem& problem, Types types);

  const Problem& problem() const { return problem_; }
  const Types& types() const { return types_; }
  std::size_t count() const { return sets_.size(); }
  Pointers set(std::size_t index) { return pointers(sets_[index]); }

  /// Counting inputs on every element, then normal data on sampled rows.
  Verification verify(const Attend& attend);

 private:
  struct Set {
    std::unique_ptr<Buffer> q, k, v, table, sequences, scales;
    std::unique_ptr<GuardedOutput> output, log_sum_exp;
  };
  struct Answer {
    std::vector<float> output, log_sum_exp;
    std::string checksum;
    std::optional<std::string> guard_broken;
  };

  Set make_set(const DenseInputs& inputs);
  std::unique_ptr<Buffer> stored(const std::vector<float>& values);
  /// Numbers that are not elements.
  template <class Number>
  std::unique_ptr<Buffer> copied(const std::vector<Number>& numbers);
  void store_inputs(const DenseInputs& inputs, Set& set);
  /// Into the pages that the table names; what belongs to no key holds kUnused.
  std::vector<float> paged(const std::vector<float>& rows, CacheLayout layout) const;
  Pointers pointers(Set& set) const;
  Answer run(Set& set, const Attend& attend);
  void make_reference(const DenseInputs& inputs);
  std::optional<std::string> counting_difference(const Attend& attend);
  Verification compare(const Answer& answer) const;

  Device& device_;
  Problem problem_;
  Types types_;
  std::uint64_t seed_;
  Precision precision_;
  std::vector<std::int32_t> table_;  // of all sequences
  std::vector<float> scales_;        // of all heads
  std::int64_t pages_ = 0;           // in a cache
  std::vector<Set> sets_;
  std::vector<ReferenceRow> reference_;  // of the normal inputs
};

/// Of Q, K, V (of a cache, whole pages), O and the log-sum-exp.
double stored_bytes(const Problem& problem, const Types& types);
MemoryNeed memory_need(const Problem& problem, const Types& types);

}  // namespace assay::attention
