// Classes and codes, and sums over the visible keys of each class that follow the mask's edges.
#include "kernels/attention/counting.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "kernels/inputs.h"

namespace assay::attention {
namespace {

constexpr int kClasses = 8;
constexpr int kRun = 48;       // keys in a row of one class: some tiles hold none of a query's
constexpr int kMostValue = 4;  // of V's integers
constexpr double kGap = 104;   // exp(-104) is below every f32
// Operand numbers of the generator.
constexpr std::uint32_t kValues = 20, kKeyClass = 21, kQueryClass = 22, kSigns = 23;

/// Which class a key or query has, and its code.
class Classes {
 public:
  Classes(const Problem& problem, std::uint64_t seed) : problem_(problem), seed_(seed) {
    // Walsh functions differ in half of the columns: a gap of width * factor / sqrt(width).
    int exponent = 0;
    while (std::ldexp(std::sqrt(static_cast<double>(problem.width)), exponent) < kGap) ++exponent;
    query_factor_ = std::ldexp(1.0F, exponent - exponent / 2);
    key_factor_ = std::ldexp(1.0F, exponent / 2);
  }

  int of_key(int batch, int key_head, int key) const {
    const std::int64_t runs = (problem_.keys + kRun - 1) / kRun;
    return draw(kKeyClass, head_number(batch, key_head) * runs + key / kRun) % kClasses;
  }

  /// Where the mask ends in the middle of a run, a key more or less is of the query's class.
  int of_query(int batch, int head, int query) const {
    const std::int64_t row = problem_.log_sum_exp_place(batch, head, query);
    const int drawn = draw(kQueryClass, row);
    const Range keys = visible_keys(problem_.scores(), query);
    if (keys.empty() || drawn % 3 == 0) return drawn / 3 % kClasses;
    return of_key(batch, head / problem_.group(), drawn % 3 == 1 ? keys.last - 1 : keys.first);
  }

  /// Writes the code of a class, for keys and queries of one key head.
  void write(int batch, int key_head, int which, float factor, float* out) const {
    std::uint64_t signs = 0;
    for (int column = 0; column < problem_.width; ++column) {
      if (column % 64 == 0) {
        signs = random_bits(
            {seed_, kSigns, 0},
            static_cast<std::uint64_t>(head_number(batch, key_head) * 16 + column / 64));
      }
      const int walsh = std::popcount(static_cast<unsigned>(which & column)) & 1;
      const int sign = static_cast<int>(signs >> (column % 64) & 1);
      out[column] = (walsh ^ sign) != 0 ? -factor : factor;
    }
  }

  float query_factor() const { return query_factor_; }
  float key_factor() const { return key_factor_; }
  /// Of a query and a key of the same class, scaled.
  double largest_score() const {
    return problem_.width * problem_.scale() * query_factor_ * key_factor_;
  }

 private:
  std::int64_t head_number(int batch, int key_head) const {
    return static_cast<std::int64_t>(batch) * problem_.key_heads + key_head;
  }
  int draw(std::uint32_t operand, std::int64_t index) const {
    return static_cast<int>(random_bits({seed_, operand, 0}, static_cast<std::uint64_t>(index)) &
                            0xFFFF);
  }

  const Problem& problem_;
  std::uint64_t seed_;
  float query_factor_ = 1, key_factor_ = 1;
};

/// Sums of values by class over a range of keys whose ends never fall; the last slot has all.
class ClassSums {
 public:
  ClassSums(const Problem& problem, const Classes& classes, const std::vector<float>& values,
            int batch, int key_head)
      : problem_(problem), classes_(classes), values_(values), batch_(batch), key_head_(key_head) {
    for (auto& sum : sums_) sum.assign(static_cast<std::size_t>(problem.value_width), 0);
  }

  void move_to(Range keys) {
    if (keys.empty()) return;  // only before the first that is not
    for (; last_ < keys.last; ++last_) add(last_, 1);
    for (; first_ < keys.first; ++first_) add(first_, -1);
  }
  /// Of the query's class, or of all where none of its class is visible.
  int slot_of(int which) const { return counts_[slot(which)] > 0 ? which : kClasses; }
  std::int64_t count(int which) const { return counts_[slot(which)]; }
  std::int64_t sum(int which, int column) const {
    return sums_[slot(which)][static_cast<std::size_t>(column)];
  }

 private:
  static std::size_t slot(int which) { return static_cast<std::size_t>(which); }

  void add(int key, int times) {
    const std::int64_t row = problem_.key_row(batch_, key, key_head_);
    const float* value = values_.data() + row * problem_.value_width;
    for (const int which : {classes_.of_key(batch_, key_head_, key), kClasses}) {
      counts_[slot(which)] += times;
      auto& sum = sums_[slot(which)];
      for (std::size_t i = 0; i < sum.size(); ++i) {
        sum[i] += times * static_cast<std::int64_t>(value[i]);
      }
    }
  }

  const Problem& problem_;
  const Classes& classes_;
  const std::vector<float>& values_;
  int batch_, key_head_;
  int first_ = 0, last_ = 0;
  std::array<std::int64_t, kClasses + 1> counts_{};
  std::array<std::vector<std::int64_t>, kClasses + 1> sums_;
};

std::string place(Row row) {
  return fmt::format("batch {} query {} head {}", row.batch, row.query, row.head);
}

/// One row against its counts.
std::optional<std::string> row_difference(Row row, const ClassSums& sums, const Classes& classes,
                                          std::span<const float> output, float log_sum_exp,
                                          Roundoff roundoff) {
  const int which = sums.slot_of(classes.of_query(row.batch, row.head, row.query));
  const double largest = which == kClasses ? 0 : classes.largest_score();
  const auto count = static_cast<double>(sums.count(which));
  ReferenceRow expected{0,
                        {0},
                        {kMostValue},
                        largest + std::log(count),
                        0,
                        0,
                        static_cast<int>(sums.count(kClasses))};
  expected.score_error = score_error(0, 0, classes.largest_score(), roundoff);
  for (std::size_t i = 0; i < output.size(); ++i) {
    expected.output[0] = static_cast<double>(sums.sum(which, static_cast<int>(i))) / count;
    if (!(std::abs(output[i] - expected.output[0]) <= output_floor(expected, 0, roundoff))) {
      return fmt::format(
          "{}: {}", place(row),
          wrong_element(row.query, static_cast<std::int64_t>(i), output[i], expected.output[0]));
    }
  }
  const double error = std::abs(log_sum_exp - expected.log_sum_exp);
  if (!(error <= log_sum_exp_bound(expected, roundoff))) {
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
                     std::vector<float>(element_count(p.key_rows(), p.value_width))};
  fill_integer(inputs.v, {seed, kValues, 0}, kMostValue);
  float* q = inputs.q.data();
  for (std::int64_t number = 0; number < p.output_rows(); ++number, q += p.width) {
    const Row row = row_at(p, number);
    classes.write(row.batch, row.head / p.group(), classes.of_query(row.batch, row.head, row.query),
                  classes.query_factor(), q);
  }
  float* k = inputs.k.data();
  for (std::int64_t row = 0; row < p.key_rows(); ++row, k += p.width) {
    const auto key_head = static_cast<int>(row % p.key_heads);
    const auto key = static_cast<int>(row / p.key_heads % p.keys);
    const auto batch = static_cast<int>(row / p.key_heads / p.keys);
    classes.write(batch, key_head, classes.of_key(batch, key_head, key), classes.key_factor(), k);
  }
  return inputs;
}

std::optional<std::string> first_counting_difference(const Problem& p, std::uint64_t seed,
                                                     const std::vector<float>& values,
                                                     std::span<const float> output,
                                                     std::span<const float> log_sum_exp,
                                                     Roundoff roundoff) {
  const Classes classes(p, seed);
  const auto width = static_cast<std::size_t>(p.value_width);
  for (int batch = 0; batch < p.batches; ++batch) {
    for (int key_head = 0; key_head < p.key_heads; ++key_head) {
      ClassSums sums(p, classes, values, batch, key_head);
      for (int query = 0; query < p.queries; ++query) {
        const Range keys = visible_keys(p.scores(), query);
        sums.move_to(keys);
        for (int head = key_head * p.group(); head < (key_head + 1) * p.group(); ++head) {
          const Row row{batch, query, head};
          const std::int64_t number = p.output_row(batch, query, head);
          const std::int64_t place_of_sum = p.log_sum_exp_place(batch, head, query);
          const auto out = output.subspan(static_cast<std::size_t>(number) * width, width);
          const float sum = log_sum_exp[static_cast<std::size_t>(place_of_sum)];
          auto wrong = keys.empty() ? masked_row_difference(row, out, sum)
                                    : row_difference(row, sums, classes, out, sum, roundoff);
          if (wrong) return wrong;
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace assay::attention
