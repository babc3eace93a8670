// The classes of counting inputs, their codes, and sums of values over the visible keys of each
// class that follow the mask's edges.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "kernels/attention/problem.h"

namespace assay::attention {

inline constexpr int kClasses = 8;

/// Which class a key or query has, and its code.
class Classes {
 public:
  Classes(const Problem& problem, std::uint64_t seed);

  int of_key(int batch, int key_head, int key) const;
  /// Where the mask ends in the middle of a run, a key more or less is of the query's class.
  int of_query(int batch, int head, int query) const;
  /// Writes the code of a class, for keys and queries of one key head; leaves other columns.
  void write(int batch, int key_head, int which, float factor, float* out) const;

  float query_factor() const { return query_factor_; }
  float key_factor() const { return key_factor_; }
  /// Of values whose integers go up to `drawn`.
  float largest_value(float drawn) const;
  /// Of a query and a key of the same class, scaled.
  double largest_score() const;

 private:
  /// Latent keys hold their values in every other 8 of the columns that are values, where queries
  /// are 0, and codes elsewhere: both products are checked in all of their columns' groups.
  bool is_code(int column) const {
    return !problem_.latent || column >= problem_.value_width || column / 8 % 2 == 0;
  }
  int code_columns() const;
  std::int64_t head_number(int batch, int key_head) const {
    return static_cast<std::int64_t>(batch) * problem_.key_heads + key_head;
  }
  int draw(std::uint32_t operand, std::int64_t index) const;

  const Problem& problem_;
  std::uint64_t seed_;
  float query_factor_ = 1, key_factor_ = 1;
};

/// Sums of values by class over a range of keys whose ends never fall; the last slot has all.
class ClassSums {
 public:
  ClassSums(const Problem& problem, const Classes& classes, const std::vector<float>& values,
            int batch, int key_head);

  void move_to(Range keys);
  /// Of the query's class, or of all where none of its class is visible.
  int slot_of(int which) const { return counts_[slot(which)] > 0 ? which : kClasses; }
  std::int64_t count(int which) const { return counts_[slot(which)]; }
  std::int64_t sum(int which, int column) const {
    return sums_[slot(which)][static_cast<std::size_t>(column)];
  }

 private:
  static std::size_t slot(int which) { return static_cast<std::size_t>(which); }
  void add(int key, int times);

  const Problem& problem_;
  const Classes& classes_;
  const std::vector<float>& values_;
  int batch_, key_head_;
  int first_ = 0, last_ = 0;
  std::array<std::int64_t, kClasses + 1> counts_{};
  std::array<std::vector<std::int64_t>, kClasses + 1> sums_;
};

}  // namespace assay::attention
