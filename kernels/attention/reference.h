// The reference of attention: rows in fp64 from the same rounded inputs, beside a naive
// low-precision implementation whose error says what the data allow.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/core/dtype.h"
#include "kernels/attention/problem.h"
#include "kernels/verify.h"

namespace assay::attention {

/// The inputs of a problem without pages, as f32: q [b, sq, hq, d], k [b, sk, hkv, d],
/// v [b, sk, hkv, dv].
struct DenseInputs {
  std::vector<float> q, k, v;  ///< With `latent`, v is a copy of the first columns of k.
};

/// Row `row` of an array of rows of `width` elements.
std::span<const float> row_of(const std::vector<float>& array, std::int64_t row, int width);

/// The first `count` elements of each row: the values of latent keys.
std::vector<float> leading_columns(const std::vector<float>& array, int width, int count);

/// One row of O, numbered as Problem::output_row() does.
struct Row {
  int batch = 0, query = 0, head = 0;
};
Row row_at(const Problem& problem, std::int64_t number);

/// Rows of dense arrays by their indices.
class InputView {
 public:
  InputView(const Problem& problem, const DenseInputs& inputs)
      : problem_(problem), inputs_(inputs) {}

  const Problem& problem() const { return problem_; }
  const DenseInputs& arrays() const { return inputs_; }
  std::span<const float> query(Row row) const;
  /// Of the key head that the row's query head shares.
  std::span<const float> key(Row row, int key) const;
  std::span<const float> value(Row row, int key) const;

 private:
  const Problem& problem_;
  const DenseInputs& inputs_;
};

/// Unit roundoffs of an implementation. Tensor cores may keep fewer bits of a product of matrices
/// than all other arithmetic does.
struct Precision {
  Precision() = default;
  Precision(Roundoff all)
      : product{Dtype::f32, all.accumulator}, sum(all.accumulator), output(all.output) {}
  explicit Precision(const Types& types);

  Accumulation product;  ///< Of scores, and of probabilities times values.
  double sum = 0x1p-24;  ///< Of f32 outside these.
  double output = 0x1p-24;
};

/// What a naive implementation rounds to: scores and outputs, and probabilities.
struct NaiveTypes {
  NaiveTypes(Dtype all) : result(all), probability(all) {}
  explicit NaiveTypes(const Types& types);

  Dtype result;
  Dtype probability;  ///< If of 8 bits, of exponentials in its range (fp8.h).
};

/// What one row is compared with.
struct ReferenceRow {
  std::int64_t number = 0;
  std::vector<double> output;
  std::vector<double> magnitude;  ///< Sums of p |v|.
  double log_sum_exp = 0;
  double score_error = 0;  ///< Of an f32 score, at most; see score_error().
  double naive_error = 0;  ///< The largest of the naive implementation in this row.
  int visible = 0;         ///< Keys that the query attends to.
};

/// The naive implementation adds up in f32.
ReferenceRow reference_row(const InputView& inputs, std::int64_t number, NaiveTypes naive,
                           const Precision& precision);

/// How far a score may be from its exact value: `magnitude` is scale * sum |q||k|, and its row's
/// scores go up to `largest` in magnitude. kernels/README.md has the derivation of all three.
double score_error(int width, double magnitude, double largest, const Precision& precision);
/// Relative, of exp: ex2.approx is within 2 units in the last place, host polynomials within 1.
constexpr double exponential_error() { return 0x1p-22; }
/// How far an output may be that keeps everything but itself in f32, or in what its products keep.
double output_floor(const ReferenceRow& row, std::size_t column, const Precision& precision);
double log_sum_exp_bound(const ReferenceRow& row, const Precision& precision);

}  // namespace assay::attention
