// What is measured on the devices of one node: on each alone, on all at once, and between them.
#pragma once

#include <atomic>
#include <functional>
#include <vector>

#include "harness/core/asked_cases.h"
#include "harness/measure/group_run.h"
#include "harness/measure/purpose.h"
#include "harness/run/machine.h"
#include "harness/run/sink.h"

namespace assay::run {

/// Of what is asked, the groups that need no ranks, as the sampler takes them. `node` describes the
/// devices, which outlive the groups.
std::vector<Group> groups_on_devices(const std::vector<AskedGroup>& asked, const Devices& devices,
                                     const Result& node, Purpose purpose = Purpose::timing);

/// The longest that the visits of the groups from `first` on can take to sample.
double worst_s(const std::vector<Group>& groups, const SamplingRule& rule, std::size_t first = 0);

struct OnDevices {
  const SamplingRule& sampling;
  const std::vector<Measurement>& recorded;  // already: these cases are left out
  double case_deadline_s = 0;                // 0: from what a case takes, at least 30 s
  bool verify_only = false;
  std::function<void()> after_group = {};
};

/// Returns false when it was stopped.
bool measure_on_devices(const std::vector<Group>& groups, const OnDevices& with,
                        const std::atomic<bool>* stop, Sink& sink);

/// How long one step of a case may take before it counts as hung: its answer is verified, or a
/// sample is taken. `asked_s` is the user's word; 0: none.
double silence_allowed_s(const SamplingRule& rule, double asked_s);

}  // namespace assay::run
