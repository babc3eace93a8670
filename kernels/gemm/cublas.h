// cuBLAS, of which cuBLASLt is the base: opened at run time for what cuBLASLt does not have.
#pragma once

#include <cublas_v2.h>

#include <memory>
#include <string>

#include "harness/measure/library.h"

namespace assay {

/// The functions in use; the header is a build need only.
struct Cublas {
  explicit Cublas(Library opened);

  Library library;
  decltype(&cublasCreate_v2) create;
  decltype(&cublasDestroy_v2) destroy;
  decltype(&cublasGetVersion_v2) version;
  decltype(&cublasSetStream_v2) set_stream;
  decltype(&cublasSetWorkspace_v2) set_workspace;
  decltype(&cublasGemmGroupedBatchedEx) grouped;  ///< From 12.5 on.

  /// Opened once for the process, version 13 before 12. Null when absent; then `reason` says so.
  static const Cublas* find(std::string& reason);
};

}  // namespace assay
