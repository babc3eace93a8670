// Fills arrays on the host, a block of Philox for every four elements.
//
// Compiled with -ffp-contract=off: a fused multiply-add would round differently where there is one.
// Normal deviates are made in pieces, in loops that the compiler turns into vectors.
#include "kernels/inputs.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/measure/sign_of_life.h"

namespace assay {
namespace {

constexpr std::size_t kUntilSign = std::size_t{1} << 22;

double root(double x) { return std::sqrt(x); }

/// Element i comes from word i mod 4 of block i / 4.
template <class FromWord>
void fill(std::span<float> out, InputArray array, std::uint64_t first, FromWord from_word) {
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

constexpr std::size_t kPieceBlocks = 256;
constexpr std::size_t kPiece = 4 * kPieceBlocks;  // elements

/// The elements of kPieceBlocks blocks, `block` the first: the center's deviate of every word, then
/// the tails' over it.
[[gnu::always_inline]] inline void normal_piece(float* out, InputArray array, std::uint64_t block) {
  std::array<std::uint32_t, kPiece> words, tail_words;
  std::array<std::size_t, kPiece> tail_places;
  std::array<float, kPiece> tails;
  for (std::size_t i = 0; i < kPieceBlocks; ++i) {
    const auto four = words_of(array, block + i);
    for (std::size_t lane = 0; lane < 4; ++lane) words[4 * i + lane] = four[lane];
  }
  std::size_t count = 0;
  for (std::size_t i = 0; i < kPiece; ++i) {
    const double q = from_median(words[i]);
    out[i] = normal_center(q);
    tail_places[count] = i;
    tail_words[count] = words[i];
    count += is_center(q) ? 0 : 1;
  }
  for (std::size_t i = 0; i < count; ++i) tails[i] = normal_tail(tail_words[i], root);
  for (std::size_t i = 0; i < count; ++i) out[tail_places[i]] = tails[i];
}

using NormalPiece = void (*)(float* out, InputArray array, std::uint64_t block);

void piece_128(float* out, InputArray array, std::uint64_t block) {
  normal_piece(out, array, block);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void piece_avx2(float* out, InputArray array, std::uint64_t block) {
  normal_piece(out, array, block);
}

[[gnu::target("avx512f,avx512dq,avx512vl,prefer-vector-width=512")]] void piece_avx512(
    float* out, InputArray array, std::uint64_t block) {
  normal_piece(out, array, block);
}
#endif

NormalPiece widest_piece() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    return piece_avx512;
  }
  if (__builtin_cpu_supports("avx2")) return piece_avx2;
#endif
  return piece_128;
}

}  // namespace

void fill_normal(std::span<float> out, InputArray array, std::uint64_t first) {
  static const NormalPiece make = widest_piece();
  const auto by_word = [&](std::size_t begin, std::size_t count) {
    fill(out.subspan(begin, count), array, first + begin,
         [](std::uint32_t word) { return normal_from_word(word, root); });
  };
  std::size_t written = std::min<std::size_t>(out.size(), (4 - first % 4) % 4);
  by_word(0, written);
  for (std::size_t next_sign = kUntilSign; out.size() - written >= kPiece; written += kPiece) {
    make(out.data() + written, array, (first + written) / 4);
    if (written < next_sign) continue;
    sign_of_life();
    next_sign += kUntilSign;
  }
  by_word(written, out.size() - written);
}

void fill_integer(std::span<float> out, InputArray array, int limit, std::uint64_t first) {
  fill(out, array, first, [limit](std::uint32_t word) { return integer_from_word(word, limit); });
}

float rounded_input(Dtype dtype, float deviate) {
  if (dtype != Dtype::int8) return rounded(dtype, deviate);
  return std::clamp(rounded(dtype, deviate * 20), -127.0F, 127.0F);
}

}  // namespace assay
