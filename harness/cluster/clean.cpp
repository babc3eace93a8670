// Foreground deletion waits for pods; a claim goes a few seconds after its pod.
#include "harness/cluster/clean.h"

#include <fmt/format.h>

#include "harness/core/error.h"

namespace assay::cluster {

namespace {

std::vector<std::string> what_is_left(Kubectl& kubectl, const Target& target,
                                      const Inventory& inventory) {
  const char* claims = inventory.serves("resource.k8s.io/v1") ? ",resourceclaims" : "";
  const Snapshot found = read_snapshot(
      require(kubectl.ask({{"get", made_kinds(inventory) + ",pods" + claims, "-n",
                            target.name_space, "-l", target.selector(), "-o", "json"}}),
              "cannot see what is left of the run"));
  std::vector<std::string> left = found.others;
  for (const Job& job : found.jobs) left.push_back("Job/" + job.name);
  for (const Pod& pod : found.pods) left.push_back("Pod/" + pod.name);
  for (const Claim& claim : found.claims) left.push_back("ResourceClaim/" + claim.name);
  for (const PodGroup& group : found.pod_groups) left.push_back("PodGroup/" + group.name);
  return left;
}

}  // namespace

std::vector<std::string> clean(Kubectl& kubectl, const Target& target, const Inventory& inventory,
                               const Pace& pace, double patience_s) {
  const double until_s = pace.now_s() + patience_s;
  const std::string timeout = fmt::format("--timeout={:.0f}s", patience_s);
  const Answer answer =
      kubectl.ask({{"delete", made_kinds(inventory), "-n", target.name_space, "-l",
                    target.selector(), "--cascade=foreground", "--ignore-not-found", timeout},
                   patience_s + 10});
  if (!answer.ok()) pace.say("delete: " + reason_of(answer));
  std::vector<std::string> left = what_is_left(kubectl, target, inventory);
  while (!left.empty() && pace.now_s() < until_s) {
    pace.sleep_s(1);
    left = what_is_left(kubectl, target, inventory);
  }
  return left;
}

}  // namespace assay::cluster
