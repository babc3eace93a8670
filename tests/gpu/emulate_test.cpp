// The emulator's side as a whole: its cases are complete, repeat, and tell a wrong device.
#include "tests/gpu/emulate.h"

#include <doctest/doctest.h>

#include <sstream>

#include "tests/gpu/judge.h"
#include "tests/gpu/sample_cases.h"

namespace assay::gpu {
namespace {

float bf16_at(const Bytes& array, int index) {
  device::Bf16 stored{};
  std::memcpy(&stored.bits, array.data() + index * 2, 2);
  return device::to_float(stored);
}

/// C by plain loops in fp32, from the last K to the first.
Bytes backward_product(const LadderCase& one) {
  const auto [m, n, k] = one.shape;
  Bytes c(one.bytes_c());
  for (int i = 0; i < m * n; ++i) {
    float sum = 0;
    for (int l = k - 1; l >= 0; --l) {
      sum += bf16_at(one.a, i / n * k + l) * bf16_at(one.b, i % n * k + l);
    }
    put_bf16(c, static_cast<std::size_t>(i), sum);
  }
  return c;
}

TEST_SUITE("unit") {
  TEST_CASE("another schedule of the emulator stands in for a GPU and agrees bit for bit") {
    const auto cases = emulate_ladder(1);
    const auto again = emulate_ladder(2);
    REQUIRE(cases.size() == again.size());
    std::size_t next = 0;
    std::ostringstream out;
    CHECK(judge(
              cases, ladder_variants(),
              [&](const LadderVariant&, const LadderCase& one) {
                CHECK_MESSAGE(again[next].c == one.c, one.name());
                return DeviceOutcome{again[next++].c, "", false};
              },
              out) == 0);
    INFO(out.str());
    CHECK(next == cases.size());
  }

  TEST_CASE("sums in the opposite order stand in for a GPU and agree within the rounding") {
    const auto cases = emulate_ladder(1);
    std::ostringstream out;
    const int status = judge(
        cases, ladder_variants(),
        [](const LadderVariant&, const LadderCase& one) {
          return DeviceOutcome{one.is_product() ? backward_product(one) : one.c, "", false};
        },
        out);
    INFO(out.str());
    CHECK(status == 0);
  }
}

}  // namespace
}  // namespace assay::gpu
