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
  const RankPlace &from = place_at(places, copy.from), &to = place_at(places, copy.to);
  const bool by_nvlink = !from.nvlink_domain.empty() && from.nvlink_domain == to.nvlink_domain;
  return by_nvlink ? std::min(from.nvlink_bytes_per_s, to.nvlink_bytes_per_s)
                   : std::min(from.pcie_bytes_per_s, to.pcie_bytes_per_s);
}

Scope scope_of(const PlannedCopies& set, const std::vector<RankPlace>& places) {
  Scope scope;
  std::vector<const RankPlace*> ends;
  for (const PlannedCopy& copy : set) {
    for (const int end : {copy.from, copy.to}) {
      ends.push_back(&place_at(places, end));
      scope.members.push_back(ends.back()->device);
    }
  }
  scope.level = level_shared_by(ends);
  return scope;
}

std::string text_of(const PlannedCopies& set) {
  std::vector<std::string> copies;
  for (const PlannedCopy& copy : set) copies.push_back(fmt::format("{}>{}", copy.from, copy.to));
  return fmt::format("{}", fmt::join(copies, " "));
}

}  // namespace

double link_bytes_per_s(const PlannedCopies& copies, const std::vector<RankPlace>& places) {
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
    const CaseId id{"device_to_device", "f32", "copy_engine",
                    Shape{{"bytes", static_cast<std::int64_t>(options.bytes)}}};
    const int timed = std::max(set.front().from, set.front().to);
    const double rate = link_bytes_per_s(set, places);
    Group group;
    group.name = id.group() + " " + text_of(set);
    group.device = devices.at(static_cast<std::size_t>(timed));
    group.scope = scope_of(set, places);
    group.series = options.series;
    group.input_pattern = "random_bits";
    group.input_seed = options.seed;
    group.members.push_back({id, "", [set, timed, rate, options] {
                               return std::make_unique<CopySet>(options.make_fabric(timed, set),
                                                                set, options.bytes, rate,
                                                                options.seed);
                             }});
    groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace assay
