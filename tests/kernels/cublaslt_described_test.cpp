// What we tell cuBLASLt, held to by a stand-in that multiplies just that.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include "kernels/catalogue.h"
#include "kernels/gemm/cublaslt_multiply.h"
#include "tests/kernels/small_host.h"

namespace assay {
namespace {

/// What the library chooses for a product of so many columns, on which its order depends.
Json choice_of(std::int64_t columns, Purpose purpose) {
  setenv("ASSAY_CUDA_LIBS", ASSAY_STUBS, 1);
  const CublasLt library(Library::open("libcublasLt.so.13"));
  test::SmallHost host;
  const GemmTypes types = tensor_core_types("bf16");
  GemmOperands operands(host, {5, columns, 7}, types, 7);
  return CublasLtMultiply(std::make_shared<const CublasLtSession>(library, host),
                          {operands.shape(), types}, operands.sets(), purpose)
      .choice();
}

void check_described(const GemmShape& shape, bool a_by_columns, bool b_by_columns,
                     CublasLtFactors factors) {
  setenv("ASSAY_CUDA_LIBS", ASSAY_STUBS, 1);
  const CublasLt library(Library::open("libcublasLt.so.13"));
  test::SmallHost host;
  GemmTypes types = tensor_core_types("bf16");
  types.a_by_columns = a_by_columns;
  types.b_by_columns = b_by_columns;
  GemmOperands operands(host, shape, types, 7);
  const CublasLtMultiply product(std::make_shared<const CublasLtSession>(library, host),
                                 {shape, types, CublasLtSum::f32, {}, factors}, operands.sets(),
                                 Purpose::verification);
  const auto verification = operands.verify([&](const GemmPointers& p) { product(p); },
                                            {nullptr, factors.alpha, factors.beta});
  CHECK_MESSAGE(verification.ok(), verification.detail);
}

TEST_SUITE("unit") {
  TEST_CASE("every algorithm that cuBLASLt offers is timed and the fastest is taken") {
    for (const int rank : {0, 1, 2}) {
      CAPTURE(rank);
      const Json choice =
          choice_of(10 - rank, Purpose::timing);  // in turn from where the fastest is the second
      CHECK(choice["algorithm"] == 10);
      CHECK(choice["heuristic_rank"] == rank);
      // With less workspace than 32 MiB the library offers fewer, with more another one.
      CHECK(choice["algorithms_timed"] == 3);
      CHECK(choice["workspace_bytes"] == 32 << 20);
    }
  }

  TEST_CASE("of what cuBLASLt offers the first is verified where nothing is timed") {
    for (const std::int64_t columns : {8, 9, 10}) {
      CAPTURE(columns);
      const Json choice = choice_of(columns, Purpose::verification);
      CHECK(choice["heuristic_rank"] == 0);
      CHECK(choice["algorithms_timed"] == 0);
    }
  }

  TEST_CASE("cuBLASLt is told the product of batches in every layout with alpha and beta") {
    for (const GemmShape& shape : {GemmShape{5, 11, 7}, GemmShape{5, 11, 7, 3}}) {
      for (const bool a_by_columns : {false, true}) {
        for (const bool b_by_columns : {false, true}) {
          CAPTURE(shape.batches);
          CAPTURE(a_by_columns);
          CAPTURE(b_by_columns);
          check_described(shape, a_by_columns, b_by_columns, {});
          check_described(shape, a_by_columns, b_by_columns, {kAlpha, kBeta});
        }
      }
    }
  }

  TEST_CASE("cuBLASLt is told the scales of every block of a product and of groups of rows") {
    setenv("ASSAY_CUDA_LIBS", ASSAY_STUBS, 1);
    const std::pair<const char*, const char*> rows[] = {
        {"cublaslt_block_scaled", "m5_n144_k272"},  // three blocks of K and two of columns
        {"cublaslt_block_scaled", "m8_n128_k512"},
        {"cublaslt_grouped_block_scaled", "m37_n144_k272_g4"},
        {"cublaslt_grouped_block_scaled", "m3_n144_k144_g8"}};  // groups without rows
    for (const auto& [name, shape] : rows) {
      CAPTURE(shape);
      test::SmallHost host;
      GroupContext context(host, {"gemm", "fp8_e4m3", "", Shape::parse(shape)}, 7);
      const auto& all = catalogue();
      const auto peer = std::find_if(all.begin(), all.end(), [name = name](const auto& one) {
        return one->dtype() == "fp8_e4m3" && one->name() == name;
      });
      REQUIRE(peer != all.end());
      const auto verification = (*peer)->prepare(context)->verify();
      CHECK_MESSAGE(verification.ok(), verification.detail);
    }
  }
}

}  // namespace
}  // namespace assay
