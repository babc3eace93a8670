// Runs groups of cases: Google Benchmark lists, filters and drives them, the sampler times them.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/profile.h"
#include "harness/core/result.h"
#include "harness/measure/device.h"
#include "harness/measure/timed_case.h"

namespace assay {

/// One implementation of a group: prepared only when its turn comes, freed after.
struct GroupMember {
  CaseId id;
  std::string not_applicable;  // non-empty: why this case cannot run here; it is not prepared
  std::function<std::unique_ptr<TimedCase>()> prepare;
};

/// One workload, dtype, shape and scope on one device; its members are measured in alternation.
struct Group {
  std::string name;  // CaseId::group(), plus the scope's member when there are several devices
  Device* device = nullptr;
  Instrument* instrument = nullptr;  // null: the device's own
  Scope scope;
  Series series = Series::cold;
  std::string input_pattern;
  std::uint64_t input_seed = 0;
  std::optional<SamplingRule> sampling;  // in place of the run's
  std::vector<GroupMember> members;
  /// If not empty: these groups are measured instead, each on its own device, all at the same time.
  std::vector<Group> together;
};

/// The number of cases that are measured one after another.
std::size_t cases_in_turn(const Group& group);

/// One pass of a group.
struct Visit {
  std::size_t group = 0;  // its index
  int pass = 0, passes = 1;
};

/// Every pass of every group, spread over a run: all first passes, then all second ones, and so on.
/// `rule` is of the groups that have no sampling of their own.
std::vector<Visit> visits_of(const std::vector<Group>& groups, const SamplingRule& rule);

/// What the group's measurements are before anything is known of them, in their order.
std::vector<Measurement> planned(const Group& group);

struct GroupRunOptions {
  SamplingRule sampling;
  const std::atomic<bool>* stop = nullptr;  // set by a signal: end after the current sample
  /// A right answer ends its case as not applicable, with the verification and no samples.
  bool verify_only = false;
  /// Called after every visit with the group's measurements so far, which take the place of those
  /// of its visit before (the document is rewritten there).
  std::function<void(const std::vector<Measurement>&)> on_group;
  /// Called with the measurement so far of a member whose pass has ended, or failed, while others
  /// of its group go on; never for groups that are measured together, whose threads would call it
  /// at once.
  std::function<void(const Measurement&)> on_member;
  /// Called before every step of a case (it is prepared and verified, a sample), in the thread that
  /// takes it, with its number among those of planned(): a supervisor then knows which hangs.
  std::function<void(std::size_t number)> on_case;
  /// Called as the run goes on: visits done, visits in all, what is being measured.
  std::function<void(std::size_t done, std::size_t total, const std::string& name)> on_progress;
};

/// Verifies every member before timing it; a failed verification is reported and not timed; an
/// exception of one member is that measurement's `error`, the others go on. Returns false when
/// it was stopped early. A DeviceLost is thrown on, from the case that on_case was last told of.
bool run_groups(std::vector<Group> groups, const GroupRunOptions& options);

/// Like run_groups(), in a thread next to one that runs the same groups on another device, in step
/// with it. The other thread drives Google Benchmark, which a process can only run once at a time.
/// Reports no progress.
bool follow_groups(std::vector<Group> groups, const GroupRunOptions& options);

}  // namespace assay
