// Lays the profile's cases and the documents' measurements side by side.
#include "harness/conformance/cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "harness/core/between_ranks.h"
#include "harness/core/error.h"

namespace assay {

namespace {

bool takes(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

bool takes(const CaseFilter& filter, const DeviceGroup& group) {
  return takes(filter.workloads, group.workload) && takes(filter.dtypes, group.dtype) &&
         takes(filter.shapes, group.shape.str()) && takes(filter.series, name(group.series));
}

/// The groups that the profile asks of each device of a backend; lines for one group are merged.
std::vector<DeviceGroup> expected_groups(const Profile& profile, const std::string& backend,
                                         const std::string& scope) {
  std::vector<DeviceGroup> groups;
  const auto add = [&](const ProfileCases& line, const std::string& dtype, const Shape& shape,
                       Series series) {
    DeviceGroup group{{}, line.workload, dtype, shape, series, scope, line.implementations, {}};
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const DeviceGroup& known) {
      return known.workload == group.workload && known.dtype == dtype && known.shape == shape &&
             known.series == series;
    });
    if (same == groups.end()) {
      groups.push_back(group);
      return;
    }
    same->implementations.insert(same->implementations.end(), line.implementations.begin(),
                                 line.implementations.end());
  };
  for (const ProfileCases& line : profile.cases) {
    if (line.backend != backend || line.scope != scope || spans_ranks(line.workload) ||
        spans_devices(line.workload)) {
      continue;
    }
    for (const std::string& dtype : line.dtypes) {
      for (const Shape& shape : line.shapes) {
        for (const Series series : line.series_or_cold()) add(line, dtype, shape, series);
      }
    }
  }
  return groups;
}

/// The first member of the scope is the device that was timed.
bool belongs(const Measurement& measurement, const DeviceGroup& group) {
  const std::size_t at_work = group.scope == "node" ? group.device.node->devices.size() : 1;
  return measurement.id.workload == group.workload && measurement.id.dtype == group.dtype &&
         measurement.series == group.series && measurement.id.shape == group.shape &&
         measurement.scope.level == group.scope && measurement.scope.members.size() == at_work &&
         measurement.scope.members.front() == group.device.device->uuid;
}

void refuse_unknown_shapes(const CaseFilter& filter, const std::vector<DeviceGroup>& expected,
                           const std::string& backend) {
  for (const std::string& shape : filter.shapes) {
    const auto has = [&](const DeviceGroup& group) { return group.shape.str() == shape; };
    if (std::none_of(expected.begin(), expected.end(), has)) {
      throw Error(
          fmt::format("a requirement looks at shape '{}', which none of the profile's {} cases has",
                      shape, backend));
    }
  }
}

}  // namespace

CaseFilter CaseFilter::read(Parameters& parameters) {
  CaseFilter filter;
  filter.workloads = parameters.texts("workload");
  filter.dtypes = parameters.texts("dtype");
  filter.shapes = parameters.texts("shapes");
  filter.series = parameters.texts("series");
  filter.implementation = parameters.text("implementation");
  return filter;
}

CaseFilter CaseFilter::read_with_scope(Parameters& parameters) {
  CaseFilter filter = read(parameters);
  filter.scope = parameters.text("scope").value_or("device");
  if (filter.scope != "device" && filter.scope != "node") {
    throw Error(
        fmt::format("profile requirement '{}': scope must be device or node", parameters.id()));
  }
  return filter;
}

std::string DeviceGroup::name() const {
  const std::string group = fmt::format("{}.{}/{}", workload, dtype, shape.str());
  const std::string at_once = scope == "node" ? " on all devices at once" : "";
  if (series == Series::cold) return group + at_once;
  return fmt::format("{} ({}){}", group, assay::name(series), at_once);
}

std::vector<DeviceGroup> device_groups(const Evidence& evidence, const CaseFilter& filter) {
  std::vector<DeviceGroup> groups;
  for (const Result& result : evidence.results) {
    const std::vector<DeviceGroup> expected =
        expected_groups(*evidence.profile, result.run.backend, filter.scope);
    refuse_unknown_shapes(filter, expected, result.run.backend);
    for (const DeviceRef& device : devices_of(result)) {
      if (filter.scope == "node" && device.node->devices.size() < 2) continue;
      for (DeviceGroup group : expected) {
        if (!takes(filter, group)) continue;
        group.device = device;
        for (const Measurement& measurement : result.measurements) {
          if (belongs(measurement, group)) {
            group.members.push_back(&measurement);
          }
        }
        groups.push_back(std::move(group));
      }
    }
  }
  return groups;
}

std::optional<Rate> rate_of(const Measurement& measurement) {
  if (measurement.status != MeasurementStatus::measured) return std::nullopt;
  if (!measurement.verification || !measurement.verification->ok()) return std::nullopt;
  // A triad computes, but its bytes are what it is about.
  const bool memory = measurement.id.workload.starts_with("memory_");
  for (const char* metric : {"flop_per_s", "bus_bandwidth_bytes_per_s", "bytes_per_s"}) {
    if (memory && metric == std::string_view("flop_per_s")) continue;
    const auto found = measurement.metrics.find(metric);
    if (found == measurement.metrics.end()) continue;
    if (!std::isfinite(found->second) || found->second <= 0) return std::nullopt;
    return Rate{metric, found->second};
  }
  return std::nullopt;
}

const Measurement* best_of(const DeviceGroup& group, const CaseFilter& filter) {
  const Measurement* best = nullptr;
  for (const Measurement* member : group.members) {
    if (filter.implementation && member->id.implementation != *filter.implementation) continue;
    const std::optional<Rate> rate = rate_of(*member);
    if (rate && (best == nullptr || rate->value > rate_of(*best)->value)) best = member;
  }
  return best;
}

Absence why_none(const DeviceGroup& group, const CaseFilter& filter) {
  for (const Measurement* member : group.members) {
    if (filter.implementation && member->id.implementation != *filter.implementation) continue;
    if (member->status == MeasurementStatus::failed_verification) {
      return {"failed_verification",
              fmt::format("{} failed verification, so it was not timed", member->id.str())};
    }
  }
  for (const Measurement* member : group.members) {
    if (member->status != MeasurementStatus::measured && !member->reason.empty()) {
      return {"missing", fmt::format("{} was not measured: {}", member->id.str(), member->reason)};
    }
  }
  return {"missing", fmt::format("{} has no verified measurement", group.name())};
}

}  // namespace assay
