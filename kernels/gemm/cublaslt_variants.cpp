// The library peers of our variants: gemm.<dtype>.cublaslt_alpha_beta, of C = kAlpha A B + kBeta C,
// and gemm.bf16.cublaslt_{a,b,ab}_by_columns.
#include "kernels/gemm/cublaslt_gemm.h"

namespace assay {
namespace {

struct Variants {
  Variants() {
    const auto alpha_beta = [](const char* dtype, const char* name, GemmTypes types,
                               CublasLtSum sum, int capability) {
      enrol(std::make_unique<CublasLtGemm>(dtype, name, types, sum, capability,
                                           "cuBLASLt with alpha and beta: C is read too",
                                           CublasLtFactors{kAlpha, kBeta}));
    };
    for (const char* dtype : {"bf16", "f16"})
      alpha_beta(dtype, "cublaslt_alpha_beta", tensor_core_types(dtype), CublasLtSum::f32, 80);
    alpha_beta("tf32", "cublaslt_alpha_beta", tensor_core_types("tf32"), CublasLtSum::tf32, 80);
    alpha_beta("f32", "cublaslt_alpha_beta", {}, CublasLtSum::f32, 0);
    alpha_beta("fp8_e4m3", "cublaslt_fast_alpha_beta", tensor_core_types("fp8_e4m3"),
               CublasLtSum::fp8_fast, 89);

    const auto by_columns = [](const char* name, bool a, bool b, const char* summary) {
      GemmTypes types = tensor_core_types("bf16");
      types.a_by_columns = a;
      types.b_by_columns = b;
      enrol(std::make_unique<CublasLtGemm>("bf16", name, types, CublasLtSum::f32, 80, summary));
    };
    by_columns("cublaslt_a_by_columns", true, false, "cuBLASLt, A by columns");
    by_columns("cublaslt_b_by_columns", false, true,
               "cuBLASLt, B by columns, as weights are stored");
    by_columns("cublaslt_ab_by_columns", true, true, "cuBLASLt, A and B by columns");
  }
};
const Variants variants;

}  // namespace
}  // namespace assay
