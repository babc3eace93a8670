// Evidence for a conformance checklist: which rows the documents prove, and the files that say so.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/conformance/evidence/checklist.h"
#include "harness/conformance/requirement.h"

namespace assay {

/// A result document with the bytes that it was read from.
struct EvidenceDocument {
  std::string name, sha256;
  Result result;
};

struct EvidenceRequest {
  Checklist checklist;
  std::string product;  // `v1.37/<product>`: what stands before the files in the checklist
  std::vector<EvidenceDocument> documents;
  const Profile* profile = nullptr;  // the one that they were made with
  std::vector<Baseline> baselines;
  std::vector<std::string> command;  // as typed
  std::string signed_by;             // id of the key that the documents' signature is of, or empty
};

struct RowOutcome {
  /// kept: it was filled before, and is left as it was.
  enum class Kind { proved, not_applicable, kept, open };
  Kind kind = Kind::open;
  std::string why;  // one line
};

struct EvidencePack {
  VerdictDocument verdict;            // by the profile alone, as `assay check` gives it
  std::vector<RowOutcome> rows;       // as in the checklist
  std::vector<std::string> metadata;  // what is wrong there, for the submitter
  /// Path in the product's folder and text; the checklist comes last.
  std::vector<std::pair<std::string, std::string>> files;
};

/// Throws Error for documents that are no evidence (simulated, of the host, imported), for a
/// product path that is not of the checklist's version, and for a row that says Implemented or N/A
/// where the documents show the opposite.
EvidencePack make_evidence(const EvidenceRequest& request);

/// What the programme's validator, or a reader, would not take: one line each.
std::vector<std::string> metadata_problems(const Checklist& checklist, const std::string& product);

}  // namespace assay
