// The matrices of a GEMM group, shared by its implementations, and the check of an answer.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "kernels/catalogue.h"
#include "kernels/gemm/on_device/gemm_on_device.h"
#include "kernels/gemm/parts.h"
#include "kernels/gemm/problem.h"
#include "kernels/guarded_output.h"
#include "kernels/memory_need.h"

namespace assay {

/// Enqueues one multiplication.
using Multiply = std::function<void(const GemmPointers&)>;

/// How much one factor is for: so many of K, and of B so many columns.
struct ScaledBlock {
  std::int64_t k = 128, columns = 128;
};

/// Factors of the stored values: of A by block of K and then by row, of B by matrix, by block of
/// columns and then by block of K.
struct BlockScales {
  std::vector<float> a, b;
  ScaledBlock block = {};

  /// 1 or 2 each, drawn from the seed: what was exact without them stays so.
  static BlockScales drawn(const GemmShape& shape, std::uint64_t seed, ScaledBlock block = {});
  /// The values of A (by rows) and of B (by rows) times their factors.
  void apply(const GemmShape& shape, std::vector<float>& a_values,
             std::vector<float>& b_values) const;
};

/// What a product does beside A B: C = alpha A B + beta C, the operands scaled. The factors are
/// kAlpha and kBeta or none, on which exact mode relies.
struct GemmTerms {
  std::shared_ptr<const BlockScales> scales;
  float alpha = 1, beta = 0;
};

class GemmOperands {
 public:
  GemmOperands(Device& device, GemmShape shape, GemmTypes types, std::uint64_t seed);

  /// Shared by all of the group whose matrices are stored alike.
  static std::shared_ptr<GemmOperands> of(GroupContext& context, GemmTypes types);
  /// Without beta, which takes the values of C once more.
  static MemoryNeed need(const GemmShape& shape, const GemmTypes& types, Backend backend);

  const GemmShape& shape() const { return shape_; }
  const GemmTypes& types() const { return types_; }
  std::size_t count() const { return sets_.size(); }
  const std::vector<GemmPart>& parts() const { return parts_; }
  std::vector<std::int32_t> group_begins() const { return assay::group_begins(shape_, seed_); }
  GemmPointers set(std::size_t index);
  std::vector<GemmPointers> sets();
  /// What the last run on a set left in C.
  void copy_output(std::size_t index, Buffer& to);
  Work work(const GemmTerms& terms = {}) const;

  /// Exact mode bit for bit on every element, then normal data against the bound on sampled rows.
  /// With beta, leaves normal data in the C of every set.
  Verification verify(const Multiply& multiply, const GemmTerms& terms = {});

 private:
  struct Set {
    std::unique_ptr<Buffer> a, b;
    std::unique_ptr<GuardedOutput> c;
  };
  struct Rows;
  /// What C holds before a product.
  enum class Before { poison, integers, normal };

  Set empty_set();
  /// In every timed set.
  void make_normal();
  void make_exact(Set& set, std::int64_t limit);
  void set_output(Set& set, Before before);
  InputArray normal_c() const;

  void store(Buffer& to, const std::vector<float>& values);
  std::vector<float> values_of(Buffer& from, std::size_t count);
  /// Values row by row, however they are stored.
  std::vector<float> a_by_rows(Buffer& a);
  std::vector<float> b_by_rows(Buffer& b);
  std::vector<float> output_row(Set& set, std::int64_t row);
  std::vector<float> normal_c_row(std::int64_t row) const;

  static GemmPointers pointers(const Set& set);
  void run(Set& set, const Multiply& multiply, Before before);
  std::optional<std::string> exact_difference(const Multiply& multiply, const GemmTerms& terms);
  /// The first wrong element of an answer to integers, A and B by rows.
  std::optional<std::string> first_wrong(Set& set, std::vector<float> a, std::vector<float> b,
                                         const GemmTerms& terms);
  std::shared_ptr<Rows> make_reference(const BlockScales* scales);
  GemmOnDevice::Scanned scan(Set& set);
  /// The output of a set that holds normal inputs.
  Verification compare(Set& set, const Rows& reference, const GemmTerms& terms);

  Device& device_;
  GemmShape shape_;
  GemmTypes types_;
  std::uint64_t seed_;
  std::vector<GemmPart> parts_;
  std::unique_ptr<GemmOnDevice> on_device_;  // nothing: the host does it
  std::vector<Set> sets_;
  std::optional<Set> exact_;         // integer operands, made by the first check
  std::shared_ptr<Rows> reference_;  // fp64 rows of set 0, made by the first check
};

}  // namespace assay
