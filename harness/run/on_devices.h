// What is measured on the devices of one node: on each alone, on all at once, and between them.
#pragma once

#include <atomic>
#include <vector>

#include "harness/core/asked_cases.h"
#include "harness/measure/group_run.h"
#include "harness/run/machine.h"
#include "harness/run/sink.h"

namespace assay::run {

/// Of what is asked, the groups that need no ranks, as the sampler takes them. `node` describes the
/// devices, which outlive the groups.
std::vector<Group> groups_on_devices(const std::vector<AskedGroup>& asked, const Devices& devices,
                                     const Result& node);

/// The longest that the groups from `first` on can take to sample.
double worst_s(const std::vector<Group>& groups, const SamplingRule& rule, std::size_t first = 0);

/// Returns false when it was stopped.
bool measure_on_devices(const std::vector<Group>& groups, const SamplingRule& rule,
                        const std::atomic<bool>* stop, Sink& sink);

}  // namespace assay::run
