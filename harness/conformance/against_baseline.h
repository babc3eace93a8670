// A measurement against the baseline row that was found for it.
#pragma once

#include "harness/conformance/baseline_lookup.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/rate_limit.h"

namespace assay {

struct AgainstBaseline {
  double fraction = 0;  ///< Of the row's value, at the median.
  std::string text;     ///< Case, rate, fraction and baseline in words.
};

/// Reports the measurement under the row's limits, or `standard` where it has none, with `entry`
/// and the figures in the list `cases`. A row that had expired when the run started can fail, but
/// its pass is a warning; one that only warns fails nothing.
AgainstBaseline judge_against(const FoundRow& found, const RateLimit& standard,
                              const Subject& subject, Json entry, Findings& findings);

}  // namespace assay
