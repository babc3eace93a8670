// Our own host GEMM, so that there is one without OpenBLAS and a group has two members.
#pragma once

#include <string>

#include "kernels/gemm/gemm_case.h"

namespace assay {

/// `gemm.<dtype>.blocked`: packed panels, a register-blocked inner loop, every usable core.
class BlockedGemm : public GemmImplementation {
 public:
  explicit BlockedGemm(const std::string& dtype, const std::string& summary)
      : GemmImplementation(Backend::host, dtype, "blocked", summary, host_gemm_types(dtype)) {}

  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override;
};

}  // namespace assay
