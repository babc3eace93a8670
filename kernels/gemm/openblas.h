// OpenBLAS as the host's library peer, opened at run time and named when absent.
#pragma once

#include <optional>
#include <string>

#include "kernels/gemm/gemm_case.h"

namespace assay {

/// `gemm.<dtype>.openblas`: one cblas_sgemm on every core that this process may use.
class OpenBlasGemm : public GemmImplementation {
 public:
  explicit OpenBlasGemm(const std::string& dtype, const std::string& summary)
      : GemmImplementation(Backend::host, dtype, "openblas", summary, host_gemm_types(dtype)) {}

  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override;

 protected:
  std::optional<std::string> missing(const Device& device) const override;
};

}  // namespace assay
