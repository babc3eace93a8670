// What the API server says to an apply, in a user's words.
#include <fmt/format.h>

#include "harness/cluster/explain.h"
#include "harness/cluster/kubectl.h"
#include "harness/core/regular_expression.h"
namespace assay::cluster {

namespace {

std::string forbidden(const std::string& err) {
  static const RegularExpression kVerb(
      R"re(User "([^"]+)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)")re");
  const std::vector<std::string> match = kVerb.groups_in(err);
  if (match.empty()) return "";
  const std::string group = match[4].empty() ? "" : "." + match[4];
  return fmt::format(
      "user {} may not {} {}{}: manifests/rbac/runner.yaml has the role that is needed", match[1],
      match[2], match[3], group);
}

}  // namespace

std::string refusal(const std::string& err) {
  const auto holds = [&](const char* text) { return err.find(text) != std::string::npos; };
  if (holds("failed calling webhook"))
    return fmt::format(
        "an admission webhook does not answer{}: until it does, nothing can be made ({})",
        holds("mjob.kb.io") ? ", Kueue is down" : "", reason_of({1, "", err}));
  if (holds("exceeded quota"))
    return quota_text(err.substr(0, err.find('\n', err.find("exceeded quota"))));
  if (holds("is being terminated")) return "the namespace is being deleted: choose another";
  if (holds("admin access to devices requires"))
    return "the namespace lacks the label resource.kubernetes.io/admin-access: \"true\", which "
           "adminAccess needs";
  if (holds("no matches for kind \"PodGroup\""))
    return "the cluster does not serve this PodGroup: the native gang is not enabled there";
  if (holds("cel.expression"))
    return fmt::format("a selector of the claim is no valid CEL: {}", reason_of({1, "", err}));
  static const RegularExpression kAbsent(R"re(namespaces "([^"]+)" not found)re");
  if (const std::vector<std::string> match = kAbsent.groups_in(err); !match.empty())
    return fmt::format("there is no namespace {}", match[1]);
  if (const std::string text = forbidden(err); !text.empty()) return text;
  return reason_of({1, "", err});
}

}  // namespace assay::cluster
