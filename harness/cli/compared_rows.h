// A comparison as rows of cells: one row a case of two sides, one row a side of a case of several.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/table.h"
#include "harness/core/comparison.h"

namespace assay::cli {

/// What is worse first. The first row is the heading. The comparisons are of B, C, … with one A.
Rows case_rows(const std::vector<Comparison>& comparisons);
/// What the same work costs on A and on each other side, in the order of case_rows; empty where
/// nothing has a cost.
Rows cost_rows(const std::vector<Comparison>& comparisons);
/// Geometric means, one row a side; empty where there are none.
Rows mean_rows(const std::vector<Comparison>& comparisons);
/// `1 worse, 0 better, …`, in the order of the rows.
std::string counts_in_words(const Comparison& comparison);
/// Of the other side of the comparison at `place`: `B`, `C`, …
std::string side_letter(std::size_t place);

}  // namespace assay::cli
