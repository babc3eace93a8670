// One thread's share of filling or comparing memory with a pattern, for kernels and for tests
// without a GPU.
#pragma once

#include <cstdint>

namespace assay {

/// The elements `thread`, `thread + threads`, ... and the place of each in the period. Indices have
/// 64 bits, because 16 GiB of single bytes are 2^34 elements. It divides once, not for every
/// element.
class PatternShare {
 public:
  constexpr PatternShare(std::uint64_t thread, std::uint64_t threads, std::uint64_t period)
      : index_(thread),
        stride_(threads),
        period_(period),
        place_(thread % period),
        step_(threads % period) {}

  constexpr std::uint64_t index() const { return index_; }
  constexpr std::uint64_t place() const { return place_; }
  constexpr void next() {
    index_ += stride_;
    place_ += step_;
    if (place_ >= period_) place_ -= period_;
  }

 private:
  std::uint64_t index_, stride_, period_, place_, step_;
};

inline constexpr std::uint64_t kNoMismatch = ~std::uint64_t{0};  // larger than every index

/// `period` points to the period; `count` is the number of elements of all threads.
template <class T>
constexpr void fill_share(T* out, std::uint64_t count, const T* period, PatternShare share) {
  for (; share.index() < count; share.next()) out[share.index()] = period[share.place()];
}

/// The first element of the share that differs from the pattern, or kNoMismatch. It always reads to
/// the end: loads that do not wait for a comparison keep more loads in flight.
template <class T>
constexpr std::uint64_t first_mismatch_of_share(const T* in, std::uint64_t count, const T* period,
                                                PatternShare share) {
  std::uint64_t first = kNoMismatch;
  for (; share.index() < count; share.next())
    if (in[share.index()] != period[share.place()] && first == kNoMismatch) first = share.index();
  return first;
}

}  // namespace assay
