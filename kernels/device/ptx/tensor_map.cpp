// Makes tensor maps through the driver's entry point, looked up at run time.
#include "kernels/device/ptx/device/tensor_map.cuh"

#include <cuda.h>
#include <cudaTypedefs.h>
#include <cuda_runtime_api.h>

#include <string>

#include "harness/core/error.h"

namespace assay::device {

namespace {

CUtensorMapDataType data_type(TensorElement element) {
  switch (element) {
    case TensorElement::kU8:
      return CU_TENSOR_MAP_DATA_TYPE_UINT8;
    case TensorElement::kU16:
      return CU_TENSOR_MAP_DATA_TYPE_UINT16;
    case TensorElement::kU32:
      return CU_TENSOR_MAP_DATA_TYPE_UINT32;
    case TensorElement::kS32:
      return CU_TENSOR_MAP_DATA_TYPE_INT32;
    case TensorElement::kF16:
      return CU_TENSOR_MAP_DATA_TYPE_FLOAT16;
    case TensorElement::kF32:
      return CU_TENSOR_MAP_DATA_TYPE_FLOAT32;
    case TensorElement::kBf16:
      break;
  }
  return CU_TENSOR_MAP_DATA_TYPE_BFLOAT16;
}

CUtensorMapSwizzle native(Swizzle swizzle) {
  switch (swizzle) {
    case Swizzle::k32:
      return CU_TENSOR_MAP_SWIZZLE_32B;
    case Swizzle::k64:
      return CU_TENSOR_MAP_SWIZZLE_64B;
    case Swizzle::k128:
      return CU_TENSOR_MAP_SWIZZLE_128B;
    case Swizzle::kNone:
      break;
  }
  return CU_TENSOR_MAP_SWIZZLE_NONE;
}

PFN_cuTensorMapEncodeTiled_v12000 find_encoder() {
  constexpr unsigned kFirstVersion = 12000;
  void* entry = nullptr;
  cudaDriverEntryPointQueryResult found{};
  const cudaError_t status = cudaGetDriverEntryPointByVersion(
      "cuTensorMapEncodeTiled", &entry, kFirstVersion, cudaEnableDefault, &found);
  if (status != cudaSuccess) {
    throw Error(std::string("looking up cuTensorMapEncodeTiled in the CUDA driver: ") +
                cudaGetErrorString(status));
  }
  if (found != cudaDriverEntryPointSuccess || entry == nullptr) {
    throw Error("the CUDA driver has no cuTensorMapEncodeTiled: install one of CUDA 12 or later");
  }
  return reinterpret_cast<PFN_cuTensorMapEncodeTiled_v12000>(entry);
}

}  // namespace

CUtensorMap encode_tensor_map(const TensorMapSpec& spec) {
  for (const char* fault : {tensor_map_fault(spec), tensor_map_address_fault(spec)}) {
    if (fault != nullptr) throw Error(std::string("making a tensor map: ") + fault);
  }
  static const PFN_cuTensorMapEncodeTiled_v12000 encode = find_encoder();
  const cuuint32_t one_by_one[5] = {1, 1, 1, 1, 1};
  cuuint64_t size[5];
  cuuint64_t stride_bytes[4];
  for (int i = 0; i < 5; ++i) size[i] = spec.size[i];
  for (int i = 0; i < 4; ++i) stride_bytes[i] = spec.stride_bytes[i];
  CUtensorMap map;
  const CUresult status =
      encode(&map, data_type(spec.element), static_cast<cuuint32_t>(spec.rank),
             const_cast<void*>(spec.address), size, stride_bytes, spec.box.data(), one_by_one,
             CU_TENSOR_MAP_INTERLEAVE_NONE, native(spec.swizzle),
             CU_TENSOR_MAP_L2_PROMOTION_L2_128B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (status != CUDA_SUCCESS) {
    throw Error("making a tensor map: the driver refused it with error " +
                std::to_string(static_cast<int>(status)));
  }
  return map;
}

}  // namespace assay::device
