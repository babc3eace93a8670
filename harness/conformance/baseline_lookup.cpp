// Which baseline row a measurement is held to.
#include "harness/conformance/baseline_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <tuple>

#include "harness/core/input_pattern.h"
#include "harness/core/transport_words.h"
#include "harness/core/workload.h"

namespace assay {

namespace {

/// The patterns of random data that a row with the pattern `random` is about; power, and so the
/// rate, depends on the data, and constants are no random data. A row that does not say is about
/// all of them.
bool same_pattern(const std::string& row, const std::string& measured) {
  return row.empty() || row == measured ||
         (row == "random" && (measured == kNormalInputs || measured == "uniform"));
}

/// All but the shape.
bool is_like(const BaselineRow& row, const Measurement& measurement) {
  const CaseId& id = measurement.id;
  return row.id.workload == id.workload && row.id.dtype == id.dtype &&
         (row.id.implementation == "*" || row.id.implementation == id.implementation) &&
         row.series == measurement.series && row.scope_level == measurement.scope.level &&
         same_pattern(row.input_pattern, measurement.input_pattern) &&
         (row.fabric.empty() || row.fabric == fabric_class(measurement)) &&
         (!row.nodes || *row.nodes == nodes_of(measurement));
}

/// The size from which on the rate depends little on it: copies and memory from 64 MiB,
/// collectives from 512 MiB (an 8-GPU node's all-reduce is within 6 % of its best there).
double plateau_of(const std::string& workload) {
  return span_of(workload) == Span::between_ranks ? 512.0 * 1024 * 1024 : 64.0 * 1024 * 1024;
}

constexpr double kFarthestSize = 32;  // times as large or as small

/// How many doublings the row's size is from the measurement's on the plateau, where nothing else
/// differs; absent when the row is no neighbour.
std::optional<double> doublings(const BaselineRow& row, const Measurement& measurement) {
  const auto &wanted = row.id.shape.entries(), &has = measurement.id.shape.entries();
  if (wanted.size() != has.size()) return std::nullopt;
  std::optional<double> away;
  for (std::size_t i = 0; i < has.size(); ++i) {
    if (wanted[i] == has[i]) continue;
    if (wanted[i].key != "bytes" || has[i].key != "bytes") return std::nullopt;
    const auto a = static_cast<double>(*wanted[i].value), b = static_cast<double>(*has[i].value);
    if (std::min(a, b) < plateau_of(row.id.workload)) return std::nullopt;
    if (std::max(a, b) > kFarthestSize * std::min(a, b)) return std::nullopt;
    away = std::abs(std::log2(a / b));
  }
  return away;
}

struct Candidate {
  FoundRow found;
  double away = 0;  // doublings of the size; 0: the measurement's own
};

/// The fastest member that the row is about and that carries its metric.
Candidate best_for(const BaselineRow& row, const std::vector<const Measurement*>& members,
                   const CaseFilter& filter) {
  Candidate best;
  for (const Measurement* member : members) {
    if (filter.implementation && member->id.implementation != *filter.implementation) continue;
    if (!is_like(row, *member) || !rate_of(*member) || !member->metrics.contains(row.metric))
      continue;
    const bool same = row.id.shape == member->id.shape;
    const std::optional<double> away = same ? 0 : doublings(row, *member);
    if (!away) continue;
    const Measurement* known = best.found.measurement;
    if (known == nullptr || member->metrics.at(row.metric) > known->metrics.at(row.metric))
      best = {{nullptr, &row, member}, *away};
  }
  return best;
}

int trust(const std::string& tier) {
  constexpr std::array<const char*, 4> kTiers = {"derived", "third_party", "vendor",
                                                 "measured_here"};
  const auto found = std::find(kTiers.begin(), kTiers.end(), tier);
  return static_cast<int>(found - kTiers.begin()) % static_cast<int>(kTiers.size());
}

std::string why_only_warns(const Candidate& candidate) {
  const BaselineRow& row = *candidate.found.row;
  if (candidate.away > 0)
    return fmt::format("the nearest row is of {}, so this only warns", row.id.shape.str());
  if (row.input_pattern.empty() && row.metric == "flop_per_s")
    return "the row's source does not say what data it was measured with, so this only warns";
  return "";
}

/// `day` is when the run started: RFC 3339 sorts as text. Of rows that are as good the one that
/// asks the most: it is that of the best implementation, whatever the order of rows and files.
FoundRow newest_row(const std::vector<Baseline>& baselines, const DeviceFacts& device,
                    const std::vector<const Measurement*>& members, const std::string& day,
                    const CaseFilter& filter) {
  Candidate chosen;
  const auto rank = [](const Candidate& one) {
    const BaselineRow& row = *one.found.row;
    return std::tuple(-one.away, !one.found.expired, !row.input_pattern.empty(), trust(row.tier),
                      row.date, row.value);
  };
  for (const Baseline& baseline : baselines) {
    if (!is_of(baseline, device)) continue;
    for (const BaselineRow& row : baseline.rows) {
      Candidate candidate = best_for(row, members, filter);
      if (candidate.found.row == nullptr) continue;
      candidate.found.baseline = &baseline;
      candidate.found.expired =
          !row.expires.empty() && row.expires < day.substr(0, row.expires.size());
      if (chosen.found.row == nullptr || rank(candidate) > rank(chosen)) chosen = candidate;
    }
  }
  if (chosen.found.row != nullptr) chosen.found.only_warns = why_only_warns(chosen);
  return chosen.found;
}

}  // namespace

bool is_slice(const DeviceFacts& device) { return device.mig == "enabled"; }

std::string baseline_sku(const DeviceFacts& device) {
  return is_slice(device) ? device.name : device.sku.value_or(device.name);
}

bool is_of(const Baseline& baseline, const DeviceFacts& device) {
  if (is_slice(device)) return baseline.sku == device.name;
  const auto& ids = baseline.pci_ids;
  if (device.pci_id && std::find(ids.begin(), ids.end(), *device.pci_id) != ids.end()) return true;
  return device.sku && *device.sku == baseline.sku;
}

std::string fabric_class(const Measurement& measurement) {
  if (!measurement.transport) return "";
  std::set<std::string> links, networks;
  std::string part;
  for (const char letter : measurement.transport->kind + "+") {
    if (letter != '+') {
      part += letter;
      continue;
    }
    if (part.ends_with("_gdr")) part.resize(part.size() - 4);
    if (part == "nvls") part = "nvlink";
    if (!part.empty()) (is_network(part) ? networks : links).insert(part);
    part.clear();
  }
  if (networks.size() > 1) networks.erase("collnet");  // the switches add, the NICs carry
  return fmt::format("{}", fmt::join(networks.empty() ? links : networks, "+"));
}

int nodes_of(const Measurement& measurement) {
  if (measurement.scope.level != "rack" && measurement.scope.level != "cluster") return 1;
  std::set<std::string> nodes;
  for (const std::string& member : measurement.scope.members)
    nodes.insert(member.substr(0, member.find('/')));
  return static_cast<int>(nodes.size());
}

FoundRow find_fabric_row(const std::vector<Baseline>& baselines, const DeviceFacts& device,
                         const std::vector<const Measurement*>& members, const std::string& day,
                         const CaseFilter& filter) {
  return newest_row(baselines, device, members, day, filter);
}

FoundRow find_row(const std::vector<Baseline>& baselines, const DeviceGroup& group,
                  const CaseFilter& filter) {
  return newest_row(baselines, *group.device.device, group.members,
                    group.device.result->run.started, filter);
}

const BaselineRow* find_search_row(const std::vector<Baseline>& baselines,
                                   const DeviceGroup& group) {
  const BaselineRow* chosen = nullptr;
  for (const Baseline& baseline : baselines) {
    if (!is_of(baseline, *group.device.device)) continue;
    for (const BaselineRow& row : baseline.rows)
      if (row.is_best_of_search() && row.id.workload == group.asked->workload &&
          row.id.dtype == group.asked->dtype && row.series == group.asked->series &&
          (chosen == nullptr || trust(row.tier) > trust(chosen->tier)))
        chosen = &row;
  }
  return chosen;
}

}  // namespace assay
