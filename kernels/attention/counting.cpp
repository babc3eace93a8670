// The forward pass of counting inputs: every row against sums over the visible keys of its class.
#include "kernels/attention/counting.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "kernels/attention/counting_classes.h"
#include "kernels/inputs.h"

namespace assay::attention {
namespace {

constexpr int kMostValue = 4;          // of V's integers
constexpr std::uint32_t kValues = 20;  // operand number of the generator

std::string place(Row row) {
  return fmt::format("batch {} query {} head {}", row.batch, row.query, row.head);
}

/// One row against its counts.
std::optional<std::string> row_difference(Row row, const ClassSums& sums, const Classes& classes,
                                          std::span<const float> output, float log_sum_exp,
                                          const Precision& precision) {
  const int which = sums.slot_of(classes.of_query(row.batch, row.head, row.query));
  const double largest = which == kClasses ? 0 : classes.largest_score();
  const auto count = static_cast<double>(sums.count(which));
  ReferenceRow expected{0, {0}, {classes.largest_value(kMostValue)},   largest + std::log(count),
                        0, 0,   static_cast<int>(sums.count(kClasses))};
  expected.score_error = score_error(0, 0, classes.largest_score(), precision);
  for (std::size_t i = 0; i < output.size(); ++i) {
    expected.output[0] = static_cast<double>(sums.sum(which, static_cast<int>(i))) / count;
    if (!(std::abs(output[i] - expected.output[0]) <= output_floor(expected, 0, precision))) {
      return fmt::format(
          "{}: {}", place(row),
          wrong_element(row.query, static_cast<std::int64_t>(i), output[i], expected.output[0]));
    }
  }
  const double error = std::abs(log_sum_exp - expected.log_sum_exp);
  if (!(error <= log_sum_exp_bound(expected, precision))) {
    return fmt::format("the log-sum-exp of {} is {:.9g} where {:.9g} is expected", place(row),
                       log_sum_exp, expected.log_sum_exp);
  }
  return std::nullopt;
}

std::optional<std::string> masked_row_difference(Row row, std::span<const float> output,
                                                 float log_sum_exp) {
  for (const float element : output) {
    if (element != 0) {
      return fmt::format("{} attends to nothing and its output is {} instead of 0", place(row),
                         element);
    }
  }
  if (log_sum_exp != -std::numeric_limits<float>::infinity()) {
    return fmt::format("{} attends to nothing and its log-sum-exp is {} instead of -inf",
                       place(row), log_sum_exp);
  }
  return std::nullopt;
}

}  // namespace

DenseInputs counting_inputs(const Problem& p, std::uint64_t seed) {
  const Classes classes(p, seed);
  DenseInputs inputs{std::vector<float>(element_count(p.output_rows(), p.width)),
                     std::vector<float>(element_count(p.key_rows(), p.width)),
                     std::vector<float>(p.latent ? 0 : element_count(p.key_rows(), p.value_width))};
  fill_integer(p.latent ? inputs.k : inputs.v, {seed, kValues, 0}, kMostValue);
  float* q = inputs.q.data();
  for (std::int64_t number = 0; number < p.output_rows(); ++number, q += p.width) {
    const Row row = row_at(p, number);
    classes.write(row.batch, row.head / p.group(), classes.of_query(row.batch, row.head, row.query),
                  classes.query_factor(), q);
  }
  float* k = inputs.k.data();
  for (int batch = 0; batch < p.batches; ++batch) {
    for (int key = 0; key < p.keys_of(batch); ++key) {
      for (int key_head = 0; key_head < p.key_heads; ++key_head, k += p.width) {
        const int which = classes.of_key(batch, key_head, key);
        classes.write(batch, key_head, which, classes.key_factor(), k);
      }
    }
  }
  if (p.latent) inputs.v = leading_columns(inputs.k, p.width, p.value_width);
  return inputs;
}

std::optional<std::string> first_counting_difference(const Problem& p, std::uint64_t seed,
                                                     const std::vector<float>& values,
                                                     std::span<const float> output,
                                                     std::span<const float> log_sum_exp,
                                                     const Precision& precision) {
  const Classes classes(p, seed);
  const auto width = static_cast<std::size_t>(p.value_width);
  for (int batch = 0; batch < p.batches; ++batch) {
    for (int key_head = 0; key_head < p.key_heads; ++key_head) {
      ClassSums sums(p, classes, values, batch, key_head);
      for (int query = 0; query < p.queries_of(batch); ++query) {
        const Range keys = visible_keys(p.scores_of(batch), query);
        sums.move_to(keys);
        for (int head = key_head * p.group(); head < (key_head + 1) * p.group(); ++head) {
          const Row row{batch, query, head};
          const std::int64_t number = p.output_row(batch, query, head);
          const std::int64_t place_of_sum = p.log_sum_exp_place(batch, head, query);
          const auto out = output.subspan(static_cast<std::size_t>(number) * width, width);
          const float sum = log_sum_exp[static_cast<std::size_t>(place_of_sum)];
          auto wrong = keys.empty() ? masked_row_difference(row, out, sum)
                                    : row_difference(row, sums, classes, out, sum, precision);
          if (wrong) return wrong;
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace assay::attention
