// The measurements that a profile asks of a node, without their numbers.
#include "harness/simulate/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/case_work.h"
#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/input_pattern.h"
#include "harness/core/library_ratio.h"
#include "harness/core/switch_gain.h"
#include "harness/core/work.h"
#include "harness/fabric/pairing.h"

namespace assay::simulate {

namespace {

/// A kernel of one architecture runs on no other; Ampere's instructions are in all later ones.
bool runs_on(const std::string& implementation, const GpuModel& gpu) {
  if (implementation.starts_with("sm90")) return gpu.major == 9;
  if (implementation.starts_with("sm100")) return gpu.major == 10;
  return true;
}

class Planning {
 public:
  Planning(const SimulationModel& model, const Profile& profile,
           const std::vector<DeviceFacts>& devices)
      : model_(model), profile_(profile), devices_(devices) {}

  Plan made() {
    const int count = static_cast<int>(devices_.size());
    plan_.devices = devices_.size();
    if (count > 0)
      for (const AskedGroup& group :
           asked_cases(profile_, {"cuda", count, {count}, least_compute_capability(devices_)}))
        add_group(group);
    plan_.finished = now();
    return std::move(plan_);
  }

 private:
  /// A second after the other.
  std::string now() {
    ++seconds_;
    return fmt::format("{}{:02}:{:02}:{:02}.000Z", model_.started.substr(0, 11), seconds_ / 3600,
                       seconds_ / 60 % 60, seconds_ % 60);
  }

  void add_group(const AskedGroup& group) {
    switch (group.reach) {
      case Reach::each_device:
      case Reach::devices_at_once:
        for (std::size_t device = 0; device < devices_.size(); ++device) add_device(group, device);
        return;
      case Reach::between_devices:
        return add_copies(group);
      case Reach::between_ranks:
        for (const std::string& implementation : group.implementations)
          add_collective(group, implementation);
        return;
      case Reach::rank_pairs:
        throw Error(fmt::format(
            "profile '{}' asks for pairs of ranks, which are not simulated: take another profile",
            profile_.name));
    }
  }

  PlannedMeasurement& add(const AskedGroup& group, const std::string& implementation) {
    PlannedMeasurement& planned = plan_.measurements.emplace_back();
    planned.reach = group.reach;
    planned.samples = std::max(model_.samples, group.sampling.min_samples);
    planned.passes = group.sampling.passes;
    Measurement& still = planned.still;
    still.id = group.id(implementation);
    still.group = still.id.group();
    still.series = group.series;
    still.input_pattern = kNormalInputs;
    still.started = now();
    still.status = MeasurementStatus::measured;
    planned.family = family_of(still.id.workload).value_or(Family::compute);
    return planned;
  }

  /// What was verified exactly, while telemetry was read.
  void complete(Measurement& still) const {
    still.verification = Verification{Verification::Status::exact, {}, {}, {}, {}};
    still.telemetry = telemetry_;
  }

  void add_device(const AskedGroup& group, std::size_t device) {
    const bool at_once = group.reach == Reach::devices_at_once;
    for (const std::string& implementation : group.implementations) {
      PlannedMeasurement& planned = add(group, implementation);
      Measurement& still = planned.still;
      still.scope.level = at_once ? "node" : "device";
      if (at_once) still.group += " at once";
      planned.members = {device};
      for (std::size_t other = 0; at_once && other < devices_.size(); ++other)
        if (other != device) planned.members.push_back(other);
      if (!runs_on(implementation, *model_.gpu)) {
        still.status = MeasurementStatus::not_applicable;
        still.reason = "runs on another architecture";
        continue;
      }
      planned.bound = bound_of(still.id, group.series);
      // Our products are a little slower than the library's; nothing else has one beside it.
      const bool is_product = family_of(still.id.workload) == Family::compute;
      planned.implementation = is_product && !is_library(implementation) ? 0.95 : 1;
      complete(still);
      if (still.id.workload == "gemm")
        still.verification =
            Verification{Verification::Status::within_tolerance, 0.25, 0.5, {}, {}};
      still.verification->checksum = checksum_of(still.id.str());
      if (const std::string by = planned.bound.known_by(still.id.workload); !by.empty())
        still.extensions["speed_of_light_bound"] = by;
    }
  }

  Bound bound_of(const CaseId& id, Series series) const {
    const SpeedOfLight& light = devices_.front().speed_of_light;
    const std::optional<Work> work = work_of(id);
    if (!work)
      throw Error(fmt::format("profile '{}': {} is not simulated", profile_.name, id.str()));
    Bound bound{work->flop, work->moved_bytes};
    const bool is_linked = family_of(id.workload) == Family::links;
    const auto peak = light.flop_per_s.find(id.dtype);
    bound.flop_per_s = peak == light.flop_per_s.end() ? 0 : peak->second;
    bound.bytes_per_s =
        is_linked ? light.pcie_bytes_per_s.value_or(0) : light.memory_bytes_per_s.value_or(0);
    bound.is_link = is_linked;
    bound.is_timed_by_bytes = is_linked || series == Series::cold;
    return bound;
  }

  /// Every ordered pair alone, then rounds of disjoint pairs in both directions.
  void add_copies(const AskedGroup& group) {
    const int count = static_cast<int>(devices_.size());
    std::vector<std::vector<Pair>> sets;
    for (int from = 0; from < count; ++from)
      for (int to = 0; to < count; ++to)
        if (from != to) sets.push_back({{from, to}});
    if (count >= 4)
      for (const Round& round : all_pairs(count)) {
        Round back;
        for (const Pair& pair : round) back.emplace_back(pair.second, pair.first);
        sets.push_back(round);
        sets.push_back(back);
      }
    for (const std::vector<Pair>& set : sets)
      for (const std::string& implementation : group.implementations)
        add_copy(group, implementation, set);
  }

  void add_copy(const AskedGroup& group, const std::string& implementation,
                const std::vector<Pair>& set) {
    PlannedMeasurement& planned = add(group, implementation);
    Measurement& still = planned.still;
    still.input_pattern = "random_bits";
    still.scope.level = "nvlink_domain";
    for (const auto& [from, to] : set) {
      still.group += fmt::format(" {}>{}", from, to);
      for (const int end : {from, to}) planned.members.push_back(static_cast<std::size_t>(end));
    }
    const auto copies = static_cast<double>(set.size());
    Bound& bound = planned.bound;
    bound.bytes = static_cast<double>(still.id.shape.at("bytes")) * copies;
    bound.bytes_per_s = devices_.front().speed_of_light.nvlink_bytes_per_s.value_or(0) * copies;
    bound.is_link = true;
    complete(still);
    if (const std::string by = bound.known_by(still.id.workload); !by.empty())
      still.extensions["speed_of_light_bound"] = by;
  }

  void add_collective(const AskedGroup& group, const std::string& implementation) {
    PlannedMeasurement& planned = add(group, implementation);
    Measurement& still = planned.still;
    still.scope.level = "node";
    still.input_pattern = "small_integers";
    planned.bound.bytes = static_cast<double>(still.id.shape.at("bytes"));
    planned.bound.bytes_per_s = devices_.front().speed_of_light.nvlink_bytes_per_s.value_or(0);
    complete(still);
    const bool is_by_switches = has_multicast(*model_.gpu, group.workload);
    if (is_by_switches && switch_gain(group.workload, still.id.shape.at("ranks")) > 1)
      still.extensions["speed_of_light_bound"] = kAddingSwitches;
    else
      still.extensions["speed_of_light_bound"] = "nvlink";
    Transport& transport = still.transport.emplace();
    transport.algorithm = is_by_switches ? "nvls" : "ring";
    transport.protocol = "simple";
    transport.kind = "nvlink";
    transport.channels = 16;
  }

  const SimulationModel& model_;
  const Profile& profile_;
  const std::vector<DeviceFacts>& devices_;
  const Json telemetry_ = telemetry_of(*model_.gpu);
  Plan plan_;
  int seconds_ = 0;
};

}  // namespace

bool has_multicast(const GpuModel& gpu, const std::string& workload) {
  return gpu.major >= kAddingSwitchesMajor && workload == "all_reduce";
}

std::string checksum_of(const std::string& what) { return sha256_hex(what).substr(0, 32); }

Plan plan_of(const SimulationModel& model, const Profile& profile,
             const std::vector<DeviceFacts>& devices) {
  return Planning(model, profile, devices).made();
}

}  // namespace assay::simulate
