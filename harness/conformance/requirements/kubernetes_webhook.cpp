// Requirement: an operator's admission webhook takes a good custom resource and refuses a bad one.
// A refusal by the schema, or of everything while the webhook is down, shows no working operator.
#include <fmt/format.h>

#include "harness/conformance/findings.h"
#include "harness/conformance/parameters.h"
#include "harness/conformance/probed.h"

namespace assay {

namespace {

class Webhook final : public Requirement {
 public:
  std::string kind() const override { return "kubernetes_webhook"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings;
    for (const ClusterFacts& facts : probed(evidence, "webhooks"))
      for (const WebhookFacts& webhook : facts.webhooks) check(webhook, findings);
    return findings.verdict("the operators' webhooks tell good from bad");
  }

 private:
  static void check(const WebhookFacts& facts, Findings& findings) {
    const Subject subject{"fabric", facts.resource};
    findings.figure("webhooks", {{"resource", facts.resource},
                                 {"good_taken", facts.good_taken},
                                 {"denied_by", facts.denied_by}});
    if (!facts.good_taken)
      return findings.fail(
          "good_refused",
          fmt::format("{}: a good resource was refused: {}", facts.resource, facts.good_answer),
          subject);
    if (!facts.denied_by.empty()) return findings.pass();
    if (facts.bad_answer.empty())
      return findings.fail(
          "bad_taken",
          fmt::format("{}: a bad resource was taken: no webhook looks at it", facts.resource),
          subject);
    findings.fail("not_by_webhook",
                  fmt::format("{}: a bad resource was refused, but by no webhook: {}",
                              facts.resource, facts.bad_answer),
                  subject);
  }
};

const RequirementEnrolment<Webhook> webhook_enrolment;

}  // namespace

}  // namespace assay
