// A comparison as people read it: on a terminal, or in a GitHub issue.
#pragma once

#include <string>
#include <vector>

#include "harness/core/comparison.h"

namespace assay::cli {

/// Every case, in lines of `width`: what is worse first, then better, unclear, the same, not
/// comparable. The comparisons are of B, C, … with one A.
std::string compared_as_text(const std::vector<Comparison>& comparisons, bool colour,
                             std::size_t width);
/// The same as tables; after 200 rows the rest is counted, because an issue holds 65,536 letters.
std::string compared_as_markdown(const std::vector<Comparison>& comparisons);
/// With what each of them begins.
inline constexpr const char* kComparedText = "compare ";
inline constexpr const char* kComparedMarkdown = "**compare**";

}  // namespace assay::cli
