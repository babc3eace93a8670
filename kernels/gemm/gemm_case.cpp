// Refusals come before anything is allocated: shape, backend, memory, then what is missing.
#include "kernels/gemm/gemm_case.h"

#include <fmt/format.h>

namespace assay {

GemmTypes host_gemm_types(const std::string& dtype) {
  return {dtype_named(dtype).value(), Dtype::f32, Dtype::f32};
}

GemmCase::GemmCase(std::shared_ptr<GemmOperands> operands, const BindMultiply& bind, Json choice,
                   GemmTerms terms)
    : operands_(std::move(operands)),
      multiply_(call_bound(bind)),
      ready_(bound_to_sets(*operands_, bind)),
      choice_(std::move(choice)),
      terms_(std::move(terms)) {}

std::optional<std::string> GemmImplementation::refuses(const Shape& shape,
                                                       const Device& device) const {
  if (device.backend() != backend_) {
    return fmt::format("runs on the {} backend only", assay::name(backend_));
  }
  const auto gemm = GemmShape::from(shape);
  if (!gemm) {
    return "a GEMM shape is m, n and k, each from 1 to 2147483647, and at most one of b and g, "
           "from 2 to 65535";
  }
  if (gemm->batches > 1 && !takes_batches()) return "takes one product, no batch of them";
  if (gemm->groups > 0 && !takes_groups()) return "takes one product, no groups of rows";
  if (gemm->groups == 0 && takes_groups()) return "takes groups of rows: a shape with g";
  if (auto refusal = lacks_memory(GemmOperands::need(*gemm, types_, backend_), device))
    return refusal;
  return missing(device);
}

}  // namespace assay
