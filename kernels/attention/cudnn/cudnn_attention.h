// cuDNN's attention of one workload and dtype as the catalogue has it.
#pragma once

#include "kernels/attention/attention_case.h"

namespace assay::attention {

/// `attention_<forward|backward>.<dtype>.cudnn`, bf16 or f16: full and causal masks over sequences
/// of one length.
class CudnnAttention : public AttentionImplementation {
 public:
  CudnnAttention(Workload workload, const char* dtype);

  std::optional<std::string> refuses(const Shape& shape, const Device& device) const override;

 protected:
  std::optional<std::string> refuses_problem(const Problem& problem) const override;
  std::optional<std::string> missing(const Device& device) const override;
  Bound bind(const Problem& problem, Device& device, const OperandSets& sets) const override;

 private:
  Workload workload_;
};

}  // namespace assay::attention
