// One table: a flag that is in no line of it is for every verb.
#include "harness/cli/cluster_flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/core/error.h"

namespace assay::cli {

namespace {

struct Use {
  std::vector<const char*> verbs;
  std::vector<const char*> flags;
};

const std::vector<Use>& uses() {
  static const std::vector<Use> all = {
      {{"plan", "run", "gate"},
       {"profile", "image", "devices-per-node", "allocation", "device-class", "nic-class",
        "nics-per-node", "alignment", "gang", "toleration", "queue", "pull-secret",
        "results-claim"}},
      {{"plan", "run"}, {"nodes"}},  // gate runs on one node after the other
      {{"plan", "run", "collect", "gate"}, {"deadline", "output"}},
      {{"plan", "run", "collect"}, {"force"}},
      {{"run"}, {"dry-run", "probe", "window", "custom-resource", "exporter"}},
      {{"gate"}, {"node"}},
      {{"status", "collect", "clean"}, {"run"}}};
  return all;
}

/// `run alone`, or `plan, run and gate`.
std::string in_words(const std::vector<const char*>& verbs) {
  if (verbs.size() == 1) return fmt::format("{} alone", verbs.front());
  const std::vector<const char*> first(verbs.begin(), verbs.end() - 1);
  return fmt::format("{} and {}", fmt::join(first, ", "), verbs.back());
}

/// A flag that says more of another, which was not given.
void refuse_without(const Arguments& arguments, const char* flag, bool other, const char* advice) {
  if (arguments.typed(flag) && !other) throw Error(fmt::format("--{} {}", flag, advice));
}

}  // namespace

void refuse_unused_flags(const std::string& verb, const Arguments& arguments) {
  for (const Use& use : uses())
    for (const char* flag : use.flags)
      if (arguments.typed(flag) &&
          std::find(use.verbs.begin(), use.verbs.end(), verb) == use.verbs.end())
        throw Error(fmt::format("--{} is for assay cluster {}: {} has none", flag,
                                in_words(use.verbs), verb));
  const std::vector<std::string> probes = arguments.all("probe");
  refuse_without(arguments, "window",
                 std::find(probes.begin(), probes.end(), "gang") != probes.end(),
                 "is for --probe gang");
  refuse_without(arguments, "force", verb != "plan" || arguments.has("output"),
                 "is for the folder of -o, and plan without it writes none");
}

std::vector<std::string> unused_by_dry_run(const Arguments& arguments) {
  std::vector<std::string> unused;
  for (const char* flag : {"output", "force", "probe", "window", "custom-resource", "exporter"})
    if (arguments.typed(flag)) unused.push_back(fmt::format("--{}", flag));
  return unused;
}

}  // namespace assay::cli
