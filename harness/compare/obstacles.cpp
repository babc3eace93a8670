// What must be equal on both sides, and what must not have been in the way.
#include "harness/compare/obstacles.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/core/simulation.h"

namespace assay::compare {

namespace {

constexpr double kMostContention = 0.1;  // of a series' samples, discarded for the machine's sake

template <class Do>
void each(const Groups& groups, const Do& what) {
  for (const auto& group : groups)
    for (const Found* found : group) what(*found);
}

template <class Value>
std::set<std::string> values_of(const Groups& groups, const Value& value) {
  std::set<std::string> values;
  each(groups, [&](const Found& found) { values.insert(value(found)); });
  return values;
}

std::string joined(const std::set<std::string>& values) {
  std::string text;
  for (const std::string& value : values) {
    const std::string shown = value.empty() ? "unknown" : value;
    text += (text.empty() ? "" : ", ") + shown;
  }
  return text;
}

template <class Value>
Condition condition(const Groups& side, const char* code, const std::string& what,
                    const Value& value) {
  const std::set<std::string> values = values_of(side, value);
  return {code, what, joined(values), values.size() > 1};
}

bool counts(const Measurement& one) {
  return one.status == MeasurementStatus::measured || one.status == MeasurementStatus::reported;
}

std::string why_not_measured(const Groups& side) {
  std::string why;
  each(side, [&](const Found& found) {
    const Measurement& one = *found.measurement;
    if (!why.empty() || counts(one)) return;
    why = fmt::format("{}{}{}", name(one.status), one.reason.empty() ? "" : ": ", one.reason);
  });
  return why;
}

/// The versions that decide what computes a case: Assay's own, and the library of that name. The
/// driver and the kernel are part of what is compared.
void add_versions(const Groups& side, std::vector<Condition>& conditions) {
  const std::string& implementation = side.front().front()->measurement->id.implementation;
  for (const std::string& key : versions_that_matter()) {
    if (key != "assay" && !implementation.starts_with(key)) continue;
    conditions.push_back(condition(side, "versions", key, [&](const Found& found) {
      const auto version = found.result->software.find(key);
      return version == found.result->software.end() ? std::string() : version->second;
    }));
  }
}

std::string contention(const Groups& groups) {
  std::string text;
  each(groups, [&](const Found& found) {
    const Measurement& one = *found.measurement;
    if (!text.empty() || !one.samples) return;
    const double all = static_cast<double>(one.samples->count + one.samples->discarded);
    const double share = static_cast<double>(one.samples->discarded) / all;
    std::string reasons;
    for (const auto& [reason, number] : one.samples->discard_reasons)
      reasons += (reasons.empty() ? "" : ", ") + reason;
    if (share > kMostContention)
      text = fmt::format("{:.0f} % of the samples were discarded ({})", share * 100, reasons);
    for (const NodeFacts& node : found.result->nodes) {
      for (const DeviceFacts& device : node.devices) {
        const auto& members = one.scope.members;
        const bool is_here =
            std::find(members.begin(), members.end(), device.uuid) != members.end();
        if (!text.empty() || !is_here || device.other_processes.empty()) continue;
        text = fmt::format("{} other process{} used {}", device.other_processes.size(),
                           device.other_processes.size() == 1 ? "" : "es", device.name);
      }
    }
  });
  return text;
}

}  // namespace

const std::set<std::string>& versions_that_matter() {
  static const std::set<std::string> kVersions = {"assay", "cublaslt", "cudnn",
                                                  "gloo",  "nccl",     "openblas"};
  return kVersions;
}

Hindrances hindrances_of(const Groups& side) {
  Hindrances all;
  all.not_measured = why_not_measured(side);
  all.conditions = {condition(side, "simulated", "documents",
                              [](const Found& found) -> std::string {
                                return is_simulation(*found.result) ? "simulated" : "real";
                              }),
                    condition(side, "inputs", "inputs",
                              [](const Found& found) { return found.measurement->input_pattern; }),
                    condition(side, "inputs", "measured by", [](const Found& found) -> std::string {
                      return found.result->imported ? found.result->imported->tool : "assay";
                    })};
  add_versions(side, all.conditions);
  all.conditions.push_back(condition(side, "nodes", "number of nodes", [](const Found& found) {
    return std::to_string(nodes_of(*found.result, found.measurement->scope).size());
  }));
  all.conditions.push_back(condition(
      side, "nodes", "number of devices or ranks",
      [](const Found& found) { return std::to_string(found.measurement->scope.members.size()); }));
  all.contention = contention(side);
  return all;
}

std::optional<Obstacle> obstacle_of(const Hindrances& a, const Hindrances& b,
                                    const std::set<std::string>& across, const std::string& other) {
  if (!a.not_measured.empty()) return Obstacle{"not_measured", "A: " + a.not_measured};
  if (!b.not_measured.empty()) return Obstacle{"not_measured", other + ": " + b.not_measured};
  for (std::size_t i = 0; i < a.conditions.size(); ++i) {
    const Condition &in_a = a.conditions[i], &in_b = b.conditions[i];
    const bool is_version = in_a.code == "versions";
    if (is_version && across.contains(in_a.what)) continue;
    if (in_a.value == in_b.value && !in_a.differs && !in_b.differs) continue;
    std::string reason =
        fmt::format("{}: {} in A and {} in {}", in_a.what, in_a.value, in_b.value, other);
    if (is_version) reason += fmt::format(" (--across {} if that is what is compared)", in_a.what);
    return Obstacle{in_a.code, reason};
  }
  if (!a.contention.empty()) return Obstacle{"contention", "A: " + a.contention};
  if (!b.contention.empty()) return Obstacle{"contention", other + ": " + b.contention};
  return std::nullopt;
}

}  // namespace assay::compare
