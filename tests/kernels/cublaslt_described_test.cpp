// What we tell cuBLASLt, held to by a stand-in that multiplies just that.
#include <doctest/doctest.h>

#include <cstdlib>

#include "kernels/gemm/cublaslt_multiply.h"
#include "tests/kernels/small_host.h"

namespace assay {
namespace {

void check_described(const GemmShape& shape, bool a_by_columns, bool b_by_columns,
                     CublasLtFactors factors) {
  setenv("ASSAY_CUDA_LIBS", ASSAY_STUBS, 1);
  const CublasLt library(Library::open("libcublasLt.so.13"));
  test::SmallHost host;
  GemmTypes types = tensor_core_types("bf16");
  types.a_by_columns = a_by_columns;
  types.b_by_columns = b_by_columns;
  GemmOperands operands(host, shape, types, 7);
  CublasLtMultiply product(library, host, operands, CublasLtSum::f32, {}, factors);
  const auto verification = operands.verify([&](const GemmPointers& p) { product(p); },
                                            {nullptr, factors.alpha, factors.beta});
  CHECK_MESSAGE(verification.ok(), verification.detail);
}

TEST_SUITE("unit") {
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
}

}  // namespace
}  // namespace assay
