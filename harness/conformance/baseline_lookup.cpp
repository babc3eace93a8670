// Which baseline row a measurement is held to.
#include "harness/conformance/baseline_lookup.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace assay {

namespace {

/// The patterns of random data that a row with the pattern `random` is about; power, and so the
/// rate, depends on the data, and constants are no random data.
bool same_pattern(const std::string& row, const std::string& measured) {
  return row == measured || (row == "random" && (measured == "normal" || measured == "uniform"));
}

bool is_about(const BaselineRow& row, const Measurement& measurement) {
  const CaseId wanted = CaseId::parse(row.case_id);
  const CaseId& id = measurement.id;
  return wanted.workload == id.workload && wanted.dtype == id.dtype && wanted.shape == id.shape &&
         (wanted.implementation == "*" || wanted.implementation == id.implementation) &&
         row.series == measurement.series && row.scope_level == measurement.scope.level &&
         same_pattern(row.input_pattern, measurement.input_pattern);
}

/// The fastest member that the row is about and that carries its metric.
const Measurement* best_for(const BaselineRow& row, const std::vector<const Measurement*>& members,
                            const CaseFilter& filter) {
  const Measurement* best = nullptr;
  for (const Measurement* member : members) {
    if (filter.implementation && member->id.implementation != *filter.implementation) continue;
    if (!rate_of(*member) || !member->metrics.contains(row.metric)) continue;
    if (!is_about(row, *member)) continue;
    if (best == nullptr || member->metrics.at(row.metric) > best->metrics.at(row.metric)) {
      best = member;
    }
  }
  return best;
}

int trust(const std::string& tier) {
  constexpr std::array<const char*, 4> kTiers = {"derived", "third_party", "vendor",
                                                 "measured_here"};
  const auto found = std::find(kTiers.begin(), kTiers.end(), tier);
  return static_cast<int>(found - kTiers.begin()) % static_cast<int>(kTiers.size());
}

/// `day` is when the run started: RFC 3339 sorts as text.
template <class Taken>
FoundRow newest_row(const std::vector<Baseline>& baselines, const Taken& is_taken,
                    const std::vector<const Measurement*>& members, const std::string& day,
                    const CaseFilter& filter) {
  FoundRow found;
  const auto rank = [](const FoundRow& one) {
    return std::tuple(!one.expired, trust(one.row->tier), one.row->date);
  };
  for (const Baseline& baseline : baselines) {
    if (!is_taken(baseline)) continue;
    for (const BaselineRow& row : baseline.rows) {
      const Measurement* best = best_for(row, members, filter);
      if (best == nullptr) continue;
      const bool expired = !row.expires.empty() && row.expires < day.substr(0, row.expires.size());
      const FoundRow candidate{&baseline, &row, best, expired};
      if (found.row == nullptr || rank(candidate) > rank(found)) found = candidate;
    }
  }
  return found;
}

}  // namespace

bool is_of(const Baseline& baseline, const DeviceFacts& device) {
  const auto& ids = baseline.pci_ids;
  if (device.pci_id && std::find(ids.begin(), ids.end(), *device.pci_id) != ids.end()) return true;
  return device.sku && *device.sku == baseline.sku;
}

FoundRow find_fabric_row(const std::vector<Baseline>& baselines,
                         const std::vector<const Measurement*>& members, const std::string& day,
                         const CaseFilter& filter) {
  return newest_row(
      baselines, [](const Baseline&) { return true; }, members, day, filter);
}

FoundRow find_row(const std::vector<Baseline>& baselines, const DeviceGroup& group,
                  const CaseFilter& filter) {
  const auto of_device = [&](const Baseline& baseline) {
    return is_of(baseline, *group.device.device);
  };
  return newest_row(baselines, of_device, group.members, group.device.result->run.started, filter);
}

}  // namespace assay
