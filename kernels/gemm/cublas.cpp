// Opens the library and its functions once for the process.
#include "kernels/gemm/cublas.h"

#include "kernels/gemm/cublaslt.h"
#include "kernels/gemm/opened_library.h"

namespace assay {

Cublas::Cublas(Library opened)
    : library(std::move(opened)),
      create(library.sym<decltype(create)>("cublasCreate_v2")),
      destroy(library.sym<decltype(destroy)>("cublasDestroy_v2")),
      version(library.sym<decltype(version)>("cublasGetVersion_v2")),
      set_stream(library.sym<decltype(set_stream)>("cublasSetStream_v2")),
      set_workspace(library.sym<decltype(set_workspace)>("cublasSetWorkspace_v2")),
      grouped(library.sym<decltype(grouped)>("cublasGemmGroupedBatchedEx")) {}

const Cublas* Cublas::find(std::string& reason) {
  static std::string why_not;
  static const std::unique_ptr<const Cublas> found = [] {
    // cuBLAS needs cuBLASLt by its bare name, which the loader knows once we have opened it.
    std::string ignored;
    CublasLt::find(ignored);
    return opened_library<Cublas>({"libcublas.so.13", "libcublas.so.12"}, why_not);
  }();
  reason = why_not;
  return found.get();
}

}  // namespace assay
