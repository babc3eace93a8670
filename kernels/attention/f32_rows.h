// Rows of a head's operand as f32, where they lie or widened.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/attention/problem.h"
#include "kernels/attention/vector_kernels.h"

namespace assay::attention {

/// Rows of f32, a stride apart.
struct F32Rows {
  const float* data;
  int stride;
  const float* row(int i) const { return data + element_count(i, stride); }
};

/// Reads arrays of one dtype: [rows, heads, width], f32 or bf16.
struct F32RowReader {
  bool is_bf16;
  const VectorKernels& kernels;

  /// `count` rows of a head from `first_row`, which counts rows of `width` elements, so that the
  /// next row of the head lies `heads` further. f32 stays where it is; bf16 goes to `widened`,
  /// which has room for count * width.
  F32Rows operator()(const void* array, std::int64_t first_row, int count, int heads, int width,
                     std::vector<float>& widened) const;
};

}  // namespace assay::attention
