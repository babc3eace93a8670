// OpenBLAS, loaded once for the process: its threads outlive every case.
#pragma once

#include <optional>
#include <string>

#include "harness/measure/host_facts.h"
#include "harness/measure/library.h"

namespace assay {

/// From cblas.h, so that the header is not needed to build.
struct OpenBlas {
  static constexpr const char* kLibrary = "libopenblas.so.0";
  static constexpr int kRowMajor = 101, kNoTranspose = 111, kTranspose = 112;

  using Sgemm = void (*)(int order, int transpose_a, int transpose_b, int m, int n, int k,
                         float alpha, const float* a, int lda, const float* b, int ldb, float beta,
                         float* c, int ldc);

  Library library;
  Sgemm sgemm;
  void (*set_threads)(int);  ///< Of the process; a case sets it when it is prepared.
  char* (*core_name)();
};

/// The kernels to request through OPENBLAS_CORETYPE, by the processor's capabilities. A release
/// that is older than the processor falls back to kernels of 2004 ("Prescott": 0.3.21 of Debian 12
/// on Emerald Rapids then reaches a sixth of the processor's rate). Nothing if its own choice is
/// kept.
std::optional<std::string> openblas_core(const HostFacts& host);

/// One line that says why it cannot be used, or nothing. Throws Error if its threads cannot be
/// started.
std::optional<std::string> openblas_missing();

/// Throws Error (exit 3) when it is missing.
const OpenBlas& open_openblas();

}  // namespace assay
