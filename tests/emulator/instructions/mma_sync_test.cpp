// mma.sync of every type against plain loops, fragments placed by the manual's figures.
#include "device/mma_sync.cuh"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <type_traits>
#include <vector>

#include "device/launch.cuh"
#include "kernels/device/formats.h"
#include "tests/emulator/instructions/trials.h"

namespace assay::device {
namespace {

using emulator::check_clean;
using emulator::Emulator;
using emulator::Trial;

template <typename A, typename B, typename D>
__global__ void product(const std::uint32_t* in, const D* c, D* out) {
  const unsigned lane = lane_index();
  std::uint32_t a[4];
  std::uint32_t b[2];
  D sum[4];
  for (unsigned i = 0; i < 4; ++i) a[i] = in[6 * lane + i];
  for (unsigned i = 0; i < 2; ++i) b[i] = in[6 * lane + 4 + i];
  for (unsigned i = 0; i < 4; ++i) sum[i] = c[4 * lane + i];
  if constexpr (std::is_same_v<D, float>) {
    mma_sync<A, B>(sum, a, b, sum);
  } else {
    mma_sync<A>(sum, a, b, sum);
  }
  for (unsigned i = 0; i < 4; ++i) out[4 * lane + i] = sum[i];
}

template <typename T>
T encode(int value) {
  const auto number = static_cast<float>(value);
  if constexpr (std::is_same_v<T, Bf16>) return to_bf16(number);
  if constexpr (std::is_same_v<T, F16>) return to_f16(number);
  if constexpr (std::is_same_v<T, Tf32>) return to_tf32(number);
  if constexpr (std::is_same_v<T, E4m3>) return to_e4m3(number);
  if constexpr (std::is_same_v<T, E5m2>) return to_e5m2(number);
  if constexpr (std::is_same_v<T, std::int8_t>) return static_cast<std::int8_t>(value);
}

/// Puts an element into the register that the manual's figure shows: byte `byte` of 32 along K, on
/// line `group` of eight, register `r` of the lane. Four lanes share 16 bytes.
template <typename T>
void place(std::vector<std::uint32_t>& in, int group, int k, int first_register, T value) {
  const int byte = k * static_cast<int>(sizeof(T));
  const int lane = 4 * group + byte % 16 / 4;
  const int reg = first_register + byte / 16 * (first_register < 4 ? 2 : 1);
  auto* word = reinterpret_cast<char*>(&in[static_cast<std::size_t>(6 * lane + reg)]);
  std::memcpy(word + byte % 4, &value, sizeof value);
}

template <typename A, typename B, typename D>
Trial products() {
  return [](Emulator& emulator) {
    constexpr int kK = 32 / static_cast<int>(sizeof(A));
    std::mt19937 random(3);
    const auto small = [&] { return static_cast<int>(random() % 7) - 3; };
    int a[16][kK];
    int b[kK][8];
    std::vector<std::uint32_t> fragments(6 * 32);
    for (int row = 0; row < 16; ++row) {
      for (int k = 0; k < kK; ++k) {
        a[row][k] = small();
        place(fragments, row % 8, k, row / 8, encode<A>(a[row][k]));
      }
    }
    for (int k = 0; k < kK; ++k) {
      for (int column = 0; column < 8; ++column) {
        b[k][column] = small();
        place(fragments, column, k, 4, encode<B>(b[k][column]));
      }
    }
    const auto in = emulator.input<std::uint32_t>("in", fragments.size());
    std::copy(fragments.begin(), fragments.end(), in.begin());
    const auto c = emulator.input<D>("c", 128);
    for (std::size_t i = 0; i < 128; ++i) c[i] = static_cast<D>(i);
    const auto out = emulator.output<D>("out", 128);
    launch({.block = {32, 1, 1}}, product<A, B, D>, in.data(), c.data(), out.data());
    for (int row = 0; row < 16; ++row) {
      for (int column = 0; column < 8; ++column) {
        // The figure: two neighbours in a row, then the same eight rows below.
        const int at = 4 * (4 * (row % 8) + column / 2) + 2 * (row / 8) + column % 2;
        int sum = at;
        for (int k = 0; k < kK; ++k) sum += a[row][k] * b[k][column];
        emulator::expect(out[static_cast<std::size_t>(at)] == static_cast<D>(sum), "an output");
      }
    }
  };
}

__global__ void one_product(const float* values, float* out) {
  std::uint32_t a[4] = {};
  std::uint32_t b[2] = {};
  const float c[4] = {};
  float d[4];
  if (lane_index() == 0) {
    a[0] = to_tf32(values[0]).bits;
    b[0] = to_tf32(values[1]).bits;
  }
  mma_sync<Tf32>(d, a, b, c);
  if (lane_index() == 0) *out = d[0];
}

TEST_SUITE("unit") {
  TEST_CASE("mma.sync of bf16 and f16 and tf32 multiplies what the fragments hold") {
    check_clean(products<Bf16, Bf16, float>());
    check_clean(products<F16, F16, float>());
    check_clean(products<Tf32, Tf32, float>());
  }

  TEST_CASE("mma.sync of every pair of 8-bit floats multiplies what the fragments hold") {
    check_clean(products<E4m3, E4m3, float>());
    check_clean(products<E4m3, E5m2, float>());
    check_clean(products<E5m2, E4m3, float>());
    check_clean(products<E5m2, E5m2, float>());
  }

  TEST_CASE("mma.sync of int8 sums into int32") {
    check_clean(products<std::int8_t, std::int8_t, std::int32_t>());
  }

  TEST_CASE("mma.sync reads tf32 without its low thirteen bits") {
    check_clean([](Emulator& emulator) {
      const auto values = emulator.input<float>("values", 2);
      const auto out = emulator.output<float>("out", 1);
      values[0] = 1.0f + 0x1p-11f + 0x1p-10f;  // the lower of the two bits is cut off
      values[1] = 1.0f;
      launch({.block = {32, 1, 1}}, one_product, values.data(), out.data());
      emulator::expect(out[0] == 1.0f + 0x1p-10f, "truncation");
    });
  }
}

}  // namespace
}  // namespace assay::device
