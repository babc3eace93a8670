// Which taints are tolerated, and those of nodes that pods of a run tolerate.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/cluster/gate.h"
#include "harness/cluster/plan.h"
#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/number_of.h"
#include "harness/core/regular_expression.h"

namespace assay::cluster {

bool Toleration::tolerates(const std::string& taint) const {
  const std::size_t equals = taint.find('='), colon = taint.rfind(':');
  const auto part = [&](std::size_t from, std::size_t to) { return taint.substr(from, to - from); };
  return (key.empty() || part(0, equals) == key) && (!value || part(equals + 1, colon) == *value) &&
         (effect.empty() || taint.substr(colon + 1) == effect);
}

Toleration toleration_of(const std::string& text) {
  static const RegularExpression kForm(
      "([A-Za-z0-9][A-Za-z0-9./_-]{0,316})(=([A-Za-z0-9._-]{1,63}))?"
      "(:(NoSchedule|PreferNoSchedule|NoExecute))?");
  if (!kForm.is_all_of(text))
    throw Error(
        fmt::format("--toleration {}: expected KEY, KEY=VALUE or KEY=VALUE:EFFECT of a "
                    "taint, as `kubectl describe node` prints it",
                    in_quotes(text)));
  const std::vector<std::string> match = kForm.groups_in(text);
  return {match[1], match[3].empty() ? std::nullopt : std::optional(match[3]), match[5]};
}

std::vector<Toleration> tolerations_of(const Wishes& wishes) {
  std::vector<Toleration> all = wishes.tolerations;
  if (!wishes.node.empty()) all.push_back({kUnverified, std::nullopt, "NoSchedule"});
  return all;
}

bool names_taint_of_state(std::string_view text) {
  return text.find("node.kubernetes.io/") != std::string_view::npos ||
         text.find("node.cloudprovider.kubernetes.io/") != std::string_view::npos;
}

bool keeps_off(const std::string& taint, const Wishes& wishes) {
  const std::vector<Toleration> all = tolerations_of(wishes);
  return !taint.ends_with(":PreferNoSchedule") &&
         std::none_of(all.begin(), all.end(),
                      [&](const Toleration& one) { return one.tolerates(taint); });
}

std::vector<std::string> taints_of(const Inventory& inventory, const Wishes& wishes) {
  std::map<std::string, long> nodes;  // by their taint
  for (const Node& node : inventory.nodes)
    for (const std::string& taint : node.taints)
      if (!node.cordoned && keeps_off(taint, wishes)) ++nodes[taint];
  std::vector<std::string> lines;
  for (const auto& [taint, count] : nodes)
    lines.push_back(
        fmt::format("{} of {} {} taint {}, which {}", count,
                    number_of(inventory.nodes.size(), "node"), count == 1 ? "has" : "have", taint,
                    names_taint_of_state(taint) ? "says that the node is not well"
                                                : "--toleration lets the pods tolerate"));
  return lines;
}

}  // namespace assay::cluster
