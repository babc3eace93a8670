// Judges the documents by their profile and by what the rows need, and fills the rows that pass.
#include "harness/conformance/evidence/pack.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/conformance/evidence/page.h"
#include "harness/conformance/evidence/proofs.h"
#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/regular_expression.h"
#include "harness/core/simulation.h"

namespace assay {

namespace {

constexpr const char* kImplemented = "Implemented";
constexpr const char* kNotApplicable = "N/A";
/// Of the requirements that are judged for the rows, beside those of the profile.
constexpr const char* kPrefix = "conformance/";
/// Whatever a row needs, the documents have to be whole, unchanged and right.
constexpr const char* kAlways[] = {"complete_run", "verified_results", "fabric_documents"};

void refuse_no_evidence(const EvidenceRequest& request) {
  for (const EvidenceDocument& document : request.documents) {
    const Result& result = document.result;
    const char* what = is_simulation(result)          ? "is simulated"
                       : result.imported              ? "was imported from another tool's output"
                       : result.run.backend != "cuda" ? "is of the host backend"
                                                      : nullptr;
    if (what != nullptr)
      throw Error(fmt::format("{} {}: it is no evidence of a platform's accelerators",
                              document.name, what));
  }
}

void refuse_other_product(const EvidenceRequest& request) {
  static const RegularExpression kPath(R"((v1\.\d+)/[A-Za-z0-9][A-Za-z0-9._-]*)");
  if (!kPath.is_all_of(request.product))
    throw Error(
        fmt::format("--product-path {}: expected v1.MINOR/PRODUCT, as in the programme's "
                    "repository",
                    in_quotes(request.product)));
  const std::string version = kPath.groups_in(request.product)[1];
  const std::string of_checklist = request.checklist.about("kubernetesVersion");
  if (of_checklist != version && !of_checklist.starts_with(version + "."))
    throw Error(fmt::format("--product-path {}: the checklist is for Kubernetes {}",
                            request.product, in_quotes(of_checklist)));
}

/// The profile with what the rows need, each with its own limits and not the profile's.
Profile with_rows(const Profile& profile) {
  Profile wider = profile;
  std::set<std::string> kinds(std::begin(kAlways), std::end(kAlways));
  for (const ConformanceProof& proof : conformance_proofs())
    kinds.insert(proof.kinds.begin(), proof.kinds.end());
  for (const std::string& kind : kinds) {
    ProfileRequirement asked;
    asked.id = kPrefix + kind;
    asked.kind = kind;
    asked.level = Level::should;
    wider.requirements.push_back(std::move(asked));
  }
  return wider;
}

class Rows {
 public:
  explicit Rows(const EvidenceRequest& request) : request_(request) {
    Evidence evidence;
    const Profile wider = with_rows(*request.profile);
    evidence.profile = &wider;
    evidence.baselines = request.baselines;
    for (const EvidenceDocument& document : request.documents)
      evidence.results.push_back(document.result);
    std::vector<RequirementVerdict> of_profile;
    for (RequirementVerdict& one : judge(evidence).requirements)
      (one.id.starts_with(kPrefix) ? of_rows_ : of_profile).push_back(std::move(one));
    verdict_ = summarise(request.profile->name, std::move(of_profile));
    results_ = std::move(evidence.results);
  }

  const VerdictDocument& verdict() const { return verdict_; }

  /// Empty when the row is proved.
  std::string why_not(const ConformanceProof& proof) const {
    if (proof.kinds.empty()) return std::string(proof.reason);
    if (!has_passed())
      return fmt::format("profile {}: {}", verdict_.profile_name, worst_of_profile());
    for (const RequirementVerdict* one : needed(proof))
      if (one->verdict != Verdict::pass) return fmt::format("{}: {}", kind_of(*one), one->reason);
    return proof.lacks == nullptr ? "" : proof.lacks(results_);
  }

  /// The verdict that the row does not apply, or null. Everything else that a proof needs has to be
  /// there, and the programme has to take an N/A of the row.
  const RequirementVerdict* absence(const ConformanceProof& proof) const {
    if (proof.limits_of_absence.empty() || !has_passed()) return nullptr;
    const RequirementVerdict& own = of_kind(proof.kinds.front());
    if (!is_not_applicable(own)) return nullptr;
    const std::vector<const RequirementVerdict*> all = needed(proof);
    const bool rest_passes = std::all_of(all.begin(), all.end(), [&](const auto* one) {
      return one == &own || one->verdict == Verdict::pass;
    });
    return rest_passes ? &own : nullptr;
  }

  /// What shows the opposite of the row, or null.
  const RequirementVerdict* refutation(const ConformanceProof& proof) const {
    for (const auto kind : proof.kinds)
      if (const RequirementVerdict& one = of_kind(kind); one.verdict == Verdict::fail) return &one;
    return nullptr;
  }

  std::vector<const RequirementVerdict*> needed(const ConformanceProof& proof) const {
    std::vector<const RequirementVerdict*> all;
    for (const auto kind : proof.kinds) all.push_back(&of_kind(kind));
    for (const auto* kind : kAlways) all.push_back(&of_kind(kind));
    return all;
  }

 private:
  bool has_passed() const {
    return verdict_.verdict == Verdict::pass || verdict_.verdict == Verdict::warn;
  }

  static std::string kind_of(const RequirementVerdict& one) {
    return one.id.substr(std::string_view(kPrefix).size());
  }

  const RequirementVerdict& of_kind(std::string_view kind) const {
    return *std::find_if(of_rows_.begin(), of_rows_.end(),
                         [&](const auto& one) { return kind_of(one) == kind; });
  }

  std::string worst_of_profile() const {
    for (const RequirementVerdict& one : verdict_.requirements)
      if (one.level == Level::must && one.verdict != Verdict::pass &&
          one.verdict != Verdict::warn && !is_not_applicable(one))
        return fmt::format("{}: {}", one.id, one.reason);
    return "nothing could be evaluated";
  }

  const EvidenceRequest& request_;
  std::vector<Result> results_;
  std::vector<RequirementVerdict> of_rows_;
  VerdictDocument verdict_;
};

std::string notes_on(const RowProof& proof, const EvidenceRequest& request) {
  std::size_t nodes = 0, devices = 0;
  for (const EvidenceDocument& document : request.documents)
    for (const NodeFacts& node : document.result.nodes) {
      ++nodes;
      devices += node.devices.size();
    }
  return fmt::format("{} Shown by Assay, profile {}, on {} devices of {} nodes. Left open: {}",
                     proof.reason, request.profile->name, devices, nodes, proof.limits);
}

void refuse_contradiction(const ChecklistRow& row, const ConformanceProof& proof,
                          const Rows& rows) {
  const RequirementVerdict* against = rows.refutation(proof);
  if (row.status == kImplemented && against != nullptr)
    throw Error(
        fmt::format("line {} of the checklist says that {} is implemented, and the "
                    "documents show the opposite: {}",
                    row.line, row.id, against->reason));
  if (row.status == kNotApplicable && rows.why_not(proof).empty())
    throw Error(
        fmt::format("line {} of the checklist says that {} does not apply, and the documents "
                    "prove it: {}",
                    row.line, row.id, proof.reason));
}

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

/// What the programme does not take of a row that was filled before; empty when it takes it.
std::string refusal_of(const ChecklistRow& row, const ConformanceProof* proof) {
  if (row.status == kNotApplicable && is_blank(row.notes))
    return "it says N/A, and its notes give no reason";
  if (row.level != "MUST") return "";
  if (row.status.empty()) return "it was begun before, and has no status";
  if (row.status == kImplemented)
    return std::all_of(row.evidence.begin(), row.evidence.end(), is_blank)
               ? "it says Implemented, and names no evidence"
               : "";
  const bool may_be_absent = proof != nullptr && !proof->limits_of_absence.empty();
  if (row.status == kNotApplicable && may_be_absent) return "";
  return fmt::format("it says {}, which the programme does not take of a MUST", row.status);
}

RowOutcome outcome_of(const ChecklistRow& row, const Rows& rows) {
  using Kind = RowOutcome::Kind;
  const ConformanceProof* proof = proof_of(row.id);
  if (!row.is_empty()) {
    if (proof != nullptr) refuse_contradiction(row, *proof, rows);
    const std::string refusal = refusal_of(row, proof);
    if (!refusal.empty()) return {Kind::open, refusal};
    return {Kind::kept, "it was filled before, and Assay did not look at it"};
  }
  if (proof == nullptr) return {Kind::open, "Assay does not know this requirement"};
  if (const RequirementVerdict* absent = rows.absence(*proof); absent != nullptr)
    return {Kind::not_applicable, fmt::format("This does not apply: {}.", absent->reason)};
  const std::string why = rows.why_not(*proof);
  if (!why.empty()) return {Kind::open, why};
  return {Kind::proved, std::string(proof->reason)};
}

std::string status_of(RowOutcome::Kind kind) {
  return kind == RowOutcome::Kind::proved           ? kImplemented
         : kind == RowOutcome::Kind::not_applicable ? kNotApplicable
                                                    : "";
}

}  // namespace

EvidencePack make_evidence(const EvidenceRequest& request) {
  refuse_no_evidence(request);
  refuse_other_product(request);
  const Rows rows(request);
  EvidencePack pack;
  pack.verdict = rows.verdict();
  pack.metadata = metadata_problems(request.checklist, request.product);
  std::vector<ChecklistFill> fills;
  for (std::size_t i = 0; i < request.checklist.rows.size(); ++i) {
    const ChecklistRow& row = request.checklist.rows[i];
    const RowOutcome& outcome = pack.rows.emplace_back(outcome_of(row, rows));
    const std::string status = status_of(outcome.kind);
    if (status.empty()) continue;
    const ConformanceProof& needs = *proof_of(row.id);
    const RowProof proof{outcome.why,
                         status == kImplemented ? needs.limits : needs.limits_of_absence,
                         rows.needed(needs)};
    const std::string file = fmt::format("evidence/{}.md", row.id);
    pack.files.emplace_back(file, proof_page(request, row, proof));
    fills.push_back({i,
                     status,
                     notes_on(proof, request),
                     {fmt::format("file://{}/{}", request.product, file)}});
  }
  pack.files.emplace_back("evidence/performance.md", performance_page(request, pack.verdict));
  pack.files.emplace_back("PRODUCT.yaml", filled(request.checklist, fills));
  return pack;
}

}  // namespace assay
