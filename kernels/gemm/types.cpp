// The types of tensor core products, by dtype.
#include <string_view>

#include "harness/core/error.h"
#include "kernels/gemm/problem.h"

namespace assay {

GemmTypes tensor_core_types(const char* dtype) {
  const std::string_view name = dtype;
  constexpr double kCut = 0x1p-23;  // tensor cores may cut off what a sum has too much, not round
  if (name == "bf16") return {Element::bf16, Element::bf16, Element::bf16, false, kCut};
  if (name == "f16") return {Element::f16, Element::f16, Element::f16, false, kCut};
  if (name == "tf32") return {Element::tf32, Element::tf32, Element::f32, true, kCut};
  if (name == "int8") return {Element::int8, Element::int8, Element::int32, true};
  // Hopper's fp8 products keep about 13 bits of a sum; the 32 products of one instruction are added
  // before that (kernels/README.md, Verification).
  constexpr double kFp8Roundoff = 0x1p-13;
  if (name == "fp8_e4m3") {
    return {Element::fp8_e4m3, Element::fp8_e4m3, Element::bf16, true, kFp8Roundoff, 32};
  }
  if (name == "fp8_e5m2") {
    return {Element::fp8_e5m2, Element::fp8_e5m2, Element::bf16, true, kFp8Roundoff, 32};
  }
  // Blackwell's sums are taken to keep no more than Hopper's.
  if (name == "fp4_e2m1") {
    return {Element::fp4_e2m1, Element::fp4_e2m1, Element::bf16, true, kFp8Roundoff, 32};
  }
  throw Error("no tensor core product has the dtype " + std::string(name));
}

}  // namespace assay
