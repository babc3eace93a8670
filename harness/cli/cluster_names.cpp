// The API server's rules. It would itself report them only after half of the objects are made.
#include "harness/cli/cluster_names.h"

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/plain_text.h"
#include "harness/core/regular_expression.h"

namespace assay::cli {

namespace {

constexpr std::size_t kLabel = 63, kName = 253;

struct Rule {
  std::size_t longest;
  bool dots;
  const char* advice;
};

Rule rule_of(const std::string& flag) {
  if (flag == "namespace")
    return {kLabel, false, "; `kubectl get namespaces` lists those that there are"};
  // The value of a label.
  if (flag == "run") return {kLabel, true, "; `assay cluster run` printed it"};
  if (flag == "queue") return {kLabel, true, "; `kubectl get localqueues` lists Kueue's"};
  return {kName, true, ""};
}

}  // namespace

void refuse_no_name(const std::string& flag, const std::string& value) {
  static const RegularExpression kPlain("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  static const RegularExpression kDotted(
      R"([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)");
  const Rule rule = rule_of(flag);
  if (value.size() > rule.longest)
    throw Error(fmt::format(
        "--{} '{}...' has {} characters, and a name of Kubernetes there has {} "
        "at most{}",
        flag, plain_line(value.substr(0, 20)), value.size(), rule.longest, rule.advice));
  if (!(rule.dots ? kDotted : kPlain).is_all_of(value))
    throw Error(fmt::format(
        "--{} '{}' is no name of Kubernetes: lower-case letters, digits, -{}, the first and the "
        "last a letter or digit{}",
        flag, plain_line(value), rule.dots ? " and ." : "", rule.advice));
}

}  // namespace assay::cli
