// The allowed distance of an answer from the reference, and the message for a wrong element.
//
// The bound (derivation in kernels/README.md): a product sum of K terms, accumulated with unit
// roundoff u and stored with unit roundoff u_out, satisfies
//   |c^ - c| <= u_out |c| + (1 + u_out) gamma sum |a||b|
//   gamma = min(n u / (1 - n u), 6 sqrt(n) u)
// with n = K + 1 roundings in any order of summation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/core/result.h"

namespace assay {

struct Roundoff {
  double accumulator = 0x1p-24;
  double output = 0x1p-24;
};

/// gamma for a sum of `terms` products.
double accumulation_gamma(std::int64_t terms, double unit);

/// The bound on one element, from its exact value and the sum of |a||b|.
double element_bound(double reference, double magnitude, std::int64_t terms, Roundoff roundoff);

/// True for the 0xFF poison, as a float or widened from 16 bits.
bool is_poison(float value);

/// Checks elements; remembers the one that is worst relative to its bound, and the first wrong one.
class BoundCheck {
 public:
  void element(std::int64_t row, std::int64_t column, float got, double reference, double bound);
  bool failed() const { return !first_wrong_.empty(); }
  /// `error` and `tolerance` are |c^ - c| and the bound of the element nearest to its bound.
  Verification verification() const;

 private:
  double worst_ratio_ = -1, error_ = 0, tolerance_ = 0;
  std::int64_t wrong_ = 0, checked_ = 0;
  std::string first_wrong_;
};

/// One line for an element that is wrong: where, what was expected, what was found.
std::string wrong_element(std::int64_t row, std::int64_t column, float got, double expected);

Verification failed_verification(std::string detail);

/// Sum of the words' bits and sum of bits times odd index (2i + 1), both mod 2^64, as 32 hex
/// digits: independent of the order of summation, and different when two unequal words change
/// places.
std::string checksum(const void* data, std::size_t words, std::size_t word_bytes);
/// The same of sums that a device made.
std::string checksum_words(std::uint64_t sum, std::uint64_t weighted);

}  // namespace assay
