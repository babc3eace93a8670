// `attention_backward.<dtype>.openblas`: the host's backward pass over OpenBLAS products.
#pragma once

#include <optional>
#include <string>

#include "kernels/attention/attention_case.h"

namespace assay::attention {

class OpenBlasBackward : public AttentionImplementation {
 public:
  OpenBlasBackward(const std::string& dtype, const std::string& summary)
      : AttentionImplementation(Workload::backward, Backend::host, dtype, "openblas", summary,
                                host_types(dtype)) {}

 protected:
  Bound bind(const Problem& problem, Device& device, const OperandSets&) const override;
  std::optional<std::string> missing(const Device& device) const override;
};

}  // namespace assay::attention
