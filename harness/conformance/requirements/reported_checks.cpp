// Requirement: the checks that another tool made found nothing; a warning at most, because it is
// that tool's word.
#include <fmt/format.h>

#include <utility>
#include <vector>

#include "harness/conformance/findings.h"
#include "harness/conformance/parameters.h"

namespace assay {

namespace {

/// A check names a device as the document does, by its UUID.
Subject subject_of_check(const Result& result, const ReportedCheck& check) {
  for (const NodeFacts& node : result.nodes)
    for (const DeviceFacts& device : node.devices)
      if (device.uuid == check.subject) return subject_of({&result, &node, &device});
  const bool is_device = check.subject.find('/') != std::string::npos;
  return {is_device ? "device" : "node", check.subject.empty() ? "unstated" : check.subject};
}

class ReportedChecks final : public Requirement {
 public:
  std::string kind() const override { return "reported_checks"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings;
    std::size_t passed = 0, complaints = 0;
    std::vector<std::pair<std::string, Subject>> open;
    for (const Result& result : evidence.results) {
      if (!result.imported) continue;
      for (const ReportedCheck& check : result.imported->checks) {
        const std::string text =
            fmt::format("{} says {} of {}{}{}", result.imported->tool, check.status, check.name,
                        check.detail.empty() ? "" : ": ", check.detail);
        if (check.status == "pass") {
          ++passed;
          findings.pass();
        } else if (check.status == "fail" || check.status == "warn") {
          ++complaints;
          findings.warn("reported", text, subject_of_check(result, check));
        } else {
          open.emplace_back(text, subject_of_check(result, check));
        }
      }
    }
    findings.set_figure("passed", passed);
    findings.set_figure("not_run", open.size());
    // What was not run must not hide a complaint.
    if (complaints == 0) {
      for (const auto& [text, subject] : open) findings.not_evaluated("missing", text, subject);
    }
    return findings.verdict(fmt::format("{} reported checks passed", passed));
  }
};

const RequirementEnrolment<ReportedChecks> reported_checks_enrolment;

}  // namespace

}  // namespace assay
