// `applies_when`: whether a requirement is for these documents at all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/conformance/requirement.h"

namespace assay {

struct Applicability {
  std::vector<const Result*> documents;  // those that the requirement is for
  std::string why_not;                   // when there is none: one line
};

/// Every condition of `applies_when` selects documents; `min_nodes` looks at all of them together.
/// A fact that a condition needs and that is absent never excludes: the requirement then reports it
/// as missing. An unknown condition throws Error naming the known ones.
Applicability applicability(const Evidence& evidence, const ProfileRequirement& asked);

/// Whether each condition holds of a document whatever the others are.
bool is_of_a_document(const ProfileRequirement& asked);
/// Whether no condition reads what devices measured, so that it holds of reduced documents too.
bool is_of_facts(const ProfileRequirement& asked);

}  // namespace assay
