// Draws classes and writes their Walsh functions.
#include "kernels/attention/counting_classes.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "kernels/inputs.h"

namespace assay::attention {
namespace {

constexpr int kRun = 48;      // keys in a row of one class: some tiles hold none of a query's
constexpr double kGap = 104;  // exp(-104) is below every f32
// Operand numbers of the generator.
constexpr std::uint32_t kKeyClass = 21, kQueryClass = 22, kSigns = 23;

}  // namespace

Classes::Classes(const Problem& problem, std::uint64_t seed) : problem_(problem), seed_(seed) {
  // Walsh functions differ in half of the columns: a gap of columns * factor * scale.
  int exponent = 0;
  while (std::ldexp(code_columns() * problem.scale(), exponent) < kGap) ++exponent;
  query_factor_ = std::ldexp(1.0F, exponent - exponent / 2);
  key_factor_ = std::ldexp(1.0F, exponent / 2);
}

int Classes::of_key(int batch, int key_head, int key) const {
  const std::int64_t runs = (problem_.keys + kRun - 1) / kRun;
  return draw(kKeyClass, head_number(batch, key_head) * runs + key / kRun) % kClasses;
}

int Classes::of_query(int batch, int head, int query) const {
  const std::int64_t row = problem_.log_sum_exp_place(batch, head, query);
  const int drawn = draw(kQueryClass, row);
  const Range keys = visible_keys(problem_.scores_of(batch), query);
  if (keys.empty() || drawn % 3 == 0) return drawn / 3 % kClasses;
  return of_key(batch, head / problem_.group(), drawn % 3 == 1 ? keys.last - 1 : keys.first);
}

void Classes::write(int batch, int key_head, int which, float factor, float* out) const {
  std::uint64_t signs = 0;
  for (int column = 0; column < problem_.width; ++column) {
    if (column % 64 == 0) {
      signs =
          random_bits({seed_, kSigns, 0},
                      static_cast<std::uint64_t>(head_number(batch, key_head) * 16 + column / 64));
    }
    if (!is_code(column)) continue;
    const int walsh = std::popcount(static_cast<unsigned>(which & column)) & 1;
    const int sign = static_cast<int>(signs >> (column % 64) & 1);
    out[column] = (walsh ^ sign) != 0 ? -factor : factor;
  }
}

int Classes::code_columns() const {
  int columns = 0;
  for (int column = 0; column < problem_.width; ++column) columns += is_code(column) ? 1 : 0;
  return columns;
}

float Classes::largest_value(float drawn) const {
  return problem_.latent ? std::max(drawn, key_factor_) : drawn;
}

double Classes::largest_score() const {
  return code_columns() * problem_.scale() * query_factor_ * key_factor_;
}

int Classes::draw(std::uint32_t operand, std::int64_t index) const {
  return static_cast<int>(random_bits({seed_, operand, 0}, static_cast<std::uint64_t>(index)) &
                          0xFFFF);
}

ClassSums::ClassSums(const Problem& problem, const Classes& classes,
                     const std::vector<float>& values, int batch, int key_head)
    : problem_(problem), classes_(classes), values_(values), batch_(batch), key_head_(key_head) {
  for (auto& sum : sums_) sum.assign(static_cast<std::size_t>(problem.value_width), 0);
}

void ClassSums::move_to(Range keys) {
  if (keys.empty()) return;  // only before the first that is not
  for (; last_ < keys.last; ++last_) add(last_, 1);
  for (; first_ < keys.first; ++first_) add(first_, -1);
}

void ClassSums::add(int key, int times) {
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

}  // namespace assay::attention
