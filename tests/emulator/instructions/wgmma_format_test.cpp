// wgmma of every element type, accumulating onto what was there, tf32's truncation, and fp8's short
// sums.
#include <doctest/doctest.h>

#include "tests/emulator/instructions/wgmma_kernel.h"

namespace assay::device {
namespace {

using emulator::check_clean;
using emulator::Emulator;

constexpr Swizzle kAll[] = {Swizzle::kNone, Swizzle::k32, Swizzle::k64, Swizzle::k128};
constexpr Major kK = Major::kK;
constexpr Major kMn = Major::kMn;

template <typename A, typename B, int kN>
void try_format() {
  for (const Swizzle swizzle : kAll) {
    check_clean(products<A, B, kK, kK, false, kN>(swizzle, swizzle, true), 1);
    check_clean(products<A, B, kK, kK, true, kN>(Swizzle::kNone, swizzle, true), 1);
  }
}

/// One product of a row of A by a column of B, with values of the caller's.
__global__ void one_tf32_product(const float* values, float* out) {
  auto& shared = *static_cast<OperandSpace*>(dynamic_smem());
  for (unsigned i = thread_index().x; i < 64 * 8; i += 128) shared.a[i] = 0;
  for (unsigned i = thread_index().x; i < 8 * 8; i += 128) shared.b[i] = 0;
  syncthreads();
  if (thread_index().x == 0) {
    shared.a[0] = to_tf32(values[0]).bits;
    shared.b[0] = to_tf32(values[1]).bits;
  }
  fence_proxy_async_shared();
  syncthreads();
  const std::uint64_t a = matrix_descriptor(shared.a, Swizzle::k32, 0, 256);
  const std::uint64_t b = matrix_descriptor(shared.b, Swizzle::k32, 0, 256);
  float d[4] = {};
  wgmma_fence(d);
  wgmma<Tf32>(d, a, b, false);
  wgmma_commit();
  wgmma_wait<0>(d);
  if (thread_index().x == 0) *out = d[0];
}

/// The sum of a product of fp8 and what was there before.
__global__ void one_fp8_sum(const float* values, float* out) {
  auto& shared = *static_cast<OperandSpace*>(dynamic_smem());
  for (unsigned i = thread_index().x; i < 64 * 8; i += 128) shared.a[i] = 0;
  for (unsigned i = thread_index().x; i < 8 * 8; i += 128) shared.b[i] = 0;
  syncthreads();
  if (thread_index().x == 0) {
    shared.a[0] = to_e4m3(values[0]).bits;
    shared.b[0] = to_e4m3(values[1]).bits;
  }
  fence_proxy_async_shared();
  syncthreads();
  const std::uint64_t a = matrix_descriptor(shared.a, Swizzle::k32, 0, 256);
  const std::uint64_t b = matrix_descriptor(shared.b, Swizzle::k32, 0, 256);
  float d[4] = {values[2], values[2], values[2], values[2]};
  wgmma_fence(d);
  wgmma<E4m3>(d, a, b, true);
  wgmma_commit();
  wgmma_wait<0>(d);
  if (thread_index().x == 0) *out = d[0];
}

float fp8_sum(float product, float before) {
  float sum = 0;
  check_clean([&](Emulator& emulator) {
    const auto values = emulator.input<float>("values", 3);
    const auto out = emulator.output<float>("out", 1);
    values[0] = product;
    values[1] = 1;
    values[2] = before;
    launch({.block = {128, 1, 1}, .shared_bytes = sizeof(OperandSpace)}, one_fp8_sum,
           static_cast<const float*>(values.data()), out.data());
    sum = out[0];
  });
  return sum;
}

TEST_SUITE("unit") {
  TEST_CASE("sums of fp8 lose what is below 2^-13 of their largest term") {
    CHECK(fp8_sum(3, 0x1p13F) == 0x1p13F + 3);
    CHECK(fp8_sum(3, 0x1p14F) == 0x1p14F + 2);
    CHECK(fp8_sum(-3, 0x1p14F) == 0x1p14F - 2);
    CHECK(fp8_sum(1, 0x1p14F) == 0x1p14F);
    CHECK(fp8_sum(256, 0x1p-6F) == 256);
    CHECK(fp8_sum(0, 0) == 0);
  }

  TEST_CASE("wgmma of f16 in both majors gives what loops give") {
    try_format<F16, F16, 64>();
    check_clean(products<F16, F16, kMn, kMn, false, 96>(Swizzle::k128, Swizzle::k128, true), 1);
  }
  TEST_CASE("wgmma of tf32 gives what loops give") {
    try_format<Tf32, Tf32, 8>();
    try_format<Tf32, Tf32, 96>();
    try_format<Tf32, Tf32, 256>();
  }
  TEST_CASE("wgmma of every pair of 8-bit floats gives what loops give") {
    try_format<E4m3, E4m3, 8>();
    try_format<E4m3, E4m3, 192>();
    try_format<E4m3, E5m2, 64>();
    try_format<E5m2, E4m3, 64>();
    try_format<E5m2, E5m2, 128>();
  }
  TEST_CASE("wgmma of int8 sums into int32") {
    try_format<std::int8_t, std::int8_t, 8>();
    try_format<std::int8_t, std::int8_t, 64>();
    try_format<std::int8_t, std::int8_t, 256>();
  }

  TEST_CASE("wgmma reads tf32 without its low thirteen bits") {
    check_clean([](Emulator& emulator) {
      const auto values = emulator.input<float>("values", 2);
      const auto out = emulator.output<float>("out", 1);
      values[0] = 1.0f + 0x1p-11f + 0x1p-10f;
      values[1] = 3.0f;
      launch({.block = {128, 1, 1}, .shared_bytes = sizeof(OperandSpace)}, one_tf32_product,
             static_cast<const float*>(values.data()), out.data());
      emulator::expect(out[0] == 3.0f * (1.0f + 0x1p-10f), "truncation");
    });
  }
}

}  // namespace
}  // namespace assay::device
