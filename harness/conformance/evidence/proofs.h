// What proves a requirement of the AI Conformance programme: the one table of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace assay {

struct ConformanceProof {
  std::string_view row;  // the checklist's id
  /// Kinds of Assay's requirements, every one of which has to pass; none: nothing of Assay's
  /// proves the row, and `reason` says why not.
  std::vector<std::string_view> kinds;
  /// What else the documents have to hold: empty when they do, else what is missing.
  std::string (*lacks)(const std::vector<Result>& results) = nullptr;
  std::string_view reason;  // why these prove it
  std::string_view limits;  // what they leave open
  /// What a verdict that the row does not apply leaves open; empty: the programme takes no N/A.
  std::string_view limits_of_absence = {};
};

/// In the order of the checklists, with the rows that were removed from later ones.
const std::vector<ConformanceProof>& conformance_proofs();
/// Null for a row that Assay does not know.
const ConformanceProof* proof_of(std::string_view row);

}  // namespace assay
