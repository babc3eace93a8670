// One probe after the other: two at once would contend with each other.
#include "harness/cluster/probes.h"

#include <fmt/format.h>

#include "harness/cluster/autoscaling.h"
#include "harness/cluster/gang_contention.h"
#include "harness/cluster/stamp.h"
#include "harness/cluster/webhooks.h"

namespace assay::cluster {

namespace {

/// A JobSet and a TrainJob start what they made when there is room for any of it.
bool keeps_gangs(const std::string& gang) {
  return !gang.empty() && gang != "none" && gang != "jobset" && gang != "trainjob";
}

std::string described(const WebhookFacts& facts) {
  const std::string bad = !facts.denied_by.empty()   ? "refused by " + facts.denied_by
                          : facts.bad_answer.empty() ? "taken"
                                                     : "refused, by no webhook";
  return fmt::format("webhook probe: {}: the good resource was {}, the bad one was {}",
                     facts.resource, facts.good_taken ? "taken" : "refused", bad);
}

}  // namespace

Probes::Probes(Kubectl& kubectl, const Plan& plan, const Inventory& inventory, const Pace& pace,
               ProbeWishes wishes)
    : kubectl_(kubectl),
      plan_(plan),
      inventory_(inventory),
      pace_(pace),
      wishes_(std::move(wishes)) {
  if (wishes_.gang && !keeps_gangs(plan.gang))
    throw Error(fmt::format(
        "--probe gang: {} keeps a gang together: name a scheduler that does with --gang (kueue, "
        "native, volcano, kai, coscheduling), and at least two --nodes",
        plan.gang == "none" ? "nobody" : "no part of " + plan.gang));
  if (wishes_.exporter) exporter_.emplace(kubectl_, *wishes_.exporter, pace_);
}

void Probes::before_run() {
  if (wishes_.webhook) {
    found_.webhooks =
        ask_webhooks(kubectl_, inventory_, plan_.wishes.name_space, wishes_.custom_resources);
    for (const WebhookFacts& facts : found_.webhooks) pace_.say(described(facts));
    if (found_.webhooks.empty())
      pace_.say(
          "webhook probe: the cluster has no operator that Assay knows: name a folder with "
          "--custom-resource");
  }
  if (wishes_.gang)
    found_.gang_contention =
        contend_for_nodes(kubectl_, plan_, inventory_, pace_, wishes_.window_s);
  if (wishes_.autoscaling) found_.autoscaling = scale_by_claims(kubectl_, plan_, inventory_, pace_);
  if (exporter_) exporter_->before();
}

Pace Probes::pace_of_run(const Memory& memory) {
  Pace pace = pace_;
  if (wishes_.gang || wishes_.webhook || wishes_.autoscaling)
    pace.deadline_s = pace_.now_s() + plan_.wishes.deadline_s;
  if (!exporter_) return pace;
  pace.sleep_s = [this, &memory](double seconds) {
    std::set<std::string> nodes;
    for (const auto& [pod, facts] : memory.pods) nodes.insert(facts.node);
    exporter_->during(nodes);
    pace_.sleep_s(seconds);
  };
  return pace;
}

bool Probes::has_found_nothing() const {
  return !found_.gang_contention && found_.webhooks.empty() && !found_.autoscaling &&
         !found_.exporter;
}

void Probes::after_run(const std::filesystem::path& folder, Memory& memory) {
  if (exporter_) found_.exporter = exporter_->after();
  if (has_found_nothing()) return;
  for (auto& [pod, facts] : memory.pods) {
    facts.cluster.gang_contention = found_.gang_contention;
    facts.cluster.webhooks = found_.webhooks;
    facts.cluster.autoscaling = found_.autoscaling;
    facts.cluster.exporter = found_.exporter;
  }
  stamp_documents(folder, memory.pods, inventory_);
}

}  // namespace assay::cluster
