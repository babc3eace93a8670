// Widens rows of bf16 beside each other.
#include "kernels/attention/f32_rows.h"

namespace assay::attention {

F32Rows F32RowReader::operator()(const void* array, std::int64_t first_row, int count, int heads,
                                 int width, std::vector<float>& widened) const {
  const int stride = heads * width;
  if (!is_bf16) return {static_cast<const float*>(array) + first_row * width, stride};
  const auto* from = static_cast<const std::uint16_t*>(array) + first_row * width;
  for (int row = 0; row < count; ++row) {
    kernels.widen(from + static_cast<std::int64_t>(row) * stride,
                  widened.data() + element_count(row, width), width);
  }
  return {widened.data(), width};
}

}  // namespace assay::attention
