// Fills arrays on the host, a block of Philox for every four elements.
//
// Compiled with -ffp-contract=off: a fused multiply-add would round differently where there is one.
#include "kernels/inputs.h"

#include <algorithm>
#include <cmath>

#include "harness/measure/sign_of_life.h"

namespace assay {
namespace {

/// Element i comes from word i mod 4 of block i / 4.
template <class FromWord>
void fill(std::span<float> out, InputArray array, std::uint64_t first, FromWord from_word) {
  constexpr std::size_t kUntilSign = std::size_t{1} << 22;
  std::uint64_t index = first;
  std::size_t written = 0, next_sign = kUntilSign;
  while (written < out.size()) {
    const auto words = words_of(array, index / 4);
    for (std::uint64_t lane = index % 4; lane < 4 && written < out.size(); ++lane, ++index) {
      out[written++] = from_word(words[lane]);
    }
    if (written >= next_sign) {
      sign_of_life();
      next_sign += kUntilSign;
    }
  }
}

}  // namespace

void fill_normal(std::span<float> out, InputArray array, std::uint64_t first) {
  fill(out, array, first, [](std::uint32_t word) {
    return normal_from_word(word, [](double x) { return std::sqrt(x); });
  });
}

void fill_integer(std::span<float> out, InputArray array, int limit, std::uint64_t first) {
  fill(out, array, first, [limit](std::uint32_t word) { return integer_from_word(word, limit); });
}

float rounded_input(Dtype dtype, float deviate) {
  if (dtype != Dtype::int8) return rounded(dtype, deviate);
  return std::clamp(rounded(dtype, deviate * 20), -127.0F, 127.0F);
}

}  // namespace assay
