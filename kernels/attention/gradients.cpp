// Sums over the pairs of a row, exact and naive at once.
#include "kernels/attention/gradients.h"

#include <algorithm>
#include <cmath>

#include "harness/core/dtype.h"
#include "harness/measure/sign_of_life.h"
#include "kernels/attention/attend_row.h"
#include "kernels/inputs.h"

namespace assay::attention {
namespace {

double magnitude_of(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(static_cast<double>(a[i]) * b[i]);
  return sum;
}

/// What a (query, key) pair adds: P and dS, without the scale.
template <class Real>
struct Pair {
  Real p = 0, ds = 0;
};

/// Rows of what a backward pass is given, and the pairs of these.
class PairView {
 public:
  PairView(const Problem& problem, const BackwardInputs& inputs)
      : problem_(problem), inputs_(inputs), dense_(problem, inputs.dense) {}

  std::span<const float> query(Row row) const { return dense_.query(row); }
  std::span<const float> key(Row row, int key) const { return dense_.key(row, key); }
  std::span<const float> value(Row row, int key) const { return dense_.value(row, key); }
  std::span<const float> output(Row row) const { return of_output(inputs_.output, row); }
  std::span<const float> output_gradient(Row row) const {
    return of_output(inputs_.output_gradient, row);
  }
  float log_sum_exp(Row row) const {
    return inputs_.log_sum_exp[static_cast<std::size_t>(
        problem_.log_sum_exp_place(row.batch, row.head, row.query))];
  }

  template <class Real, class Round>
  Pair<Real> pair(Row row, int key, Round round) const {
    const auto scale = static_cast<Real>(problem_.scale());
    const Real score = round(scale * dot<Real>(query(row), dense_.key(row, key)));
    const Real dp = round(dot<Real>(output_gradient(row), value(row, key)));
    const Real sum = dot<Real>(output(row), output_gradient(row));
    const Real p = round(std::exp(score - static_cast<Real>(log_sum_exp(row))));
    return {p, round(p * (dp - sum))};
  }

 private:
  std::span<const float> of_output(const std::vector<float>& array, Row row) const {
    const auto width = static_cast<std::size_t>(problem_.value_width);
    const std::int64_t number = problem_.output_row(row.batch, row.query, row.head);
    return std::span(array).subspan(static_cast<std::size_t>(number) * width, width);
  }

  const Problem& problem_;
  const BackwardInputs& inputs_;
  InputView dense_;
};

/// One row of a gradient while its pairs come in.
class RowSum {
 public:
  RowSum(std::int64_t number, int width) : naive_(static_cast<std::size_t>(width)) {
    row_.number = number;
    row_.value.resize(naive_.size());
    row_.magnitude.resize(naive_.size());
    row_.squares.resize(naive_.size());
  }

  /// factor * vector, of which a term's magnitude may be larger than the term.
  void add(double factor, float naive_factor, double magnitude, std::span<const float> vector) {
    for (std::size_t i = 0; i < vector.size(); ++i) {
      const double term = factor * vector[i];
      row_.value[i] += term;
      row_.squares[i] += term * term;
      row_.magnitude[i] += magnitude * std::abs(vector[i]);
      naive_[i] += naive_factor * vector[i];
    }
  }
  GradientRow finish(Dtype rounding, double relative_error) {
    for (std::size_t i = 0; i < naive_.size(); ++i) {
      const double naive = rounded_input(rounding, naive_[i]);
      row_.naive_error = std::max(row_.naive_error, std::abs(naive - row_.value[i]));
    }
    row_.relative_error = relative_error;
    return std::move(row_);
  }

 private:
  GradientRow row_;
  std::vector<float> naive_;
};

/// The largest errors of the pairs of a row: relative to its terms.
class TermError {
 public:
  TermError(const Problem& problem, const PairView& view, Roundoff roundoff)
      : problem_(problem), view_(view), roundoff_(roundoff) {}

  void add(Row row, int key) {
    const double magnitude = problem_.scale() * magnitude_of(view_.query(row), view_.key(row, key));
    const double sum = std::abs(view_.log_sum_exp(row));
    // No score is larger than its magnitude; the log-sum-exp is scaled and subtracted from it.
    largest_ = std::max(largest_, score_error(problem_.width, magnitude, magnitude, roundoff_) +
                                      4 * roundoff_.accumulator * sum);
    ++terms_;
  }
  double probability() const {
    return largest_ + exponential_error() + accumulation_gamma(terms_, roundoff_.accumulator);
  }
  double score_gradient() const {
    return probability() + accumulation_gamma(problem_.value_width, roundoff_.accumulator);
  }

 private:
  const Problem& problem_;
  const PairView& view_;
  Roundoff roundoff_;
  double largest_ = 0;
  std::int64_t terms_ = 0;
};

struct Pairs {
  Pair<double> exact;
  Pair<float> naive;
  double magnitude = 0;  ///< p (|dO||v| + |O||dO|), which |dS| does not exceed.
};

Pairs pairs_of(const PairView& view, Row row, int key, Dtype rounding) {
  const auto exact = view.pair<double>(row, key, [](double value) { return value; });
  const auto naive = view.pair<float>(
      row, key, [rounding](float value) { return rounded_input(rounding, value); });
  const auto gradient = view.output_gradient(row);
  const double magnitude =
      magnitude_of(gradient, view.value(row, key)) + magnitude_of(gradient, view.output(row));
  return {exact, naive, exact.p * magnitude};
}

}  // namespace

GradientRow query_gradient_row(const Problem& problem, const BackwardInputs& inputs,
                               std::int64_t number, Dtype rounding, Roundoff roundoff) {
  sign_of_life();
  const PairView view(problem, inputs);
  const Row row = row_at(problem, number);
  const double scale = problem.scale();
  RowSum sum(number, problem.width);
  TermError error(problem, view, roundoff);
  const Range keys = visible_keys(problem.scores(), row.query);
  for (int key = keys.first; key < keys.last; ++key) {
    const Pairs pairs = pairs_of(view, row, key, rounding);
    sum.add(scale * pairs.exact.ds, static_cast<float>(scale) * pairs.naive.ds,
            scale * pairs.magnitude, view.key(row, key));
    error.add(row, key);
  }
  return sum.finish(rounding, error.score_gradient());
}

KeyGradientRows key_gradient_rows(const Problem& problem, const BackwardInputs& inputs,
                                  std::int64_t number, Dtype rounding, Roundoff roundoff) {
  sign_of_life();
  const PairView view(problem, inputs);
  const auto key_head = static_cast<int>(number % problem.key_heads);
  const auto key = static_cast<int>(number / problem.key_heads % problem.keys);
  const auto batch = static_cast<int>(number / problem.key_heads / problem.keys);
  const double scale = problem.scale();
  RowSum k(number, problem.width), v(number, problem.value_width);
  TermError error(problem, view, roundoff);
  const Range queries = visible_queries(problem.scores(), key);
  for (int in_group = 0; in_group < problem.group(); ++in_group) {
    for (int query = queries.first; query < queries.last; ++query) {
      const Row row{batch, query, key_head * problem.group() + in_group};
      const Pairs pairs = pairs_of(view, row, key, rounding);
      k.add(scale * pairs.exact.ds, static_cast<float>(scale) * pairs.naive.ds,
            scale * pairs.magnitude, view.query(row));
      v.add(pairs.exact.p, pairs.naive.p, pairs.exact.p, view.output_gradient(row));
      error.add(row, key);
    }
  }
  return {k.finish(rounding, error.score_gradient()), v.finish(rounding, error.probability())};
}

double gradient_bound(const GradientRow& row, std::size_t column, Roundoff roundoff) {
  // Independent roundings of the terms, four standard deviations at the least.
  const double rounded_terms = 4 * roundoff.output * std::sqrt(row.squares[column]);
  return std::max(2 * row.naive_error, rounded_terms) +
         roundoff.output * std::abs(row.value[column]) +
         (1 + roundoff.output) * 2 * row.relative_error * row.magnitude[column];
}

}  // namespace assay::attention
