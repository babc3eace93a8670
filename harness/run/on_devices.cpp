// Hands the groups to the sampler, and what comes of them to the sink.
#include "harness/run/on_devices.h"

#include <iterator>

#include "harness/run/device_copies.h"
#include "harness/run/device_groups.h"

namespace assay::run {

std::vector<Group> groups_on_devices(const std::vector<AskedGroup>& asked, const Devices& devices,
                                     const Result& node) {
  std::vector<Group> groups = groups_for(asked, devices, node.run.seed);
  std::vector<Group> copies = device_copies(asked, devices, node);
  std::move(copies.begin(), copies.end(), std::back_inserter(groups));
  return groups;
}

double worst_s(const std::vector<Group>& groups, const SamplingRule& rule, std::size_t first) {
  double seconds = 0;
  for (std::size_t i = first; i < groups.size(); ++i)
    seconds += static_cast<double>(cases_in_turn(groups[i])) *
               groups[i].sampling.value_or(rule).max_time_s;
  return seconds;
}

bool measure_on_devices(const std::vector<Group>& groups, const SamplingRule& rule,
                        const std::atomic<bool>* stop, Sink& sink) {
  GroupRunOptions options;
  options.sampling = rule;
  options.stop = stop;
  options.on_progress = [&](std::size_t done, std::size_t total, const std::string& name) {
    sink.under_way({done, total, name, worst_s(groups, rule, done)});
  };
  options.on_group = [&](const std::vector<Measurement>& measurements) {
    sink.measured(Part::devices, measurements);
  };
  return run_groups(groups, options);
}

}  // namespace assay::run
