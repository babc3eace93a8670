// The matrices of a GEMM group, shared by its implementations, and the check of an answer.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "kernels/catalogue.h"
#include "kernels/gemm/problem.h"
#include "kernels/guarded_output.h"

namespace assay {

/// Enqueues one multiplication.
using Multiply = std::function<void(const GemmPointers&)>;

/// How much one factor is for: so many of K, and of B so many columns.
struct ScaledBlock {
  std::int64_t k = 128, columns = 128;
};

/// Factors of the stored values: of A by block of K and then by row, of B by block of columns and
/// then by block of K.
struct BlockScales {
  std::vector<float> a, b;
  ScaledBlock block = {};

  /// 1 or 2 each, drawn from the seed: what was exact without them stays so.
  static BlockScales drawn(const GemmShape& shape, std::uint64_t seed, ScaledBlock block = {});
  /// The values of A (by rows) and of B (by rows) times their factors.
  void apply(const GemmShape& shape, std::vector<float>& a_values,
             std::vector<float>& b_values) const;
};

class GemmOperands {
 public:
  GemmOperands(Device& device, GemmShape shape, GemmTypes types, std::uint64_t seed);

  static std::shared_ptr<GemmOperands> of(GroupContext& context, GemmTypes types);

  const GemmShape& shape() const { return shape_; }
  const GemmTypes& types() const { return types_; }
  std::size_t count() const { return sets_.size(); }
  GemmPointers set(std::size_t index);
  /// What the last run on a set left in C.
  void copy_output(std::size_t index, Buffer& to);
  Work work() const;

  /// Exact mode bit for bit on every element, then normal data against the bound on sampled rows.
  /// With scales, of a product that multiplies them in.
  Verification verify(const Multiply& multiply, const BlockScales* scales = nullptr);

 private:
  struct Set {
    std::unique_ptr<Buffer> a, b;
    std::unique_ptr<GuardedOutput> c;
  };
  struct Answer;
  struct Rows;

  std::vector<float> normal(std::uint32_t operand, std::size_t count);
  Set make_set(const std::vector<float>& a, const std::vector<float>& b);
  void store(Buffer& to, const std::vector<float>& values);
  std::vector<float> values_of(Buffer& from, std::size_t count);
  /// B's values row by row, however it is stored.
  std::vector<float> b_by_rows(Buffer& b);
  Answer run_poisoned(Set& set, const Multiply& multiply);
  std::optional<std::string> exact_difference(const Multiply& multiply, const BlockScales* scales);
  std::shared_ptr<Rows> make_reference(const BlockScales* scales);

  Device& device_;
  GemmShape shape_;
  GemmTypes types_;
  std::uint64_t seed_;
  std::vector<Set> sets_;
  std::optional<Set> exact_;         // integer operands, made by the first check
  std::shared_ptr<Rows> reference_;  // fp64 rows of set 0, made by the first check
};

}  // namespace assay
