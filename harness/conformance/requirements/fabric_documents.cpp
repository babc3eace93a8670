// Requirement: every document that a run of many ranks left is here, and is what its ranks wrote.
#include <fmt/format.h>

#include <set>

#include "harness/conformance/fabric.h"
#include "harness/conformance/findings.h"
#include "harness/core/content_hash.h"

namespace assay {

namespace {

class FabricDocuments final : public Requirement {
 public:
  std::string kind() const override { return "fabric_documents"; }
  Axis axis() const override { return Axis::validity; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings;
    // Only a process among several is named by others; hashing costs as much as writing.
    std::set<std::string> here;
    for (const Result& result : evidence.results)
      if (result.run.world_size != 1) here.insert(content_sha256(result));
    for (const Result& result : evidence.results) check(result, here, findings);
    findings.set_figure("documents", evidence.results.size());
    return findings.verdict(
        fmt::format("{} documents, each as the others name it", evidence.results.size()));
  }

 private:
  static void check(const Result& result, const std::set<std::string>& here, Findings& findings) {
    if (result.run.world_size == 1) return findings.pass();  // a process alone leaves one
    const std::string what = is_fabric_document(result) ? "fabric.json"
                             : result.nodes.empty()     ? "a document without nodes"
                                                        : "the document of " + result.nodes[0].name;
    if (!result.documents) {
      findings.not_evaluated("missing", what + " does not name the others of its run");
      return;
    }
    for (const NamedDocument& other : *result.documents) {
      if (here.contains(other.sha256)) {
        findings.pass();
      } else {
        findings.not_evaluated(
            "missing",
            fmt::format("{} is named by {} and is not here, or was changed", other.name, what));
      }
    }
  }
};

const RequirementEnrolment<FabricDocuments> fabric_documents_enrolment;

}  // namespace

}  // namespace assay
