// How the partial results of a split row of keys become one.
#pragma once

#include <cmath>
#include <limits>

namespace assay::attention {

/// Collects the log-sum-exps of a row's parts; a part that attended to nothing has minus infinity.
class CombinedRow {
 public:
  constexpr void add(float log_sum_exp) {
    if (log_sum_exp > largest_) {
      sum_ = sum_ * std::exp(largest_ - log_sum_exp) + 1;
      largest_ = log_sum_exp;
    } else if (log_sum_exp > kNothing) {
      sum_ += std::exp(log_sum_exp - largest_);
    }
  }

  /// Of the whole row.
  constexpr float log_sum_exp() const { return sum_ > 0 ? largest_ + std::log(sum_) : kNothing; }
  /// By what the output of a part that was added is multiplied; the weights of all add up to 1.
  constexpr float weight(float log_sum_exp) const {
    return sum_ > 0 ? std::exp(log_sum_exp - largest_) / sum_ : 0;
  }

 private:
  static constexpr float kNothing = -std::numeric_limits<float>::infinity();

  float largest_ = kNothing, sum_ = 0;
};

}  // namespace assay::attention
