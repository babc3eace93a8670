// Names, scopes and rates of the planned copies.
#include "collectives/copies/groups.h"

#include <fmt/format.h>

#include <algorithm>

#include "collectives/topology/scopes.h"

namespace assay {

namespace {

const RankPlace& place_at(const std::vector<RankPlace>& places, int device) {
  return places.at(static_cast<std::size_t>(device));
}

double rate_of_copy(const PlannedCopy& copy, const std::vector<RankPlace>& places) {
  if (copy.from == kHostMemory) return place_at(places, copy.to).pcie_bytes_per_s;
  if (copy.to == kHostMemory) return place_at(places, copy.from).pcie_bytes_per_s;
  const RankPlace &from = place_at(places, copy.from), &to = place_at(places, copy.to);
  const bool by_nvlink = !from.nvlink_domain.empty() && from.nvlink_domain == to.nvlink_domain;
  return by_nvlink ? std::min(from.nvlink_bytes_per_s, to.nvlink_bytes_per_s)
                   : std::min(from.pcie_bytes_per_s, to.pcie_bytes_per_s);
}

Scope scope_of(const PlannedCopies& set, const std::vector<RankPlace>& places) {
  Scope scope{"node", {}};
  std::vector<const RankPlace*> ends;
  bool with_host = false;
  for (const PlannedCopy& copy : set.at_once) {
    for (const int end : {copy.from, copy.to}) {
      with_host = with_host || end == kHostMemory;
      if (end == kHostMemory) continue;
      ends.push_back(&place_at(places, end));
      scope.members.push_back(ends.back()->device);
    }
  }
  if (!with_host) scope.level = level_shared_by(ends);
  return scope;
}

std::string text_of(const PlannedCopies& set) {
  std::vector<std::string> copies;
  for (const PlannedCopy& copy : set.at_once) {
    const auto end = [](int where) {
      return where == kHostMemory ? std::string("host") : fmt::format("{}", where);
    };
    copies.push_back(end(copy.from) + ">" + end(copy.to));
  }
  return fmt::format("{}", fmt::join(copies, " "));
}

}  // namespace

double link_bytes_per_s(const std::vector<PlannedCopy>& copies,
                        const std::vector<RankPlace>& places) {
  double sum = 0;
  for (const PlannedCopy& copy : copies) {
    const double rate = rate_of_copy(copy, places);
    if (!(rate > 0)) return 0;
    sum += rate;
  }
  return sum;
}

std::vector<Group> copy_groups(const std::vector<PlannedCopies>& plan,
                               const std::vector<Device*>& devices,
                               const std::vector<RankPlace>& places,
                               const CopyGroupOptions& options) {
  std::vector<Group> groups;
  for (const PlannedCopies& set : plan) {
    const CaseId id{set.workload, "f32", "copy_engine",
                    Shape{{"bytes", static_cast<std::int64_t>(options.bytes)}}};
    const int timed = std::max(set.at_once.front().from, set.at_once.front().to);
    const double rate = link_bytes_per_s(set.at_once, places);
    Group group;
    group.name = id.group() + " " + text_of(set);
    group.device = devices.at(static_cast<std::size_t>(timed));
    group.scope = scope_of(set, places);
    group.series = options.series;
    group.input_pattern = "random_bits";
    group.input_seed = options.seed;
    group.members.push_back({id, "", [set, timed, rate, options] {
                               return std::make_unique<CopySet>(
                                   options.make_fabric(timed, set.at_once), set.at_once,
                                   options.bytes, rate, options.seed);
                             }});
    groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace assay
