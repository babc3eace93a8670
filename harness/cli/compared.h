// A comparison as people read it: on a terminal, or in a GitHub issue.
#pragma once

#include <string>

#include "harness/core/comparison.h"

namespace assay::cli {

/// Every case, in lines of `width`: what is worse first, then better, unclear, the same, not
/// comparable.
std::string compared_as_text(const Comparison& comparison, bool colour, std::size_t width);
/// The same as tables; after 200 cases the rest is counted, because an issue holds 65,536 letters.
std::string compared_as_markdown(const Comparison& comparison);
/// With what each of them begins.
inline constexpr const char* kComparedText = "compare ";
inline constexpr const char* kComparedMarkdown = "**compare**";

}  // namespace assay::cli
