// A verdict document in the order that a reader needs it: failures first.
#pragma once

#include <string>
#include <vector>

#include "harness/core/verdict.h"

namespace assay {

/// Failures, then what a `must` could not evaluate, then warnings and the rest, passes, and last
/// what does not apply; in the profile's order within each.
std::vector<const RequirementVerdict*> failures_first(const VerdictDocument& document);

/// `fail`, `not evaluated`, `not applicable`, … as shown to a reader.
std::string shown(const RequirementVerdict& requirement);
/// `1 fail, 2 warn, 9 pass, 1 not evaluated, 4 not applicable`; zeros are left out.
std::string counts_in_words(const VerdictDocument& document);
/// What the whole verdict means, in half a sentence.
std::string meaning(Verdict verdict);

/// `drain: why`; empty where nothing is to be done.
std::string action_in_words(const RequirementVerdict& requirement);

}  // namespace assay
