// What one of many threads does to memory that repeats: of the kernels, and of tests without a GPU.
#pragma once

#include <cstdint>

namespace assay {

/// The elements `thread`, `thread + threads`, ... and where each stands in the period. 64 bits: 16
/// GiB of single bytes are 2^34 elements. It divides once, not for every element.
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

/// `period` is where the share's period lies, `count` all threads' elements.
template <class T>
constexpr void fill_share(T* out, std::uint64_t count, const T* period, PatternShare share) {
  for (; share.index() < count; share.next()) out[share.index()] = period[share.place()];
}

/// The first element of the share that is not the pattern's, or kNoMismatch. It goes on to the end:
/// loads that need not wait for a comparison keep more of them under way.
template <class T>
constexpr std::uint64_t first_mismatch_of_share(const T* in, std::uint64_t count, const T* period,
                                                PatternShare share) {
  std::uint64_t first = kNoMismatch;
  for (; share.index() < count; share.next())
    if (in[share.index()] != period[share.place()] && first == kNoMismatch) first = share.index();
  return first;
}

}  // namespace assay
