// wgmma against plain loops over the manual's layouts: types, majors, swizzles, N, fragments.
#include "device/wgmma.cuh"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstring>
#include <vector>

#include "device/barrier.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "kernels/device/formats.h"
#include "tests/emulator/instructions/trials.h"

namespace assay::device {
namespace {

using emulator::check_clean;
using emulator::Emulator;
using emulator::Random;

constexpr std::uint32_t kBytesK = 32;

/// Where the manual puts 16-byte piece `piece` of line `line`: rows of MN for K-major operands, of
/// K for MN-major ones. PTX ISA, "Shared Memory Matrix Layout".
struct Layout {
  Swizzle swizzle;
  std::uint32_t lines_step;   // between groups of eight lines
  std::uint32_t pieces_step;  // between spans of a line

  std::uint32_t piece(std::uint32_t line, std::uint32_t piece_index) const {
    const std::uint32_t span = swizzle_span(swizzle);
    const std::uint32_t pieces = span / 16;
    const std::uint32_t in_span = piece_index % pieces;
    const std::uint32_t mixed = in_span ^ (line % 8 * pieces / 8);
    return line / 8 * lines_step + piece_index / pieces * pieces_step + line % 8 * span +
           mixed * 16;
  }
};

struct Operand {
  std::vector<unsigned char> image;
  std::vector<float> values;  // [mn * k_count + k]
  std::uint32_t leading_bytes;
  std::uint32_t stride_bytes;
};

template <typename T>
std::pair<std::uint32_t, float> random_element(Random& random) {
  const int value = static_cast<int>(random.below(9)) - 4;
  if constexpr (std::is_same_v<T, std::int8_t>) {
    const int wide = static_cast<int>(random.below(256)) - 128;
    return {static_cast<std::uint8_t>(wide), static_cast<float>(wide)};
  } else if constexpr (std::is_same_v<T, Tf32>) {
    // The low 13 bits are cut off, so they may be anything.
    return {to_tf32(static_cast<float>(value)).bits | (random.next() & 0x1FFF),
            static_cast<float>(value)};
  } else if constexpr (std::is_same_v<T, Bf16>) {
    return {to_bf16(static_cast<float>(value)).bits, static_cast<float>(value)};
  } else if constexpr (std::is_same_v<T, F16>) {
    return {to_f16(static_cast<float>(value)).bits, static_cast<float>(value)};
  } else if constexpr (std::is_same_v<T, E4m3>) {
    return {to_e4m3(static_cast<float>(value)).bits, static_cast<float>(value)};
  } else {
    return {to_e5m2(static_cast<float>(value)).bits, static_cast<float>(value)};
  }
}

template <typename T>
Operand make_operand(std::uint32_t mn, Major major, Swizzle swizzle, Random& random) {
  constexpr std::uint32_t kSize = sizeof(T);
  constexpr std::uint32_t kCount = kBytesK / kSize;
  const std::uint32_t span = swizzle_span(swizzle);
  const std::uint32_t lines = major == Major::kK ? mn : kCount;
  const std::uint32_t line_bytes = major == Major::kK ? kBytesK : mn * kSize;
  const std::uint32_t spans = (line_bytes + span - 1) / span;
  const Layout layout{swizzle, 8 * span * spans, 8 * span};
  Operand operand;
  operand.image.resize(lines / 8 * layout.lines_step);
  operand.values.resize(std::size_t{mn} * kCount);
  for (std::uint32_t i = 0; i < mn; ++i) {
    for (std::uint32_t k = 0; k < kCount; ++k) {
      const auto [bits, value] = random_element<T>(random);
      operand.values[i * kCount + k] = value;
      const std::uint32_t line = major == Major::kK ? i : k;
      const std::uint32_t along = (major == Major::kK ? k : i) * kSize;
      std::memcpy(&operand.image[layout.piece(line, along / 16) + along % 16], &bits, kSize);
    }
  }
  const bool exchanged = major == Major::kMn && swizzle == Swizzle::kNone;
  operand.leading_bytes = exchanged ? layout.lines_step : layout.pieces_step;
  operand.stride_bytes = exchanged ? layout.pieces_step : layout.lines_step;
  return operand;
}

struct Images {
  const unsigned char* a;
  const unsigned char* b;
  std::uint32_t bytes_a;
  std::uint32_t bytes_b;
  std::uint32_t leading_a, stride_a, leading_b, stride_b;
  Swizzle swizzle;
  const std::uint32_t* fragments;  // [thread * 4 + register], when A is in registers
};

constexpr std::uint32_t kStartB = 16384;
constexpr std::uint32_t kSharedBytes = kStartB + 65536;

/// Twice the product: the second accumulates on the first.
template <typename A, typename B, Major kMajorA, Major kMajorB, typename D, int kN, bool kRegisters>
__global__ void multiply(Images images, D* out) {
  auto* shared = static_cast<unsigned char*>(dynamic_smem());
  const unsigned thread = thread_index().x;
  for (unsigned i = thread; i < images.bytes_a; i += 128) shared[i] = images.a[i];
  for (unsigned i = thread; i < images.bytes_b; i += 128) shared[kStartB + i] = images.b[i];
  fence_proxy_async_shared();
  syncthreads();
  const std::uint64_t a =
      matrix_descriptor(shared, images.swizzle, images.leading_a, images.stride_a);
  const std::uint64_t b =
      matrix_descriptor(shared + kStartB, images.swizzle, images.leading_b, images.stride_b);
  D d[kN / 2];
  std::uint32_t fragment[4] = {};
  if constexpr (kRegisters) {
    for (int r = 0; r < 4; ++r) fragment[r] = images.fragments[4 * thread + r];
  }
  wgmma_fence(d);
  for (int i = 0; i < 2; ++i) {
    if constexpr (kRegisters) {
      wgmma<A, B, kMajorB>(d, fragment, b, i > 0);
    } else {
      wgmma<A, B, kMajorA, kMajorB>(d, a, b, i > 0);
    }
  }
  wgmma_commit();
  wgmma_wait<0>(d);
  for (int i = 0; i < kN / 2; ++i) out[thread * (kN / 2) + i] = d[i];
}

/// Row 16 (t/32 mod 4) + (t mod 32)/4 + 8 (r mod 2), bytes 4 (t mod 4) + 16 (r/2) of K.
template <typename A>
void fill_fragments(std::span<std::uint32_t> fragments, Operand& a, Random& random) {
  constexpr std::uint32_t kCount = kBytesK / sizeof(A);
  for (std::uint32_t t = 0; t < 128; ++t) {
    for (std::uint32_t r = 0; r < 4; ++r) {
      const std::uint32_t row = 16 * (t / 32) + t % 32 / 4 + 8 * (r % 2);
      for (std::uint32_t e = 0; e < 4 / sizeof(A); ++e) {
        const auto [bits, value] = random_element<A>(random);
        std::memcpy(reinterpret_cast<char*>(&fragments[4 * t + r]) + e * sizeof(A), &bits,
                    sizeof(A));
        a.values[row * kCount + (4 * (t % 4) + 16 * (r / 2)) / sizeof(A) + e] = value;
      }
    }
  }
}

template <typename A, typename B, Major kMajorA, Major kMajorB, int kN, bool kRegisters = false>
void check_product(Swizzle swizzle, std::uint64_t seeds_per_mode = 1) {
  using D = std::conditional_t<std::is_same_v<A, std::int8_t>, std::int32_t, float>;
  check_clean(
      [=](Emulator& emulator) {
        Random random(kN);
        Operand a = make_operand<A>(64, kMajorA, swizzle, random);
        const Operand b = make_operand<B>(kN, kMajorB, swizzle, random);
        const auto image_a = emulator.input<unsigned char>("a", a.image.size());
        const auto image_b = emulator.input<unsigned char>("b", b.image.size());
        std::copy(a.image.begin(), a.image.end(), image_a.begin());
        std::copy(b.image.begin(), b.image.end(), image_b.begin());
        const auto fragments = emulator.input<std::uint32_t>("fragments", 512);
        if (kRegisters) fill_fragments<A>(fragments, a, random);
        const auto out = emulator.output<D>("out", 64 * kN);
        const Images images{image_a.data(),
                            image_b.data(),
                            static_cast<std::uint32_t>(image_a.size()),
                            static_cast<std::uint32_t>(image_b.size()),
                            a.leading_bytes,
                            a.stride_bytes,
                            b.leading_bytes,
                            b.stride_bytes,
                            swizzle,
                            fragments.data()};
        launch({.block = {128, 1, 1}, .shared_bytes = kSharedBytes},
               multiply<A, B, kMajorA, kMajorB, D, kN, kRegisters>, images, out.data());
        constexpr std::uint32_t kCount = kBytesK / sizeof(A);
        for (std::uint32_t t = 0; t < 128; ++t) {
          for (std::uint32_t i = 0; i < kN / 2; ++i) {
            const std::uint32_t row = 16 * (t / 32) + t % 32 / 4 + 8 * (i / 2 % 2);
            const std::uint32_t column = 8 * (i / 4) + 2 * (t % 4) + i % 2;
            float sum = 0;
            for (std::uint32_t k = 0; k < kCount; ++k) {
              sum += a.values[row * kCount + k] * b.values[column * kCount + k];
            }
            const D got = out[t * (kN / 2) + i];
            if (got == static_cast<D>(2 * sum)) continue;
            emulator::expect(
                false, fmt::format("accumulator {} of thread {} is {} and should be {}", i, t, got,
                                   2 * sum));
          }
        }
      },
      seeds_per_mode);
}

constexpr Swizzle kSwizzles[] = {Swizzle::kNone, Swizzle::k32, Swizzle::k64, Swizzle::k128};
constexpr Major kK = Major::kK;
constexpr Major kMn = Major::kMn;

template <int kN>
void check_every_major() {
  for (const Swizzle swizzle : kSwizzles) {
    check_product<Bf16, Bf16, kK, kK, kN>(swizzle);
    check_product<Bf16, Bf16, kMn, kK, kN>(swizzle);
    // A row of K must fill whole spans.
    if (kN * 2 % static_cast<int>(swizzle_span(swizzle)) != 0) continue;
    check_product<Bf16, Bf16, kK, kMn, kN>(swizzle);
    check_product<Bf16, Bf16, kMn, kMn, kN>(swizzle);
  }
}

TEST_SUITE("unit") {
  TEST_CASE("wgmma multiplies for every N and major and swizzle") {
    check_every_major<8>();
    check_every_major<64>();
    check_every_major<256>();
    check_product<Bf16, Bf16, kK, kK, 16>(Swizzle::k128);
    check_product<Bf16, Bf16, kK, kK, 24>(Swizzle::k128);
    check_product<Bf16, Bf16, kK, kK, 32>(Swizzle::k128);
    check_product<Bf16, Bf16, kK, kMn, 96>(Swizzle::k64);
    check_product<Bf16, Bf16, kK, kMn, 128>(Swizzle::k128);
    check_product<Bf16, Bf16, kK, kMn, 192>(Swizzle::k128);
  }

  TEST_CASE("wgmma multiplies every type") {
    for (const Swizzle swizzle : kSwizzles) {
      check_product<F16, F16, kK, kMn, 64>(swizzle);
      check_product<Tf32, Tf32, kK, kK, 64>(swizzle);
      check_product<E4m3, E4m3, kK, kK, 64>(swizzle);
      check_product<E4m3, E5m2, kK, kK, 64>(swizzle);
      check_product<E5m2, E4m3, kK, kK, 64>(swizzle);
      check_product<E5m2, E5m2, kK, kK, 64>(swizzle);
      check_product<std::int8_t, std::int8_t, kK, kK, 64>(swizzle);
    }
  }

  TEST_CASE("wgmma takes A from registers") {
    check_product<Bf16, Bf16, kK, kK, 64, true>(Swizzle::k128);
    check_product<Bf16, Bf16, kK, kMn, 128, true>(Swizzle::k128);
    check_product<F16, F16, kK, kK, 8, true>(Swizzle::k32);
    check_product<Tf32, Tf32, kK, kK, 64, true>(Swizzle::k128);
    check_product<E4m3, E5m2, kK, kK, 64, true>(Swizzle::k128);
    check_product<std::int8_t, std::int8_t, kK, kK, 64, true>(Swizzle::k128);
  }
}

}  // namespace
}  // namespace assay::device
