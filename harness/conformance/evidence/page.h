// The pages of an evidence pack, in Markdown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/conformance/evidence/pack.h"

namespace assay {

/// What the documents say of one row.
struct RowProof {
  std::string_view reason, limits;  // why they prove it, and what they leave open
  std::vector<const RequirementVerdict*> verdicts;
};

/// evidence/<id>.md: the verdicts with their figures, what they leave open, commands and documents.
std::string proof_page(const EvidenceRequest& request, const ChecklistRow& row,
                       const RowProof& proof);
/// evidence/performance.md: the profile's verdict, which is no part of the programme.
std::string performance_page(const EvidenceRequest& request, const VerdictDocument& verdict);

}  // namespace assay
