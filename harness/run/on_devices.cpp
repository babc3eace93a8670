// Hands the groups to the sampler, and what comes of them to the sink.
#include "harness/run/on_devices.h"

#include <iterator>
#include <set>
#include <span>
#include <tuple>

#include "harness/measure/sanitized.h"
#include "harness/run/device_copies.h"
#include "harness/run/device_groups.h"

namespace assay::run {

namespace {

using CaseInGroup = std::tuple<std::string, std::string, Series>;

void leave_out(const std::set<CaseInGroup>& recorded, Group& group) {
  for (Group& one : group.together) leave_out(recorded, one);
  std::erase_if(group.together, [](const Group& one) { return one.members.empty(); });
  std::erase_if(group.members, [&](const GroupMember& member) {
    return recorded.contains({group.name, member.id.str(), group.series});
  });
}

/// What another worker began is measured from its first pass on: the samples went with it.
bool lacks_passes(const Measurement& one) {
  return one.samples && one.samples->stop_reason == "interrupted";
}

std::vector<Group> without(const std::vector<Group>& all,
                           const std::vector<Measurement>& measurements) {
  std::set<CaseInGroup> recorded;
  for (const Measurement& one : measurements)
    if (!lacks_passes(one)) recorded.insert({one.group, one.id.str(), one.series});
  std::vector<Group> rest;
  for (Group group : all) {
    leave_out(recorded, group);
    if (!group.members.empty() || !group.together.empty()) rest.push_back(std::move(group));
  }
  return rest;
}

}  // namespace

std::vector<Group> groups_on_devices(const std::vector<AskedGroup>& asked, const Devices& devices,
                                     const Result& node, Purpose purpose) {
  std::vector<Group> groups = groups_for(asked, devices, node.run.seed, purpose);
  std::vector<Group> copies = device_copies(asked, devices, node);
  std::move(copies.begin(), copies.end(), std::back_inserter(groups));
  return groups;
}

double worst_s(const std::vector<Group>& groups, const SamplingRule& rule, std::size_t first) {
  const std::vector<Visit> visits = visits_of(groups, rule);
  double seconds = 0;
  for (const Visit& visit : std::span(visits).subspan(first)) {
    const Group& group = groups[visit.group];
    seconds += static_cast<double>(cases_in_turn(group)) *
               group.sampling.value_or(rule).max_time_s / visit.passes;
  }
  return seconds;
}

double silence_allowed_s(const SamplingRule& rule, double asked_s) {
  // Verification computes on the host what a device computes in a fraction of the time, and a
  // sanitizer slows it down further.
  constexpr double kLeast_s = kSanitized ? 120 : 30;
  return asked_s > 0 ? asked_s : kLeast_s + rule.max_time_s;
}

bool measure_on_devices(const std::vector<Group>& all, const OnDevices& with,
                        const std::atomic<bool>* stop, Sink& sink) {
  const std::vector<Group> groups = without(all, with.recorded);
  const std::vector<Visit> visits = visits_of(groups, with.sampling);
  const std::size_t before = visits_of(all, with.sampling).size() - visits.size();
  GroupRunOptions options;
  options.sampling = with.sampling;
  options.stop = stop;
  options.verify_only = with.verify_only;
  options.on_case = [&](std::size_t number) { sink.at_case(number); };
  options.on_progress = [&](std::size_t done, std::size_t total, const std::string& name) {
    Step step{before + done, before + total, name, worst_s(groups, with.sampling, done), 0, {}};
    if (done < total) {
      step.silence_s = silence_allowed_s(with.sampling, with.case_deadline_s);
      step.planned = planned(groups[visits[done].group]);
    }
    sink.under_way(step);
  };
  options.on_member = [&](const Measurement& measurement) { sink.member_ended(measurement); };
  options.on_group = [&](const std::vector<Measurement>& measurements) {
    sink.measured(Part::devices, measurements);
    if (with.after_group) with.after_group();
  };
  return run_groups(groups, options);
}

}  // namespace assay::run
