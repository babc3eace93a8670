// Expands a profile's cross products, and finds each case's implementation in the catalogue.
#include "harness/cli/plan.h"

#include <fmt/format.h>

#include "harness/core/between_ranks.h"
#include "harness/core/case_filter.h"
#include "harness/core/error.h"

namespace assay::cli {

namespace {

const char* kInputPattern = "normal";  // timing never sees zeros or constants

const Implementation* find(const std::string& workload, const std::string& dtype,
                           const std::string& implementation, Backend backend) {
  for (const auto& candidate : catalogue())
    if (candidate->workload() == workload && candidate->dtype() == dtype &&
        candidate->name() == implementation && candidate->backend() == backend)
      return candidate.get();
  return nullptr;
}

/// The names that the profile gives, or all that the catalogue has.
std::vector<std::string> implementations(const ProfileCases& cases, const std::string& dtype,
                                         Backend backend) {
  if (!cases.implementations.empty()) return cases.implementations;
  std::vector<std::string> names;
  for (const auto& candidate : catalogue())
    if (candidate->workload() == cases.workload && candidate->dtype() == dtype &&
        candidate->backend() == backend)
      names.push_back(candidate->name());
  if (names.empty())
    throw Error(
        fmt::format("the profile asks for {} in {} on {} and nothing here implements it: "
                    "`assay list` shows what there is",
                    cases.workload, dtype, name(backend)));
  return names;
}

PlannedGroup& group_of(std::vector<PlannedGroup>& groups, const CaseId& id, Series series,
                       bool at_once) {
  for (PlannedGroup& group : groups)
    if (group.series == series && group.at_once == at_once &&
        group.cases.front().id.group() == id.group())
      return group;
  groups.push_back({series, at_once, {}});
  return groups.back();
}

/// Two lines of a profile that name one group become one group: its members must alternate.
void add_case(std::vector<PlannedGroup>& groups, const CaseId& id, Series series, bool at_once,
              Backend backend) {
  PlannedGroup& group = group_of(groups, id, series, at_once);
  for (const PlannedCase& planned : group.cases)
    if (planned.id == id) return;
  group.cases.push_back({id, find(id.workload, id.dtype, id.implementation, backend)});
}

std::vector<PlannedGroup> expand(const Profile& profile, Backend backend) {
  std::vector<PlannedGroup> groups;
  for (const ProfileCases& cases : profile.cases) {
    if (cases.backend != name(backend) || spans_ranks(cases.workload) ||
        spans_devices(cases.workload))
      continue;
    for (const std::string& dtype : cases.dtypes) {
      const std::vector<std::string> names = implementations(cases, dtype, backend);
      for (const Shape& shape : cases.shapes)
        for (const Series one : cases.series_or_cold())
          for (const std::string& implementation : names)
            add_case(groups, {cases.workload, dtype, implementation, shape}, one,
                     cases.scope == "node", backend);
    }
  }
  return groups;
}

/// Keeps a case's shared operands alive with it: when the last case of a group goes, they go.
class CaseWithOperands : public TimedCase {
 public:
  CaseWithOperands(std::shared_ptr<GroupContext> context, std::unique_ptr<TimedCase> timed)
      : context_(std::move(context)), timed_(std::move(timed)) {}

  Verification verify() override { return timed_->verify(); }
  void enqueue(std::size_t set) override { timed_->enqueue(set); }
  void finish() override { timed_->finish(); }
  std::size_t operand_sets() const override { return timed_->operand_sets(); }
  Work work() const override { return timed_->work(); }
  std::optional<std::string> wrong_after_samples() override {
    return timed_->wrong_after_samples();
  }
  Json choice() const override { return timed_->choice(); }

 private:
  std::shared_ptr<GroupContext> context_;  // outlives timed_: members go in reverse order
  std::unique_ptr<TimedCase> timed_;
};

/// The context of a group, made when its first case is prepared and shared while one is alive.
class SharedContext {
 public:
  SharedContext(Device& device, CaseId group, std::uint64_t seed)
      : device_(device), group_(std::move(group)), seed_(seed) {}

  std::shared_ptr<GroupContext> get() {
    std::shared_ptr<GroupContext> context = alive_.lock();
    if (!context) {
      context = std::make_shared<GroupContext>(device_, group_, seed_);
      alive_ = context;
    }
    return context;
  }

 private:
  Device& device_;
  CaseId group_;
  std::uint64_t seed_;
  std::weak_ptr<GroupContext> alive_;
};

Group group_for(const PlannedGroup& planned, Device& device, bool several_devices,
                std::uint64_t seed) {
  CaseId shared = planned.cases.front().id;
  shared.implementation.clear();
  Group group;
  group.name = shared.group();
  if (several_devices) group.name += fmt::format(" on device {}", device.facts().index);
  group.device = &device;
  group.scope = Scope{"device", {device.facts().uuid}};
  group.series = planned.series;
  group.input_pattern = kInputPattern;
  group.input_seed = seed;
  const auto context = std::make_shared<SharedContext>(device, shared, seed);
  for (const PlannedCase& one : planned.cases) {
    const Implementation* implementation = one.implementation;
    group.members.push_back({one.id, why_not(one, device).value_or(""), [context, implementation] {
                               auto alive = context->get();
                               auto timed = implementation->prepare(*alive);
                               return std::make_unique<CaseWithOperands>(std::move(alive),
                                                                         std::move(timed));
                             }});
  }
  return group;
}

/// One group that is the same on every device.
Group group_at_once(const PlannedGroup& planned,
                    const std::vector<std::unique_ptr<Device>>& devices, std::uint64_t seed) {
  Group all;
  for (const auto& device : devices) {
    Group& one = all.together.emplace_back(group_for(planned, *device, true, seed));
    one.name += " while all work";
    one.scope.level = "node";
    for (const auto& other : devices)
      if (other != device) one.scope.members.push_back(other->facts().uuid);
  }
  const Group& first = all.together.front();
  all.name = planned.cases.front().id.group() + " on all devices at once";
  all.series = first.series;
  return all;
}

}  // namespace

std::vector<PlannedGroup> plan(const Profile& profile, Backend backend, const std::string& filter,
                               bool beside) {
  const CaseIdFilter id_filter(filter);
  std::vector<PlannedGroup> groups = expand(profile, backend);
  if (groups.empty() && !beside)
    throw Error(fmt::format("profile {} has no case for {}", profile.name, name(backend)));
  for (PlannedGroup& group : groups)
    std::erase_if(group.cases,
                  [&](const PlannedCase& planned) { return !id_filter.takes(planned.id); });
  std::erase_if(groups, [](const PlannedGroup& group) { return group.cases.empty(); });
  if (groups.empty() && !beside)
    throw Error(
        fmt::format("--filter '{}' matches no case of profile {} on {}: `assay list "
                    "--profile {}` shows them",
                    filter, profile.name, name(backend), profile.name));
  return groups;
}

std::optional<std::string> why_not(const PlannedCase& planned, const Device& device) {
  if (!planned.implementation)
    return fmt::format("this executable has no implementation {} of {} in {} for {}",
                       planned.id.implementation, planned.id.workload, planned.id.dtype,
                       name(device.backend()));
  return planned.implementation->refuses(planned.id.shape, device);
}

std::vector<Group> groups_for(const std::vector<PlannedGroup>& planned,
                              const std::vector<std::unique_ptr<Device>>& devices,
                              std::uint64_t seed) {
  std::vector<Group> groups;
  for (const auto& device : devices)
    for (const PlannedGroup& group : planned)
      if (!group.at_once) groups.push_back(group_for(group, *device, devices.size() > 1, seed));
  for (const PlannedGroup& group : planned)
    if (group.at_once && devices.size() > 1) groups.push_back(group_at_once(group, devices, seed));
  return groups;
}

}  // namespace assay::cli
