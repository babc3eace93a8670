// The bound, the poison, the checksum.
#include "kernels/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace assay {

double accumulation_gamma(std::int64_t terms, double unit) {
  constexpr double kConfidence = 6;  // lambda: one sum in 3e7 may exceed it, Higham and Mary 2019
  const double n = static_cast<double>(terms) + 1;
  const double probabilistic = kConfidence * std::sqrt(n) * unit;
  const double deterministic = n * unit < 1 ? n * unit / (1 - n * unit) : probabilistic;
  return std::min(deterministic, probabilistic);
}

double element_bound(double reference, double magnitude, std::int64_t terms, Roundoff roundoff) {
  return roundoff.output * std::abs(reference) +
         (1 + roundoff.output) * accumulation_gamma(terms, roundoff.accumulator) * magnitude;
}

bool is_poison(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return bits == 0xFFFFFFFF || bits == 0xFFFF0000;
}

std::string wrong_element(std::int64_t row, std::int64_t column, float got, double expected) {
  if (is_poison(got)) {
    return fmt::format("element ({}, {}) was never written, or was made from what was not", row,
                       column);
  }
  if (std::isnan(got)) return fmt::format("element ({}, {}) is nan", row, column);
  return fmt::format("element ({}, {}) is {:.9g} where {:.9g} is expected", row, column, got,
                     expected);
}

void BoundCheck::element(std::int64_t row, std::int64_t column, float got, double reference,
                         double bound) {
  ++checked_;
  const double error = std::abs(static_cast<double>(got) - reference);
  // Written so that NaN takes the failing branch.
  if (!(error <= bound)) {
    if (wrong_++ == 0) first_wrong_ = wrong_element(row, column, got, reference);
  }
  const double ratio = bound > 0 ? error / bound : error;
  if (std::isfinite(ratio) && ratio > worst_ratio_) {
    worst_ratio_ = ratio;
    error_ = error;
    tolerance_ = bound;
  }
}

Verification BoundCheck::verification() const {
  if (checked_ == 0) return failed_verification("nothing was compared with the reference");
  Verification verification;
  if (worst_ratio_ >= 0) {
    verification.error = error_;
    verification.tolerance = tolerance_;
  }
  verification.status =
      failed() ? Verification::Status::failed : Verification::Status::within_tolerance;
  if (failed()) {
    verification.detail =
        fmt::format("{}; {} of {} compared are wrong", first_wrong_, wrong_, checked_);
  }
  return verification;
}

Verification failed_verification(std::string detail) {
  Verification verification;
  verification.status = Verification::Status::failed;
  verification.detail = std::move(detail);
  return verification;
}

std::string checksum(const void* data, std::size_t words, std::size_t word_bytes) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  std::uint64_t sum = 0, weighted = 0;
  for (std::size_t i = 0; i < words; ++i) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, bytes + i * word_bytes, word_bytes);
    sum += bits;
    weighted += bits * (2 * i + 1);
  }
  return checksum_words(sum, weighted);
}

std::string checksum_words(std::uint64_t sum, std::uint64_t weighted) {
  return fmt::format("{:016x}{:016x}", sum, weighted);
}

}  // namespace assay
