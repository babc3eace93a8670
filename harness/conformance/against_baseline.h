// A measurement against the baseline row that was found for it.
#pragma once

#include <functional>
#include <string>

#include "harness/conformance/baseline_lookup.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/rate_limit.h"

namespace assay {

/// Case, rate, fraction and baseline in words.
std::string text_against(const FoundRow& found);

/// Reports the measurement under the row's limits, or `standard` where it has none, with `entry`
/// and the figures in the list `cases`. A row that had expired when the run started can fail, but
/// its pass is a warning; one that only warns fails nothing. Returns the fraction of the row's
/// value at the median. `subject` and `entry` are called where they are needed: in a fleet mostly
/// not.
double judge_against(const FoundRow& found, const RateLimit& standard,
                     const std::function<Subject()>& subject, const std::function<Json()>& entry,
                     Findings& findings);

}  // namespace assay
