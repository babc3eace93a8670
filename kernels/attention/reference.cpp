// Rows by their numbers, the two implementations of one, and the bounds.
#include "kernels/attention/reference.h"

#include <algorithm>
#include <cmath>

#include "harness/core/dtype.h"
#include "harness/measure/sign_of_life.h"
#include "kernels/attention/attend_row.h"
#include "kernels/inputs.h"

namespace assay::attention {
namespace {

/// Of a product of matrices over so many terms.
double product_gamma(std::int64_t terms, const Accumulation& product) {
  const std::int64_t together = product.terms_per_rounding;
  return accumulation_gamma((terms + together - 1) / together, product.roundoff);
}

}  // namespace

Precision::Precision(const Types& types)
    : product(types.product),
      sum(std::min(types.product.roundoff, kCutF32.roundoff)),
      output(unit_roundoff(types.output)) {}

NaiveTypes::NaiveTypes(const Types& types)
    : result(types.output),
      probability(bits_of(types.storage) == 8 ? types.storage : types.output) {}

std::span<const float> row_of(const std::vector<float>& array, std::int64_t row, int width) {
  return std::span(array).subspan(static_cast<std::size_t>(row) * static_cast<std::size_t>(width),
                                  static_cast<std::size_t>(width));
}

std::vector<float> leading_columns(const std::vector<float>& array, int width, int count) {
  std::vector<float> columns;
  columns.reserve(array.size() / static_cast<std::size_t>(width) * static_cast<std::size_t>(count));
  for (auto row = array.begin(); row != array.end(); row += width) {
    columns.insert(columns.end(), row, row + count);
  }
  return columns;
}

Row row_at(const Problem& problem, std::int64_t number) {
  const std::int64_t position = number / problem.query_heads;
  auto batch = static_cast<int>(position / problem.queries);  // or a later one, of shorter ones
  while (problem.first_query(batch + 1) <= position) ++batch;
  return {batch, static_cast<int>(position - problem.first_query(batch)),
          static_cast<int>(number % problem.query_heads)};
}

std::span<const float> InputView::query(Row row) const {
  return row_of(inputs_.q, problem_.output_row(row.batch, row.query, row.head), problem_.width);
}

std::span<const float> InputView::key(Row row, int key) const {
  return row_of(inputs_.k, problem_.key_row(row.batch, key, row.head / problem_.group()),
                problem_.width);
}

std::span<const float> InputView::value(Row row, int key) const {
  return row_of(inputs_.v, problem_.key_row(row.batch, key, row.head / problem_.group()),
                problem_.value_width);
}

ReferenceRow reference_row(const InputView& inputs, std::int64_t number, NaiveTypes naive_types,
                           const Precision& precision) {
  sign_of_life();
  const Problem& problem = inputs.problem();
  const Row row = row_at(problem, number);
  const auto exact = attend_row<double>(inputs, row, NoRounding{});
  const auto naive = attend_row<float>(inputs, row, NaiveRounding{naive_types});
  ReferenceRow out{
      number, exact.output,     std::vector<double>(exact.output.size(), 0.0), exact.log_sum_exp, 0,
      0,      exact.keys.size()};
  double largest = 0;
  for (const double score : exact.scores) largest = std::max(largest, std::abs(score));
  for (int key = exact.keys.first; key < exact.keys.last; ++key) {
    double magnitude = 0;
    const auto q = inputs.query(row), k = inputs.key(row, key);
    for (std::size_t i = 0; i < q.size(); ++i) {
      magnitude += std::abs(static_cast<double>(q[i]) * k[i]);
    }
    out.score_error =
        std::max(out.score_error,
                 score_error(problem.width, problem.scale() * magnitude, largest, precision));
    const auto value = inputs.value(row, key);
    const auto at = static_cast<std::size_t>(key - exact.keys.first);
    for (std::size_t i = 0; i < value.size(); ++i) {
      out.magnitude[i] += exact.probabilities[at] * std::abs(value[i]);
    }
  }
  for (std::size_t i = 0; i < exact.output.size(); ++i) {
    out.naive_error = std::max(out.naive_error, std::abs(naive.output[i] - exact.output[i]));
  }
  return out;
}

double score_error(int width, double magnitude, double largest, const Precision& precision) {
  return product_gamma(width, precision.product) * magnitude + 6 * precision.sum * largest;
}

double output_floor(const ReferenceRow& row, std::size_t column, const Precision& precision) {
  const double relative = 2 * (row.score_error + exponential_error()) +
                          accumulation_gamma(row.visible, precision.sum) +
                          product_gamma(row.visible, precision.product);
  return precision.output * std::abs(row.output[column]) +
         (1 + precision.output) * relative * row.magnitude[column];
}

double log_sum_exp_bound(const ReferenceRow& row, const Precision& precision) {
  return row.score_error + exponential_error() + accumulation_gamma(row.visible, precision.sum) +
         4 * precision.sum * std::abs(row.log_sum_exp);
}

}  // namespace assay::attention
