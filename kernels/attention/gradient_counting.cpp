// Sums of V and of dO by class, which move with the mask's edges, and the gradients that follow.
#include "kernels/attention/gradient_counting.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>

#include "kernels/attention/counting.h"
#include "kernels/attention/counting_classes.h"
#include "kernels/attention/reference.h"
#include "kernels/inputs.h"

namespace assay::attention {
namespace {

constexpr int kMostGradient = 2;  // of dO's integers
// Operand numbers of the generator.
constexpr std::uint32_t kSmallValues = 24, kOutputs = 25, kOutputGradients = 26;

std::int64_t dot_of(std::span<const float> a, std::span<const float> b) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<std::int64_t>(a[i] * b[i]);
  return sum;
}

std::int64_t magnitude_of(std::span<const float> a) {
  std::int64_t sum = 0;
  for (const float element : a) sum += static_cast<std::int64_t>(std::abs(element));
  return sum;
}

/// Over the queries of a class: of dO, of O dO, and of the magnitudes of dO (V - O).
struct QuerySum {
  std::int64_t count = 0, outputs = 0, magnitude = 0;
  std::vector<std::int64_t> gradients;
};

/// Those of the query heads that share a key head, over a range of queries whose ends never fall.
class QuerySums {
 public:
  QuerySums(const Problem& problem, const Classes& classes, const BackwardInputs& inputs, int batch,
            int key_head)
      : problem_(problem), classes_(classes), inputs_(inputs), batch_(batch), key_head_(key_head) {
    for (QuerySum& sum : sums_) {
      sum.gradients.assign(static_cast<std::size_t>(problem.value_width), 0);
    }
  }

  void move_to(Range queries) {
    if (queries.empty()) return;
    for (; last_ < queries.last; ++last_) add(last_, 1);
    for (; first_ < queries.first; ++first_) add(first_, -1);
  }
  const QuerySum& of(int which) const { return sums_[static_cast<std::size_t>(which)]; }

 private:
  void add(int query, int times) {
    for (int head = key_head_ * problem_.group(); head < (key_head_ + 1) * problem_.group();
         ++head) {
      const std::int64_t row = problem_.output_row(batch_, query, head);
      const auto gradient = row_of(inputs_.output_gradient, row, problem_.value_width);
      const std::int64_t output =
          dot_of(row_of(inputs_.output, row, problem_.value_width), gradient);
      QuerySum& sum = sums_[static_cast<std::size_t>(classes_.of_query(batch_, head, query))];
      sum.count += times;
      sum.outputs += times * output;
      sum.magnitude += times * (magnitude_of(gradient) + std::abs(output));
      for (std::size_t i = 0; i < gradient.size(); ++i) {
        sum.gradients[i] += times * static_cast<std::int64_t>(gradient[i]);
      }
    }
  }

  const Problem& problem_;
  const Classes& classes_;
  const BackwardInputs& inputs_;
  int batch_, key_head_;
  int first_ = 0, last_ = 0;
  std::array<QuerySum, kClasses> sums_;
};

/// Checks of one key head.
class HeadCheck {
 public:
  HeadCheck(const Problem& problem, const Classes& classes, const BackwardInputs& inputs,
            const GradientValues& answer, Roundoff roundoff, int batch, int key_head)
      : problem_(problem),
        classes_(classes),
        inputs_(inputs),
        answer_(answer),
        roundoff_(roundoff),
        batch_(batch),
        key_head_(key_head),
        code_(static_cast<std::size_t>(problem.width)) {}

  std::optional<std::string> of_queries() {
    ClassSums sums(problem_, classes_, inputs_.dense.v, batch_, key_head_);
    for (int query = 0; query < problem_.queries; ++query) {
      sums.move_to(visible_keys(problem_.scores(), query));
      for (int head = key_head_ * problem_.group(); head < (key_head_ + 1) * problem_.group();
           ++head) {
        if (auto wrong = query_row({batch_, query, head}, sums)) return wrong;
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> of_keys() {
    QuerySums sums(problem_, classes_, inputs_, batch_, key_head_);
    for (int key = 0; key < problem_.keys; ++key) {
      sums.move_to(visible_queries(problem_.scores(), key));
      if (auto wrong = key_rows(key, sums)) return wrong;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> query_row(Row row, const ClassSums& sums) {
    const std::int64_t number = problem_.output_row(row.batch, row.query, row.head);
    const bool sees_any = !visible_keys(problem_.scores(), row.query).empty();
    const int which = classes_.of_query(row.batch, row.head, row.query);
    const std::int64_t count = sees_any ? sums.count(which) : 0;
    const auto gradient = row_of(inputs_.output_gradient, number, problem_.value_width);
    const std::int64_t output =
        dot_of(row_of(inputs_.output, number, problem_.value_width), gradient);
    std::int64_t factor = -output * count;
    for (std::size_t i = 0; sees_any && i < gradient.size(); ++i) {
      factor += static_cast<std::int64_t>(gradient[i]) * sums.sum(which, static_cast<int>(i));
    }
    classes_.write(batch_, key_head_, which, classes_.key_factor(), code_.data());
    return code_row("dQ", row_of(answer_.q, number, problem_.width), number, factor,
                    {count, count * (magnitude_of(gradient) + std::abs(output))});
  }

  std::optional<std::string> key_rows(int key, const QuerySums& sums) {
    const std::int64_t number = problem_.key_row(batch_, key, key_head_);
    const bool is_seen = !visible_queries(problem_.scores(), key).empty();
    const int which = classes_.of_key(batch_, key_head_, key);
    const QuerySum& sum = sums.of(which);
    const auto value = row_of(inputs_.dense.v, number, problem_.value_width);
    const auto dv = row_of(answer_.v, number, problem_.value_width);
    std::int64_t factor = is_seen ? -sum.outputs : 0;
    for (std::size_t i = 0; i < dv.size(); ++i) {
      const std::int64_t gradient = is_seen ? sum.gradients[i] : 0;
      factor += static_cast<std::int64_t>(value[i]) * gradient;
      const Terms terms{sum.count, kMostGradient * sum.count};
      if (auto wrong = element("dV", number, i, dv[i], static_cast<double>(gradient), 1, terms)) {
        return wrong;
      }
    }
    classes_.write(batch_, key_head_, which, classes_.query_factor(), code_.data());
    return code_row("dK", row_of(answer_.k, number, problem_.width), number, factor,
                    {sum.count, sum.magnitude});
  }

  struct Terms {
    std::int64_t count = 0;
    std::int64_t magnitude = 0;  ///< Sum of their magnitudes, at most.
  };

  /// factor * scale * the class's code.
  std::optional<std::string> code_row(const char* array, std::span<const float> got,
                                      std::int64_t number, std::int64_t factor, Terms terms) const {
    for (std::size_t i = 0; i < got.size(); ++i) {
      const double unit = problem_.scale() * static_cast<double>(code_[i]);
      if (auto wrong = element(array, number, i, got[i], unit * static_cast<double>(factor),
                               std::abs(unit), terms)) {
        return wrong;
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> element(const char* array, std::int64_t row, std::size_t column,
                                     float got, double expected, double unit, Terms terms) const {
    constexpr double kVanished = 0x1p-100;  // exp of the scores between classes
    // All pairs of a class have one score, hence nearly one P: its error is that of the whole sum.
    const double largest = classes_.largest_score();
    const double common = score_error(0, 0, largest, roundoff_) +
                          4 * roundoff_.accumulator * largest + exponential_error();
    const double each =
        exponential_error() + accumulation_gamma(terms.count, roundoff_.accumulator);
    const double bound =
        (roundoff_.output + common) * std::abs(expected) +
        (1 + roundoff_.output) * each * unit * static_cast<double>(terms.magnitude) + kVanished;
    if (std::abs(got - expected) <= bound) return std::nullopt;
    return fmt::format("{} of batch {} key head {}: {}", array, batch_, key_head_,
                       wrong_element(row, static_cast<std::int64_t>(column), got, expected));
  }

  const Problem& problem_;
  const Classes& classes_;
  const BackwardInputs& inputs_;
  const GradientValues& answer_;
  Roundoff roundoff_;
  int batch_, key_head_;
  std::vector<float> code_;
};

}  // namespace

BackwardInputs counting_backward_inputs(const Problem& p, std::uint64_t seed) {
  const Classes classes(p, seed);
  BackwardInputs inputs;
  inputs.dense = counting_inputs(p, seed);
  fill_integer(inputs.dense.v, {seed, kSmallValues, 0}, 1);
  inputs.output.resize(element_count(p.output_rows(), p.value_width));
  fill_integer(inputs.output, {seed, kOutputs, 0}, 1);
  inputs.output_gradient.resize(inputs.output.size());
  fill_integer(inputs.output_gradient, {seed, kOutputGradients, 0}, kMostGradient);
  for (int batch = 0; batch < p.batches; ++batch) {
    for (int head = 0; head < p.query_heads; ++head) {
      for (int query = 0; query < p.queries; ++query) {
        inputs.log_sum_exp.push_back(visible_keys(p.scores(), query).empty()
                                         ? -std::numeric_limits<float>::infinity()
                                         : static_cast<float>(classes.largest_score()));
      }
    }
  }
  return inputs;
}

std::optional<std::string> first_gradient_difference(const Problem& p, std::uint64_t seed,
                                                     const BackwardInputs& inputs,
                                                     const GradientValues& answer,
                                                     Roundoff roundoff) {
  const Classes classes(p, seed);
  for (int batch = 0; batch < p.batches; ++batch) {
    for (int key_head = 0; key_head < p.key_heads; ++key_head) {
      HeadCheck check(p, classes, inputs, answer, roundoff, batch, key_head);
      if (auto wrong = check.of_queries()) return wrong;
      if (auto wrong = check.of_keys()) return wrong;
    }
  }
  return std::nullopt;
}

}  // namespace assay::attention
