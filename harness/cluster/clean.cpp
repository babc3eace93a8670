// Foreground deletion waits for pods; a claim goes a few seconds after its pod.
#include "harness/cluster/clean.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/cluster/explain.h"
#include "harness/cluster/outage.h"
#include "harness/core/error.h"

namespace assay::cluster {

namespace {

using Remnants = std::vector<Remnant>;

constexpr double kList_s = 60;
constexpr double kCleaning_s = 90;

Remnants list(Kubectl& kubectl, const std::vector<std::string>& words) {
  const Answer answer = kubectl.ask({words, kList_s, true});
  if (contains(answer.err, "(Forbidden)"))
    throw Error("cannot see what is left of the run: " + refusal(answer.err));
  if (!answer.ok()) throw Unreachable("cannot see what is left of the run: " + refusal(answer.err));
  return read_remnants(answer.out);
}

/// A claim of a device plugin's resource, a PodGroup of the Job controller and Kueue's Workload
/// carry no label of ours; the names of their owners begin with the Job's.
bool is_ours(const Remnant& one, const Target& target) {
  const std::string job = "assay-" + target.run;
  const auto is_of_job = [&](const std::string& name) { return name.starts_with(job); };
  return one.run == target.run || std::any_of(one.owners.begin(), one.owners.end(), is_of_job) ||
         std::any_of(one.reserved_for.begin(), one.reserved_for.end(),
                     [&](const Consumer& consumer) { return is_of_job(consumer.name); });
}

Remnants what_is_left(Kubectl& kubectl, const Target& target, const Inventory& inventory) {
  Remnants left = list(kubectl, {"get", made_kinds(inventory), "-n", target.name_space, "-l",
                                 target.selector(), "-o", "json"});
  const std::string dependents = dependent_kinds(inventory);
  if (dependents.empty()) return left;
  for (Remnant& one : list(kubectl, {"get", dependents, "-n", target.name_space, "-o", "json"}))
    if (is_ours(one, target) && std::none_of(left.begin(), left.end(), [&](const Remnant& known) {
          return known.kind == one.kind && known.name == one.name;
        }))
      left.push_back(std::move(one));
  return left;
}

/// `Pod/x (it is being ended on node-b)`.
std::string described(const Remnant& one) {
  const std::string name = one.kind + "/" + one.name;
  if (one.kind == "Pod" && one.deleted)
    return fmt::format("{} (it is being ended on {}, or that node is lost)", name,
                       one.node.empty() ? "no node" : one.node);
  std::vector<std::string> consumers;
  for (const Consumer& consumer : one.reserved_for) consumers.push_back(consumer.text());
  if (!consumers.empty())
    return fmt::format("{} (reserved for {})", name, fmt::join(consumers, ", "));
  if (!one.finalizers.empty())
    return fmt::format("{} (kept by finalizer {})", name, fmt::join(one.finalizers, ", "));
  return name;
}

Remnants delete_all(Kubectl& kubectl, const Target& target, const Inventory& inventory,
                    const Pace& pace, double patience_s) {
  const double until_s = pace.now_s() + patience_s;
  const std::string timeout = fmt::format("--timeout={:.0f}s", patience_s);
  // Pods too: those of a Job that was deleted with --cascade=orphan have no owner left.
  const Answer answer =
      kubectl.ask({{"delete", made_kinds(inventory), "-n", target.name_space, "-l",
                    target.selector(), "--cascade=foreground", "--ignore-not-found", timeout},
                   patience_s + 10,
                   true});
  if (!answer.ok()) pace.say("delete: " + refusal(answer.err));
  Remnants left = what_is_left(kubectl, target, inventory);
  while (!left.empty() && pace.now_s() < until_s) {
    pace.sleep_s(1);
    left = what_is_left(kubectl, target, inventory);
  }
  return left;
}

}  // namespace

std::vector<std::string> clean(Kubectl& kubectl, const Target& target, const Inventory& inventory,
                               const Pace& pace, double patience_s) {
  Remnants left;
  Outage outage(pace);
  for (bool answered = false; !answered;) {
    try {
      left = delete_all(kubectl, target, inventory, pace, patience_s);
      answered = true;
    } catch (const Unreachable& why) {
      outage.wait(why);
    }
  }
  std::vector<std::string> descriptions;
  for (const Remnant& one : left) descriptions.push_back(described(one));
  return descriptions;
}

bool may_be_there(Kubectl& kubectl, const Target& target, const Inventory& inventory) {
  try {
    return !what_is_left(kubectl, target, inventory).empty();
  } catch (const Error&) {
    return true;
  }
}

Cleaned clean_up(Kubectl& kubectl, const Target& target, const Inventory& inventory,
                 const Pace& pace) {
  Pace patient = pace;
  patient.sleep_s = [&pace](double seconds) {
    const double end_s = pace.now_s() + seconds;
    pace.sleep_s(seconds);  // a stop cuts it short
    if (const double rest_s = end_s - pace.now_s(); rest_s > 0)
      std::this_thread::sleep_for(std::chrono::duration<double>(rest_s));
  };
  std::string left;
  try {
    left =
        fmt::format("{}", fmt::join(clean(kubectl, target, inventory, patient, kCleaning_s), ", "));
  } catch (const Error& error) {
    left = fmt::format("not known ({})", error.what());
  }
  if (left.empty()) return {true, "nothing of the run is left in the cluster"};
  return {false,
          fmt::format("still in the cluster: {}; try `assay cluster clean --namespace {} --run {}`",
                      left, target.name_space, target.run)};
}

}  // namespace assay::cluster
