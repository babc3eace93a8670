// The types of tensor core products, by dtype.
#include <string>

#include "harness/core/error.h"
#include "kernels/gemm/problem.h"

namespace assay {

GemmTypes tensor_core_types(const char* dtype) {
  const auto element = dtype_named(dtype);
  if (!element || *element == Dtype::f32)
    throw Error(std::string("no tensor core product has the dtype ") + dtype);
  const DtypeFacts& facts = facts_of(*element);
  return {*element, *element, facts.product, facts.bits != 16, facts.sum};
}

}  // namespace assay
