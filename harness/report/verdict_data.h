// A verdict as the page holds it: long lists of figures cut to what somebody looks for.
#pragma once

#include "harness/core/verdict.h"

namespace assay {

/// Entries of a list of figures that a page holds.
inline constexpr std::size_t kListedFigures = 1000;

/// The verdict document, where a list of more than kListedFigures keeps the entries of the
/// requirement's subjects and the first others, and `left_out` of its requirement says how many of
/// each list are not there.
Json verdict_data(const VerdictDocument& verdict);

}  // namespace assay
