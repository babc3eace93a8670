// The matrices of a GEMM group, shared by its implementations, and the check of an answer.
//
// C[M, N] = A[M, K] B[K, N], all row-major and dense: lda = K, ldb = N, ldc = N.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "kernels/catalogue.h"
#include "kernels/guarded_output.h"
#include "kernels/rounding.h"

namespace assay {

struct GemmShape {
  std::int64_t m = 0, n = 0, k = 0;
  /// Nothing unless the shape is exactly m, n and k, each at least 1 and below 2^31.
  static std::optional<GemmShape> from(const Shape& shape);
};

/// How the elements are stored, and to what the values are rounded. The host keeps bf16 values in
/// f32 storage (bf16 is rounded outside the timed part; C stays f32).
struct GemmTypes {
  Element rounding = Element::f32;  // of A and B
  Element storage = Element::f32;   // of A and B
  Element output = Element::f32;    // of C
};

struct GemmPointers {
  const void* a = nullptr;
  const void* b = nullptr;
  void* c = nullptr;
};

/// Enqueues one multiplication.
using Multiply = std::function<void(const GemmPointers&)>;

class GemmOperands {
 public:
  GemmOperands(Device& device, GemmShape shape, GemmTypes types, std::uint64_t seed);

  static std::shared_ptr<GemmOperands> of(GroupContext& context, GemmTypes types);

  const GemmShape& shape() const { return shape_; }
  const GemmTypes& types() const { return types_; }
  std::size_t count() const { return sets_.size(); }
  GemmPointers set(std::size_t index);
  Work work() const;

  /// Exact mode bit for bit on every element, then normal data against the bound on sampled rows.
  Verification verify(const Multiply& multiply);

 private:
  struct Set {
    std::unique_ptr<Buffer> a, b;
    std::unique_ptr<GuardedOutput> c;
  };
  struct Answer;
  struct Rows;

  Set make_set(std::uint32_t index, bool integers);
  void store(Buffer& to, const std::vector<float>& values);
  std::vector<float> values_of(Buffer& from, std::size_t count);
  Answer run_poisoned(Set& set, const Multiply& multiply);
  std::optional<std::string> exact_difference(const Multiply& multiply);
  void prepare_reference();

  Device& device_;
  GemmShape shape_;
  GemmTypes types_;
  std::uint64_t seed_;
  std::vector<Set> sets_;
  std::optional<Set> exact_;         // integer operands, made by the first check
  std::shared_ptr<Rows> reference_;  // fp64 rows of set 0, made by the first check
};

}  // namespace assay
