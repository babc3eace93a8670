// Batches, groups, alpha and beta, operands by columns: a right product of them is verified, and
// each thing that a kernel can get wrong about them is caught and named.
#include <doctest/doctest.h>

#include "harness/core/small_float.h"
#include "kernels/gemm/operands.h"
#include "tests/kernels/gemm/plain_product.h"
#include "tests/kernels/small_host.h"

namespace assay {
namespace {

using test::Plain;
using test::plain_product;

constexpr std::uint64_t kSeed = test::Plain::kSeed;

Verification verified(const Plain& plain, const GemmTerms& terms = {}) {
  test::SmallHost host;
  GemmOperands operands(host, plain.shape, plain.types, kSeed);
  return operands.verify([&](const GemmPointers& p) { plain_product(plain, p); }, terms);
}

const GemmShape kBatched{13, 24, 40, 3};
const GemmShape kGrouped{39, 24, 40, 1, 5};
const GemmTypes kBf16 = tensor_core_types("bf16");
const GemmTerms kTerms{nullptr, kAlpha, kBeta};

TEST_SUITE("unit") {
  TEST_CASE("right products of batches and of groups are verified in every layout") {
    for (const GemmShape& shape : {kBatched, kGrouped, GemmShape{24, 16, 32}}) {
      for (const bool a_by_columns : {false, true}) {
        for (const bool b_by_columns : {false, true}) {
          GemmTypes types = kBf16;
          types.a_by_columns = a_by_columns;
          types.b_by_columns = b_by_columns;
          const auto verification = verified({shape, types});
          CHECK_MESSAGE(verification.ok(), verification.detail);
        }
      }
    }
  }

  TEST_CASE("an operand that is read by rows where it lies by columns is caught") {
    GemmTypes types = kBf16;
    types.a_by_columns = types.b_by_columns = true;
    test::SmallHost host;
    GemmOperands operands(host, {24, 16, 32}, types, kSeed);
    for (const bool a : {false, true}) {
      Plain wrong{{24, 16, 32}, types};
      (a ? wrong.types.a_by_columns : wrong.types.b_by_columns) = false;
      CHECK_FALSE(operands.verify([&](const GemmPointers& p) { plain_product(wrong, p); }).ok());
    }
  }

  TEST_CASE(
      "a row that takes the matrix of another batch or group is caught and the part is named") {
    for (const GemmShape& shape : {kBatched, kGrouped}) {
      const auto parts = parts_of(shape, kSeed);
      const GemmPart& last = parts.back();
      // The row behind a border: a kernel whose tile reaches over it takes the matrix before.
      const auto verification = verified({.shape = shape, .matrix_of = [&](auto row, auto right) {
                                            return row == last.first_row ? right - 1 : right;
                                          }});
      CHECK_FALSE(verification.ok());
      CHECK_MESSAGE(verification.detail.find(of_part(shape, last)) != std::string::npos,
                    verification.detail);
    }
  }

  TEST_CASE("alpha and beta are verified exactly and within the bound") {
    for (const char* dtype : {"bf16", "f16", "fp8_e4m3", "tf32"}) {
      const GemmTypes types = tensor_core_types(dtype);
      const auto verification = verified({kBatched, types, kAlpha, kBeta}, kTerms);
      CHECK_MESSAGE(verification.ok(), dtype, ": ", verification.detail);
    }
    CHECK(verified({.shape = {37, 53, 64}, .alpha = kAlpha, .beta = kBeta}, kTerms).ok());
  }

  TEST_CASE("a product that forgets alpha or beta or their sign is caught") {
    const std::pair<float, float> wrong[] = {
        {1, kBeta}, {kAlpha, 0}, {kAlpha, 1}, {-kAlpha, kBeta}, {kAlpha, -kBeta}, {1, 0}, {0, 1}};
    for (const auto& [alpha, beta] : wrong) {
      CAPTURE(alpha);
      CAPTURE(beta);
      CHECK_FALSE(verified({kBatched, kBf16, alpha, beta}, kTerms).ok());
    }
  }

  TEST_CASE("an element that a product with beta never writes is caught") {
    const Plain plain{kBatched, kBf16, kAlpha, kBeta};
    test::SmallHost host;
    GemmOperands operands(host, plain.shape, plain.types, kSeed);
    for (const std::size_t at : {std::size_t{0}, std::size_t{100}, std::size_t{13 * 24 * 3 - 1}}) {
      const auto verification = operands.verify(
          [&](const GemmPointers& p) {
            auto* c = static_cast<std::uint16_t*>(p.c);
            const std::uint16_t before = c[at];
            plain_product(plain, p);
            c[at] = before;
          },
          kTerms);
      CHECK_FALSE(verification.ok());
    }
  }

  TEST_CASE("beta leaves normal data in every C and moves C twice") {
    test::SmallHost host(3, 1 << 16);
    const Plain plain{{64, 64, 64}, kBf16, kAlpha, kBeta};
    GemmOperands operands(host, plain.shape, plain.types, kSeed);
    REQUIRE(operands.count() > 1);
    REQUIRE(operands.verify([&](const GemmPointers& p) { plain_product(plain, p); }, kTerms).ok());
    for (std::size_t i = 0; i < operands.count(); ++i) {
      const auto* c = static_cast<const std::uint16_t*>(operands.set(i).c);
      for (int at = 0; at < 64 * 64; ++at) {
        const float value = from_bf16(c[at]);
        REQUIRE(value == value);
      }
    }
    const double matrix = 64 * 64 * 2;
    CHECK(operands.work().moved_bytes == 3 * matrix);
    CHECK(operands.work(kTerms).moved_bytes == 4 * matrix);
    CHECK(operands.work(kTerms).flop == 2.0 * 64 * 64 * 64);
  }

  TEST_CASE("the work of groups counts the rows once and only the matrices that are used") {
    test::SmallHost host;
    const GemmShape one_row{1, 24, 40, 1, 8};
    const Work work = GemmOperands(host, one_row, kBf16, kSeed).work();
    CHECK(work.flop == 2.0 * 24 * 40);
    CHECK(work.moved_bytes == 2.0 * (40 + 24 * 40 + 24));
    CHECK(GemmOperands(host, kBatched, kBf16, kSeed).work().moved_bytes ==
          3 * 2.0 * (13 * 40 + 40 * 24 + 13 * 24));
  }

  TEST_CASE("scales of a batch and of groups are of their own matrices") {
    for (const GemmShape& shape : {GemmShape{9, 130, 140, 2}, GemmShape{9, 130, 140, 1, 3}}) {
      const BlockScales scales = BlockScales::drawn(shape, kSeed);
      std::vector<float> a(static_cast<std::size_t>(shape.rows() * shape.k), 1);
      std::vector<float> b(static_cast<std::size_t>(shape.matrices() * shape.k * shape.n), 1);
      scales.apply(shape, a, b);
      for (std::int64_t row = 0; row < shape.rows(); ++row) {
        for (const int k : {0, 127, 128, 139}) {
          CHECK(a[static_cast<std::size_t>(row * shape.k + k)] ==
                scales.a[static_cast<std::size_t>(k / 128 * shape.rows() + row)]);
        }
      }
      for (std::int64_t matrix = 0; matrix < shape.matrices(); ++matrix) {
        for (const int k : {0, 127, 128}) {
          for (const int j : {0, 127, 129}) {
            CHECK(b[static_cast<std::size_t>((matrix * shape.k + k) * shape.n + j)] ==
                  scales.b[static_cast<std::size_t>((matrix * 2 + j / 128) * 2 + k / 128)]);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace assay
