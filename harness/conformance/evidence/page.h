// The pages of an evidence pack, in Markdown.
#pragma once

#include <string>
#include <vector>

#include "harness/conformance/evidence/pack.h"
#include "harness/conformance/evidence/proofs.h"

namespace assay {

/// evidence/<id>.md: what passed with its figures, what it leaves open, commands and documents.
std::string proof_page(const EvidenceRequest& request, const ChecklistRow& row,
                       const ConformanceProof& proof,
                       const std::vector<const RequirementVerdict*>& passed);
/// evidence/performance.md: the profile's verdict, which is no part of the programme.
std::string performance_page(const EvidenceRequest& request, const VerdictDocument& verdict);

}  // namespace assay
