// Opens the library and its functions once for the process.
#include "kernels/gemm/cublaslt.h"

#include "kernels/gemm/opened_library.h"

namespace assay {

CublasLt::CublasLt(Library opened)
    : library(std::move(opened)),
      create(library.sym<decltype(create)>("cublasLtCreate")),
      destroy(library.sym<decltype(destroy)>("cublasLtDestroy")),
      version(library.sym<decltype(version)>("cublasLtGetVersion")),
      matmul(library.sym<decltype(matmul)>("cublasLtMatmul")),
      desc_create(library.sym<decltype(desc_create)>("cublasLtMatmulDescCreate")),
      desc_destroy(library.sym<decltype(desc_destroy)>("cublasLtMatmulDescDestroy")),
      desc_set(library.sym<decltype(desc_set)>("cublasLtMatmulDescSetAttribute")),
      layout_create(library.sym<decltype(layout_create)>("cublasLtMatrixLayoutCreate")),
      layout_destroy(library.sym<decltype(layout_destroy)>("cublasLtMatrixLayoutDestroy")),
      layout_set(library.sym<decltype(layout_set)>("cublasLtMatrixLayoutSetAttribute")),
      preference_create(library.sym<decltype(preference_create)>("cublasLtMatmulPreferenceCreate")),
      preference_destroy(
          library.sym<decltype(preference_destroy)>("cublasLtMatmulPreferenceDestroy")),
      preference_set(library.sym<decltype(preference_set)>("cublasLtMatmulPreferenceSetAttribute")),
      heuristic(library.sym<decltype(heuristic)>("cublasLtMatmulAlgoGetHeuristic")),
      algorithm_get(library.sym<decltype(algorithm_get)>("cublasLtMatmulAlgoConfigGetAttribute")) {}

const CublasLt* CublasLt::find(std::string& reason) {
  static std::string why_not;
  static const std::unique_ptr<const CublasLt> found =
      opened_library<CublasLt>({"libcublasLt.so.13", "libcublasLt.so.12"}, why_not);
  reason = why_not;
  return found.get();
}

}  // namespace assay
