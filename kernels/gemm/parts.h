// The single products that a shape with batches or groups is made of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/gemm/problem.h"

namespace assay {

/// C = A B of some rows of A and C, and one matrix of B.
struct GemmPart {
  std::int64_t first_row = 0, rows = 0, matrix = 0;
};

/// Where the rows of each group begin, and the end: every row falls to a group at random, as tokens
/// to experts, so that groups end anywhere and may be empty. Nothing of a shape without groups.
std::vector<std::int32_t> group_begins(const GemmShape& shape, std::uint64_t seed);

/// One part a batch, or a group that has rows; their rows in order.
std::vector<GemmPart> parts_of(const GemmShape& shape, std::uint64_t seed);

/// The part that a row belongs to.
const GemmPart& part_of_row(const std::vector<GemmPart>& parts, std::int64_t row);

/// The matrices of a part, of those of the whole shape.
GemmPointers matrices_of(const GemmPart& part, const GemmShape& shape, const GemmTypes& types,
                         const GemmPointers& whole);

/// " of batch 3", " of group 3", or nothing where there is one product.
std::string of_part(const GemmShape& shape, const GemmPart& part);

}  // namespace assay
