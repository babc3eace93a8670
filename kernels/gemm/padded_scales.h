// Scales of blocks in the order that cuBLASLt reads them in on Hopper: lines of whole 16 bytes.
//
// As ours, those of A are lines of rows, one a block of K, and those of B lines of blocks of K, one
// a block of columns; but a line begins at a multiple of four scales.
// (The order that NVIDIA's CUDALibrarySamples, cuBLASMp, read them back in, for VEC128 and
// BLK128x128.)
#pragma once

#include <vector>

#include "kernels/gemm/operands.h"

namespace assay {

inline constexpr std::int64_t kScalesOfLine = 4;  ///< A line has a multiple of so many.

/// Of the rows of one part.
std::vector<float> padded_scales_a(const BlockScales& scales, const GemmShape& shape,
                                   const GemmPart& part);
/// Of the matrix of one part.
std::vector<float> padded_scales_b(const BlockScales& scales, const GemmShape& shape,
                                   const GemmPart& part);

}  // namespace assay
