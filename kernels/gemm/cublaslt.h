// cuBLASLt as the GPU's library peer, opened at run time and named when absent.
#pragma once

#include <cublasLt.h>

#include <memory>
#include <string>

#include "harness/measure/library.h"

namespace assay {

/// The functions in use; the header is a build need only.
struct CublasLt {
  explicit CublasLt(Library opened);

  Library library;
  decltype(&cublasLtCreate) create;
  decltype(&cublasLtDestroy) destroy;
  decltype(&cublasLtGetVersion) version;
  decltype(&cublasLtMatmul) matmul;
  decltype(&cublasLtMatmulDescCreate) desc_create;
  decltype(&cublasLtMatmulDescDestroy) desc_destroy;
  decltype(&cublasLtMatmulDescSetAttribute) desc_set;
  decltype(&cublasLtMatrixLayoutCreate) layout_create;
  decltype(&cublasLtMatrixLayoutDestroy) layout_destroy;
  decltype(&cublasLtMatrixLayoutSetAttribute) layout_set;
  decltype(&cublasLtMatmulPreferenceCreate) preference_create;
  decltype(&cublasLtMatmulPreferenceDestroy) preference_destroy;
  decltype(&cublasLtMatmulPreferenceSetAttribute) preference_set;
  decltype(&cublasLtMatmulAlgoGetHeuristic) heuristic;
  decltype(&cublasLtMatmulAlgoConfigGetAttribute) algorithm_get;

  /// Opened once for the process, version 13 before 12. Null when absent; then `reason` says so.
  static const CublasLt* find(std::string& reason);
};

}  // namespace assay
