// Block scales: what they are drawn from, and that verification sees a product that ignores them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "kernels/gemm/operands.h"
#include "kernels/transposed.h"
#include "tests/kernels/small_host.h"

namespace assay {
namespace {

const GemmShape kScaledShape{24, 136, 264};

/// A B by plain loops from what is stored, each factor times its scale; C in bf16.
void scaled_multiply(const GemmTypes& types, const BlockScales& scales, const GemmPointers& p) {
  const GemmShape s = kScaledShape;
  const auto values = [&](const void* from, std::int64_t count) {
    return decode(types.storage, {static_cast<const std::byte*>(from),
                                  stored_bytes(types.storage, static_cast<std::size_t>(count))});
  };
  auto a = values(p.a, s.m * s.k);
  auto b = transposed(values(p.b, s.n * s.k), static_cast<std::size_t>(s.n),
                      static_cast<std::size_t>(s.k));
  scales.apply(s, a, b);
  std::vector<float> c(static_cast<std::size_t>(s.m * s.n));
  for (std::int64_t i = 0; i < s.m; ++i) {
    for (std::int64_t k = 0; k < s.k; ++k) {
      const float factor = a[static_cast<std::size_t>(i * s.k + k)];
      for (std::int64_t j = 0; j < s.n; ++j) {
        c[static_cast<std::size_t>(i * s.n + j)] +=
            factor * b[static_cast<std::size_t>(k * s.n + j)];
      }
    }
  }
  const auto bytes = encode(types.output, c);
  std::memcpy(p.c, bytes.data(), bytes.size());
}

TEST_SUITE("unit") {
  TEST_CASE("a block scaled product is verified with its scales and not without them") {
    test::SmallHost host;
    const GemmTypes types = tensor_core_types("fp8_e4m3");
    GemmOperands operands(host, kScaledShape, types, 9);
    const BlockScales scales = BlockScales::drawn(kScaledShape, 9);
    const auto multiply = [&](const GemmPointers& p) { scaled_multiply(types, scales, p); };
    const auto verification = operands.verify(multiply, {std::make_shared<BlockScales>(scales)});
    CHECK_MESSAGE(verification.ok(), verification.detail);
    CHECK_FALSE(operands.verify(multiply).ok());

    BlockScales wrong = scales;
    wrong.a[static_cast<std::size_t>(kScaledShape.m) + 3] *= 2;  // row 3 of the second block of K
    CHECK_FALSE(operands.verify(multiply, {std::make_shared<BlockScales>(wrong)}).ok());
    wrong = scales;
    wrong.b.back() /= 2;
    CHECK_FALSE(operands.verify(multiply, {std::make_shared<BlockScales>(wrong)}).ok());
  }

  TEST_CASE("mxfp8 and nvfp4 products are verified with a scale for every few of K") {
    const std::pair<const char*, std::int64_t> formats[] = {{"fp8_e4m3", 32}, {"fp4_e2m1", 16}};
    for (const auto& [dtype, block] : formats) {
      CAPTURE(dtype);
      test::SmallHost host;
      const GemmTypes types = tensor_core_types(dtype);
      GemmOperands operands(host, kScaledShape, types, 5);
      const BlockScales scales = BlockScales::drawn(kScaledShape, 5, {block, 1});
      const auto blocks = (kScaledShape.k + block - 1) / block;
      REQUIRE(scales.a.size() == static_cast<std::size_t>(blocks * kScaledShape.m));
      REQUIRE(scales.b.size() == static_cast<std::size_t>(blocks * kScaledShape.n));
      const auto multiply = [&](const GemmPointers& p) { scaled_multiply(types, scales, p); };
      const auto verification = operands.verify(multiply, {std::make_shared<BlockScales>(scales)});
      CHECK_MESSAGE(verification.ok(), verification.detail);
      CHECK_FALSE(operands.verify(multiply).ok());
      BlockScales wrong = scales;
      wrong.b[static_cast<std::size_t>(blocks) * 7 + 2] *= 2;  // column 7, the third block of K
      CHECK_FALSE(operands.verify(multiply, {std::make_shared<BlockScales>(wrong)}).ok());
    }
  }

  TEST_CASE("every dtype with B by columns is verified by plain loops") {
    for (const char* dtype : {"tf32", "fp8_e4m3", "fp8_e5m2", "fp4_e2m1", "int8"}) {
      test::SmallHost host;
      const GemmTypes types = tensor_core_types(dtype);
      GemmOperands operands(host, kScaledShape, types, 4);
      BlockScales ones = BlockScales::drawn(kScaledShape, 4);
      std::fill(ones.a.begin(), ones.a.end(), 1.0F);
      std::fill(ones.b.begin(), ones.b.end(), 1.0F);
      const auto verification =
          operands.verify([&](const GemmPointers& p) { scaled_multiply(types, ones, p); });
      CHECK_MESSAGE(verification.ok(), dtype, ": ", verification.detail);
    }
  }
}

}  // namespace
}  // namespace assay
