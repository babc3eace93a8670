// Mistakes that shipped baselines have been seen to make, found before anybody is judged by them.
#pragma once

#include <string>
#include <vector>

#include "harness/core/baseline.h"

namespace assay {

/// What is wrong with a baseline, row by row; each begins with the row's pointer, `/rows/3: …`.
/// A row over its own roofline, one far below it, a slip of unit, the figure of another SKU (of
/// `others`) that is not as fast, an expired row, one whose source cannot be found, a spread as
/// large as the value, and one that no measurement can ever match; a PCI id of another part.
/// `as_of` is a date such as 2026-11-28.
std::vector<std::string> mistakes_of(const Baseline& baseline, const std::string& as_of,
                                     const std::vector<Baseline>& others);

}  // namespace assay
