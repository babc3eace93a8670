// What we tell cuBLAS of groups of rows, held to by a stand-in that multiplies just that.
#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>

#include "kernels/gemm/cublas_grouped_multiply.h"
#include "tests/kernels/small_host.h"

namespace assay {
namespace {

constexpr std::uint64_t kGroupedSeed = 7;

Verification verified_grouped(const GemmShape& shape, std::uint64_t told_seed = kGroupedSeed) {
  setenv("ASSAY_CUDA_LIBS", ASSAY_STUBS, 1);
  const Cublas library(Library::open("libcublas.so.13"));
  test::SmallHost host;
  const GemmTypes types = tensor_core_types("bf16");
  GemmOperands operands(host, shape, types, kGroupedSeed);
  const GemmOperands told(host, shape, types, told_seed);
  CublasGroupedMultiply product(library, host, told);
  return operands.verify([&](const GemmPointers& p) { product.on(p)(); });
}

TEST_SUITE("unit") {
  TEST_CASE("cuBLAS is told the product of every group that has rows") {
    // The second has groups without rows; the third more groups than rows.
    for (const GemmShape& shape :
         {GemmShape{39, 24, 40, 1, 5}, GemmShape{9, 24, 16, 1, 8}, GemmShape{1, 8, 8, 1, 32}}) {
      const auto verification = verified_grouped(shape);
      CHECK_MESSAGE(verification.ok(), verification.detail);
    }
  }

  TEST_CASE("a row that cuBLAS was told to multiply by the B of another group is caught") {
    CHECK_FALSE(verified_grouped({39, 24, 40, 1, 5}, kGroupedSeed + 1).ok());
  }

  TEST_CASE("a bound product of groups keeps its own matrices") {
    setenv("ASSAY_CUDA_LIBS", ASSAY_STUBS, 1);
    const Cublas library(Library::open("libcublas.so.13"));
    test::SmallHost host(3, 1 << 16);
    GemmOperands operands(host, {39, 24, 40, 1, 5}, tensor_core_types("bf16"), kGroupedSeed);
    REQUIRE(operands.count() > 1);
    CublasGroupedMultiply product(library, host, operands);
    const Enqueue first = product.on(operands.set(0)), second = product.on(operands.set(1));
    first();
    second();
    std::vector<std::uint16_t> of_first(39 * 24), of_second(39 * 24);
    std::memcpy(of_first.data(), operands.set(0).c, 2 * of_first.size());
    std::memcpy(of_second.data(), operands.set(1).c, 2 * of_second.size());
    CHECK(of_first == of_second);  // every set holds the same values
    CHECK(product.choice().at("groups_with_rows") ==
          parts_of(operands.shape(), kGroupedSeed).size());
  }
}

}  // namespace
}  // namespace assay
