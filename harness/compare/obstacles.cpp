// What must be equal on both sides, and what must not have been in the way.
#include "harness/compare/obstacles.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace assay::compare {

namespace {

constexpr double kMostContention = 0.1;  // of a series' samples, discarded for the machine's sake

using Groups = std::vector<std::vector<const Found*>>;

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

/// What must be one and the same value in every document of both sides.
template <class Value>
std::optional<Obstacle> unequal(const Pairing& pairing, const char* code, const std::string& what,
                                const Value& value) {
  const std::set<std::string> a = values_of(pairing.a, value), b = values_of(pairing.b, value);
  if (a == b && a.size() == 1) return std::nullopt;
  return Obstacle{code, fmt::format("{}: {} in A and {} in B", what, joined(a), joined(b))};
}

bool counts(const Measurement& one) {
  return one.status == MeasurementStatus::measured || one.status == MeasurementStatus::reported;
}

std::optional<Obstacle> not_measured(const Groups& groups, const char* side) {
  std::optional<Obstacle> obstacle;
  each(groups, [&](const Found& found) {
    const Measurement& one = *found.measurement;
    if (obstacle || counts(one)) return;
    obstacle = Obstacle{"not_measured", fmt::format("{}: {}{}{}", side, name(one.status),
                                                    one.reason.empty() ? "" : ": ", one.reason)};
  });
  return obstacle;
}

/// The versions that decide what computes a case: Assay's own, and the library of that name. The
/// driver and the kernel are part of what is compared.
std::optional<Obstacle> other_versions(const Pairing& pairing,
                                       const std::set<std::string>& across) {
  const std::string& implementation = (*pairing.a.front().front()).measurement->id.implementation;
  for (const std::string& key : versions_that_matter()) {
    const bool matters = key == "assay" || implementation.starts_with(key);
    if (!matters || across.contains(key)) continue;
    const auto obstacle = unequal(pairing, "versions", key, [&](const Found& found) {
      const auto version = found.result->software.find(key);
      return version == found.result->software.end() ? std::string() : version->second;
    });
    if (!obstacle) continue;
    return Obstacle{"versions", fmt::format("{} (--across {} if that is what is compared)",
                                            obstacle->reason, key)};
  }
  return std::nullopt;
}

std::optional<Obstacle> contention(const Groups& groups, const char* side) {
  std::optional<Obstacle> obstacle;
  each(groups, [&](const Found& found) {
    const Measurement& one = *found.measurement;
    if (obstacle || !one.samples) return;
    const double all = static_cast<double>(one.samples->count + one.samples->discarded);
    const double share = static_cast<double>(one.samples->discarded) / all;
    std::string reasons;
    for (const auto& [reason, number] : one.samples->discard_reasons)
      reasons += (reasons.empty() ? "" : ", ") + reason;
    if (share > kMostContention)
      obstacle =
          Obstacle{"contention", fmt::format("{}: {:.0f} % of the samples were discarded ({})",
                                             side, share * 100, reasons)};
    for (const NodeFacts& node : found.result->nodes) {
      for (const DeviceFacts& device : node.devices) {
        const auto& members = one.scope.members;
        const bool is_here =
            std::find(members.begin(), members.end(), device.uuid) != members.end();
        if (obstacle || !is_here || device.other_processes.empty()) continue;
        obstacle = Obstacle{"contention", fmt::format("{}: {} other processes used {}", side,
                                                      device.other_processes.size(), device.name)};
      }
    }
  });
  return obstacle;
}

}  // namespace

const std::set<std::string>& versions_that_matter() {
  static const std::set<std::string> kVersions = {"assay", "cublaslt", "cudnn",
                                                  "gloo",  "nccl",     "openblas"};
  return kVersions;
}

std::optional<Obstacle> obstacle_of(const Pairing& pairing, const std::set<std::string>& across) {
  if (pairing.a.empty() || pairing.b.empty()) {
    return Obstacle{"missing", pairing.a.empty() ? "only B measured it" : "only A measured it"};
  }
  if (auto found = not_measured(pairing.a, "A")) return found;
  if (auto found = not_measured(pairing.b, "B")) return found;
  const auto simulated = [](const Found& found) -> std::string {
    const bool is_host = found.result->run.backend == "host";
    return found.result->simulated && !is_host ? "simulated" : "real";
  };
  if (auto found = unequal(pairing, "simulated", "documents", simulated)) return found;
  const auto inputs = [](const Found& found) { return found.measurement->input_pattern; };
  if (auto found = unequal(pairing, "inputs", "inputs", inputs)) return found;
  const auto origin = [](const Found& found) -> std::string {
    return found.result->imported ? found.result->imported->tool : "assay";
  };
  if (auto found = unequal(pairing, "inputs", "measured by", origin)) return found;
  if (auto found = other_versions(pairing, across)) return found;
  const auto nodes = [](const Found& found) {
    return std::to_string(nodes_of(*found.result, found.measurement->scope).size());
  };
  if (auto found = unequal(pairing, "nodes", "number of nodes", nodes)) return found;
  const auto members = [](const Found& found) {
    return std::to_string(found.measurement->scope.members.size());
  };
  if (auto found = unequal(pairing, "nodes", "number of devices or ranks", members)) return found;
  if (auto found = contention(pairing.a, "A")) return found;
  return contention(pairing.b, "B");
}

}  // namespace assay::compare
