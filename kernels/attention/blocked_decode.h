// `attention_decode.<dtype>.blocked`: the host's decode step over a paged cache, our own loops.
#pragma once

#include <string>

#include "kernels/attention/attention_case.h"

namespace assay::attention {

class BlockedDecode : public AttentionImplementation {
 public:
  BlockedDecode(const std::string& dtype, const std::string& summary)
      : AttentionImplementation(Workload::decode, Backend::host, dtype, "blocked", summary,
                                host_types(dtype)) {}

 protected:
  Bound bind(const Problem& problem, Device& device, const OperandSets&) const override;
};

}  // namespace assay::attention
