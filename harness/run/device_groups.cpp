// Finds each case's implementation in the catalogue, and shares operands between them.
#include "harness/run/device_groups.h"

#include <fmt/format.h>

#include "harness/core/input_pattern.h"
#include "kernels/catalogue.h"

namespace assay::run {

namespace {

const Implementation* find(const CaseId& id, Backend backend) {
  for (const auto& candidate : catalogue())
    if (candidate->workload() == id.workload && candidate->dtype() == id.dtype &&
        candidate->name() == id.implementation && candidate->backend() == backend)
      return candidate.get();
  return nullptr;
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
  SharedContext(Device& device, CaseId group, std::uint64_t seed, Purpose purpose)
      : device_(device), group_(std::move(group)), seed_(seed), purpose_(purpose) {}

  std::shared_ptr<GroupContext> get() {
    std::shared_ptr<GroupContext> context = alive_.lock();
    if (!context) {
      context = std::make_shared<GroupContext>(device_, group_, seed_, purpose_);
      alive_ = context;
    }
    return context;
  }

 private:
  Device& device_;
  CaseId group_;
  std::uint64_t seed_;
  Purpose purpose_;
  std::weak_ptr<GroupContext> alive_;
};

Group group_for(const AskedGroup& asked, Device& device, bool several_devices, std::uint64_t seed,
                Purpose purpose) {
  const CaseId shared = asked.id("");
  Group group;
  group.name = shared.group();
  if (several_devices) group.name += fmt::format(" on device {}", device.facts().index);
  group.device = &device;
  group.scope = Scope{"device", {device.facts().uuid}};
  group.series = asked.series;
  group.sampling = asked.sampling;
  group.input_pattern = kNormalInputs;
  group.input_seed = seed;
  const auto context = std::make_shared<SharedContext>(device, shared, seed, purpose);
  for (const std::string& name : asked.implementations) {
    const CaseId id = asked.id(name);
    const Implementation* implementation = find(id, device.backend());
    group.members.push_back({id, why_not(id, device).value_or(""), [context, implementation] {
                               auto alive = context->get();
                               auto timed = implementation->prepare(*alive);
                               return std::make_unique<CaseWithOperands>(std::move(alive),
                                                                         std::move(timed));
                             }});
  }
  return group;
}

/// One group that is the same on every device.
Group group_at_once(const AskedGroup& asked, const std::vector<std::unique_ptr<Device>>& devices,
                    std::uint64_t seed, Purpose purpose) {
  Group all;
  for (const auto& device : devices) {
    Group& one = all.together.emplace_back(group_for(asked, *device, true, seed, purpose));
    one.name += " while all work";
    one.scope.level = "node";
    for (const auto& other : devices)
      if (other != device) one.scope.members.push_back(other->facts().uuid);
  }
  const Group& first = all.together.front();
  all.name = asked.id("").group() + " on all devices at once";
  all.series = first.series;
  all.sampling = first.sampling;
  return all;
}

}  // namespace

std::optional<std::string> why_not(const CaseId& id, const Device& device) {
  const Implementation* implementation = find(id, device.backend());
  if (implementation == nullptr)
    return fmt::format("this executable has no implementation {} of {} in {} for {}",
                       id.implementation, id.workload, id.dtype, name(device.backend()));
  return implementation->refuses(id.shape, device);
}

std::vector<Group> groups_for(const std::vector<AskedGroup>& asked,
                              const std::vector<std::unique_ptr<Device>>& devices,
                              std::uint64_t seed, Purpose purpose) {
  std::vector<Group> groups;
  for (const auto& device : devices)
    for (const AskedGroup& group : asked)
      if (group.reach == Reach::each_device)
        groups.push_back(group_for(group, *device, devices.size() > 1, seed, purpose));
  for (const AskedGroup& group : asked)
    if (group.reach == Reach::devices_at_once)
      groups.push_back(group_at_once(group, devices, seed, purpose));
  return groups;
}

}  // namespace assay::run
