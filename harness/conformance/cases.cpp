// Lays the profile's cases and the documents' measurements side by side.
#include "harness/conformance/cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>
#include <string_view>
#include <unordered_map>

#include "harness/core/case_filter.h"
#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/workload.h"

namespace assay {

namespace {

bool takes_value(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

/// Pairs are hot whatever the line says, as asked_cases() has them.
std::vector<Series> series_of(const ProfileCases& line) {
  return span_of(line.workload) == Span::rank_pairs ? std::vector<Series>{Series::hot}
                                                    : line.series_or_cold();
}

/// ` of workload gemm, dtype f32`; empty where the filter takes every case.
std::string in_words(const CaseFilter& filter) {
  std::vector<std::string> asked;
  const auto add = [&](const char* what, const std::vector<std::string>& wanted) {
    if (!wanted.empty()) asked.push_back(fmt::format("{} {}", what, fmt::join(wanted, " or ")));
  };
  add("workload", filter.workloads);
  add("dtype", filter.dtypes);
  add("shape", filter.shapes);
  add("series", filter.series);
  if (filter.implementation) add("implementation", {*filter.implementation});
  return asked.empty() ? "" : printable(fmt::format(" of {}", fmt::join(asked, ", ")));
}

/// The first member of the scope is the device that was timed.
bool belongs(const Measurement& measurement, const DeviceGroup& group) {
  const std::size_t at_work = group.is_at_once() ? group.device.node->devices.size() : 1;
  const AskedGroup& asked = *group.asked;
  return measurement.id.workload == asked.workload && measurement.id.dtype == asked.dtype &&
         measurement.series == asked.series && measurement.id.shape == asked.shape &&
         measurement.scope.level == (group.is_at_once() ? "node" : "device") &&
         measurement.scope.members.size() == at_work &&
         measurement.scope.members.front() == group.device.device->uuid;
}

/// Each device's measurements: a large fleet's are gone through once, not once a device and group.
using ByDevice = std::unordered_map<std::string_view, std::vector<const Measurement*>>;

/// Only those that a group of the filter can have.
ByDevice by_timed_device(const Result& result, const CaseFilter& filter) {
  ByDevice measurements;
  auto last = measurements.end();  // the measurements of a device mostly stand together
  for (const Measurement& measurement : result.measurements) {
    if (measurement.scope.members.empty() || measurement.scope.level != filter.scope ||
        !takes_value(filter.workloads, measurement.id.workload) ||
        !takes_value(filter.dtypes, measurement.id.dtype))
      continue;
    const std::string_view device = measurement.scope.members.front();
    if (last == measurements.end() || last->first != device)
      last = measurements.try_emplace(device).first;
    last->second.push_back(&measurement);
  }
  return measurements;
}

/// Gives each measurement to its group. Both are mostly in the profile's order.
void share_out(const std::vector<const Measurement*>& measurements, std::span<DeviceGroup> groups) {
  std::size_t at = 0;
  for (const Measurement* measurement : measurements) {
    for (std::size_t tried = 0; tried < groups.size(); ++tried, at = (at + 1) % groups.size()) {
      if (!belongs(*measurement, groups[at])) continue;
      groups[at].members.push_back(measurement);
      break;
    }
  }
}

std::vector<DeviceGroup> laid_out(const Evidence& evidence, AskedMemo& all_asked,
                                  const CaseFilter& filter) {
  const Reach reach = filter.scope == "node" ? Reach::devices_at_once : Reach::each_device;
  std::vector<DeviceGroup> groups;
  for (const Result& result : evidence.results) {
    const ByDevice measurements = by_timed_device(result, filter);
    for (const NodeFacts& node : result.nodes) {
      std::vector<const AskedGroup*> asked;
      for (const AskedGroup& one : all_asked.of(*evidence.profile, result.run.backend,
                                                static_cast<int>(node.devices.size()),
                                                least_compute_capability(node.devices)))
        if (one.reach == reach && filter.takes(one)) asked.push_back(&one);
      for (const DeviceFacts& device : node.devices) {
        const std::size_t first = groups.size();
        for (const AskedGroup* one : asked) groups.push_back({one, {&result, &node, &device}, {}});
        const auto own = measurements.find(device.uuid);
        if (own != measurements.end()) share_out(own->second, std::span(groups).subspan(first));
      }
    }
  }
  return groups;
}

}  // namespace

bool is_left_out(const AskedGroup& group, const std::string& filter) {
  if (filter.empty()) return false;
  const CaseIdFilter taken(filter);
  // Without names the profile takes what a build has, which a document cannot say.
  if (group.implementations.empty()) return !taken.takes(group.id(""));
  return std::none_of(group.implementations.begin(), group.implementations.end(),
                      [&](const std::string& name) { return taken.takes(group.id(name)); });
}

std::string left_out_text(const RunFacts& run) {
  return fmt::format("run {} was made with --filter {}, which left this out", run.id,
                     in_quotes(run.filter));
}

CaseFilter CaseFilter::read(Parameters& parameters) {
  CaseFilter filter;
  filter.requirement = parameters.id();
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

bool CaseFilter::takes(const AskedGroup& group) const {
  return takes_value(workloads, group.workload) && takes_value(dtypes, group.dtype) &&
         (shapes.empty() || takes_value(shapes, group.shape.str())) &&
         takes_value(series, name(group.series));
}

bool CaseFilter::takes(const ProfileCases& line) const {
  const auto any = [](const auto& all, const auto& fits) {
    return std::any_of(all.begin(), all.end(), fits);
  };
  const auto names = [](const auto& wanted) {
    return [&wanted](const std::string& value) { return takes_value(wanted, value); };
  };
  return takes_value(workloads, line.workload) && any(line.dtypes, names(dtypes)) &&
         any(line.shapes, [&](const Shape& shape) { return takes_value(shapes, shape.str()); }) &&
         any(series_of(line), [&](Series one) { return takes_value(series, name(one)); }) &&
         (!implementation || line.implementations.empty() ||
          takes_value(line.implementations, *implementation));
}

bool CaseFilter::finds_implementation(
    const Profile& profile, const std::function<bool(const std::string&)>& is_wanted) const {
  CaseFilter any = *this;
  any.implementation.reset();
  return std::any_of(profile.cases.begin(), profile.cases.end(), [&](const ProfileCases& line) {
    const auto& names = line.implementations;
    return any.takes(line) && (names.empty() || std::any_of(names.begin(), names.end(), is_wanted));
  });
}

void CaseFilter::refuse_unknown(const Profile& profile, Where where) const {
  std::set<std::string> known_shapes, known_dtypes, known_workloads, known_series;
  for (const ProfileCases& line : profile.cases) {
    known_workloads.insert(line.workload);
    known_dtypes.insert(line.dtypes.begin(), line.dtypes.end());
    for (const Shape& shape : line.shapes) known_shapes.insert(shape.str());
    for (const Series one : series_of(line)) known_series.insert(name(one));
  }
  const auto refuse = [&](const char* what, const auto& wanted, const auto& known) {
    for (const std::string& value : wanted) {
      if (known.contains(value)) continue;
      throw Error(fmt::format("profile requirement '{}': none of the profile's cases has the {} {}",
                              requirement, what, in_quotes(value)));
    }
  };
  refuse("shape", shapes, known_shapes);
  refuse("dtype", dtypes, known_dtypes);
  refuse("workload", workloads, known_workloads);
  refuse("series", series, known_series);
  const std::string wanted = in_words(*this);
  if (requirement.empty() || (is_of_any_reach && wanted.empty())) return;
  const auto is_there = [&](const ProfileCases& line) {
    if (is_of_any_reach) return true;
    if (where == Where::between_ranks) return spans_ranks(line.workload);
    return span_of(line.workload) == Span::device && line.scope == scope;
  };
  if (std::none_of(profile.cases.begin(), profile.cases.end(),
                   [&](const ProfileCases& line) { return is_there(line) && takes(line); }))
    throw Error(fmt::format("profile requirement '{}': the profile has no case{}{}", requirement,
                            is_of_any_reach                 ? ""
                            : where == Where::between_ranks ? " between ranks"
                            : scope == "node"               ? " on all devices of a node at once"
                                                            : " on a device alone",
                            wanted));
}

std::shared_ptr<const DeviceLayout> layout_of(const Evidence& evidence) {
  CaseFilter at_once;
  at_once.scope = "node";
  DeviceLayout layout{asked_memo(evidence), {}, {}};
  layout.alone = laid_out(evidence, *layout.asked, {});
  layout.at_once = laid_out(evidence, *layout.asked, at_once);
  return std::make_shared<const DeviceLayout>(std::move(layout));
}

DeviceGroups::DeviceGroups(std::shared_ptr<const DeviceLayout> layout, const CaseFilter& filter)
    : layout_(std::move(layout)) {
  // Device after device is asked the same groups in the same order.
  std::vector<std::pair<const AskedGroup*, bool>> known;
  std::size_t next = 0;
  for (const DeviceGroup& group : filter.scope == "node" ? layout_->at_once : layout_->alone) {
    if (next == known.size() || known[next].first != group.asked) {
      next = static_cast<std::size_t>(
          std::find_if(known.begin(), known.end(),
                       [&](const auto& one) { return one.first == group.asked; }) -
          known.begin());
      if (next == known.size()) known.emplace_back(group.asked, filter.takes(*group.asked));
    }
    if (known[next++].second) taken_.push_back(&group);
  }
}

DeviceGroups device_groups(const Evidence& evidence, const CaseFilter& filter) {
  // The caller that laid the groups out has refused unknown filters of the profile.
  if (evidence.layout) return {evidence.layout, filter};
  filter.refuse_unknown(*evidence.profile, CaseFilter::Where::on_devices);
  DeviceLayout layout{asked_memo(evidence), {}, {}};
  (filter.scope == "node" ? layout.at_once : layout.alone) =
      laid_out(evidence, *layout.asked, filter);
  return {std::make_shared<const DeviceLayout>(std::move(layout)), filter};
}

const Measurement* best_of(const DeviceGroup& group, const CaseFilter& filter) {
  const Measurement* best = nullptr;
  double most = 0;
  for (const Measurement* member : group.members) {
    if (filter.implementation && member->id.implementation != *filter.implementation) continue;
    const std::optional<Rate> rate = rate_of(*member);
    if (!rate || (best != nullptr && !(rate->value > most))) continue;
    best = member;
    most = rate->value;
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
  if (is_left_out(*group.asked, group.device.result->run.filter))
    return {"missing", left_out_text(group.device.result->run)};
  return {"missing", fmt::format("{} has no verified measurement", group.asked->name())};
}

}  // namespace assay
