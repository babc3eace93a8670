// One simulated node's document: what each of its devices would have measured of a profile's cases.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/core/asked_cases.h"
#include "harness/core/case_work.h"
#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/gpu_tables.h"
#include "harness/core/library_ratio.h"
#include "harness/core/simulation.h"
#include "harness/core/work.h"
#include "harness/fabric/curve_fits.h"
#include "harness/fabric/pairing.h"
#include "harness/simulate/parts.h"

namespace assay {

namespace simulate {

namespace {

/// A kernel of one architecture runs on no other; Ampere's instructions are in all later ones.
bool runs_on(const std::string& implementation, const GpuModel& gpu) {
  if (implementation.starts_with("sm90")) return gpu.major == 9;
  if (implementation.starts_with("sm100")) return gpu.major == 10;
  return true;
}

class NodeDocument {
 public:
  NodeDocument(const SimulationModel& model, const Profile& profile, int node)
      : model_(model),
        profile_(profile),
        node_(node),
        random_(Random(model.seed).bits() ^
                (0x9E3779B97F4A7C15u * static_cast<unsigned>(node + 1))) {
    result_.nodes.push_back(node_facts(model, node));
    fill_run();
    node_factor_ = 1 + model.node_spread * random_.normal();
    for (int device = 0; device < model.devices; ++device)
      device_factors_.push_back(1 + model.device_spread * random_.normal());
  }

  Result made() {
    const std::vector<DeviceFacts>& devices = facts().devices;
    const int count = static_cast<int>(devices.size());
    if (count == 0) return end();
    for (const AskedGroup& group :
         asked_cases(profile_, {"cuda", count, {count}, least_compute_capability(devices)}))
      add_group(group);
    if (count > 1) {
      result_.fabric = FabricFacts{{facts().name}, {""}};
      result_.documents.emplace();  // of its run there are no others
    }
    result_.fits = fits_of(result_.measurements);
    return end();
  }

 private:
  const NodeFacts& facts() const { return result_.nodes.front(); }

  void fill_run() {
    RunFacts& run = result_.run;
    run.id = fmt::format("simulated-{}-{}", model_.seed, node_name(node_));
    run.started = model_.started;
    run.profile_name = profile_.name;
    run.profile_sha256 = profile_.sha256;
    run.backend = "cuda";
    run.tables = gpu_tables_version();
    run.command = model_.command;
    run.seed = model_.seed;
    result_.simulated = true;
    result_.software = {{"assay", "simulated"},
                        {"cublaslt", "simulated"},
                        {"driver", "simulated"},
                        {"kernel", "simulated"},
                        {"nccl", "simulated"}};
    Json faults = Json::array();
    for (const Fault& fault : model_.faults)
      if (fault.node == node_) faults.push_back(fault.spec);
    result_.extensions[kSimulation] = {{"model", model_.gpu->name},
                                       {"device_spread", model_.device_spread},
                                       {"node_spread", model_.node_spread},
                                       {"case_spread", model_.case_spread},
                                       {"noise", model_.noise},
                                       {"slow_share", model_.slow_share},
                                       {"faults", std::move(faults)}};
  }

  /// A second after the other.
  std::string now() {
    ++seconds_;
    return fmt::format("{}{:02}:{:02}:{:02}.000Z", model_.started.substr(0, 11), seconds_ / 3600,
                       seconds_ / 60 % 60, seconds_ % 60);
  }

  Result end() {
    result_.status = RunStatus::complete;
    result_.run.finished = now();
    return std::move(result_);
  }

  void add_group(const AskedGroup& group) {
    switch (group.reach) {
      case Reach::each_device:
      case Reach::devices_at_once:
        for (const DeviceFacts& device : facts().devices) add_device(group, device);
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

  Measurement measurement_of(const AskedGroup& group, const std::string& implementation) {
    Measurement measurement;
    measurement.id = group.id(implementation);
    measurement.group = measurement.id.group();
    measurement.series = group.series;
    measurement.input_pattern = "normal";
    measurement.input_seed = model_.seed;
    measurement.started = now();
    measurement.status = MeasurementStatus::measured;
    return measurement;
  }

  void add_device(const AskedGroup& group, const DeviceFacts& device) {
    const bool at_once = group.reach == Reach::devices_at_once;
    for (const std::string& implementation : group.implementations) {
      Measurement measurement = measurement_of(group, implementation);
      measurement.scope = {at_once ? "node" : "device", {device.uuid}};
      for (const DeviceFacts& other : facts().devices)
        if (at_once && other.uuid != device.uuid) measurement.scope.members.push_back(other.uuid);
      if (at_once) measurement.group += " at once";
      if (runs_on(implementation, *model_.gpu)) {
        fill_device(group, device, measurement);
      } else {
        measurement.status = MeasurementStatus::not_applicable;
        measurement.reason = "runs on another architecture";
      }
      result_.measurements.push_back(std::move(measurement));
    }
  }

  Bound bound_of(const CaseId& id, Series series, const SpeedOfLight& light) const {
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

  bool has_fault(Fault::Kind kind, int device) const {
    return std::any_of(model_.faults.begin(), model_.faults.end(), [&](const Fault& fault) {
      return fault.kind == kind && concerns(fault, node_, device);
    });
  }

  /// What is left of a device's rate in a family.
  double left_by_faults(int device, Family family) const {
    double left = 1;
    for (const Fault& fault : model_.faults)
      if (fault.kind == Fault::Kind::slow && fault.family == family &&
          concerns(fault, node_, device))
        left *= 1 - fault.amount;
    return left;
  }

  double noise_of(int device) const {
    double noise = model_.noise;
    for (const Fault& fault : model_.faults)
      if (fault.kind == Fault::Kind::noisy && concerns(fault, node_, device)) noise *= fault.amount;
    return noise;
  }

  double drawn_factor(int device, Family family) {
    return node_factor_ * device_factors_[static_cast<std::size_t>(device)] *
           (1 + model_.case_spread * random_.normal()) * left_by_faults(device, family);
  }

  void fill_device(const AskedGroup& group, const DeviceFacts& device, Measurement& measurement) {
    const CaseId& id = measurement.id;
    const Bound bound = bound_of(id, group.series, device.speed_of_light);
    const Family family = family_of(id.workload).value_or(Family::compute);
    const double implementation = is_library(id.implementation) ? 1 : 0.95;
    const double factor = drawn_factor(device.index, family) * implementation;
    if (id.workload == "gemm" && has_fault(Fault::Kind::wrong, device.index)) {
      measurement.status = MeasurementStatus::failed_verification;
      measurement.reason = "element 17 differs by more than the tolerance";
      measurement.verification = Verification{Verification::Status::failed, 8.0, 0.5, {}, {}};
      return;
    }
    add_series(group, bound.healthy_s() / factor, noise_of(device.index), measurement);
    add_rates(bound, measurement);
    verify(device.index, measurement);
    measurement.telemetry = telemetry_;
  }

  void add_series(const AskedGroup& group, double median_s, double noise,
                  Measurement& measurement) {
    const std::int64_t samples = std::max(model_.samples, group.sampling.min_samples);
    measurement.samples = simulated_samples(
        {median_s, noise, model_.slow_share, samples, group.sampling.passes}, random_);
  }

  void verify(int device, Measurement& measurement) {
    Verification verification{Verification::Status::exact, {}, {}, {}, {}};
    if (measurement.id.workload == "gemm")
      verification = {Verification::Status::within_tolerance, 0.25, 0.5, {}, {}};
    const bool other = has_fault(Fault::Kind::other_bits, device);
    verification.checksum = checksum_of(measurement.id.str() + (other ? " other" : ""));
    measurement.verification = verification;
  }

  /// Every device computes a case's bits: made once for each.
  const std::string& checksum_of(const std::string& what) {
    std::string& known = checksums_[what];
    if (known.empty()) known = sha256_hex(what).substr(0, 32);
    return known;
  }

  /// Every ordered pair alone, then rounds of disjoint pairs in both directions.
  void add_copies(const AskedGroup& group) {
    const std::vector<DeviceFacts>& devices = facts().devices;
    const int count = static_cast<int>(devices.size());
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
    const std::vector<DeviceFacts>& devices = facts().devices;
    const double link = devices.front().speed_of_light.nvlink_bytes_per_s.value_or(0);
    Measurement measurement = measurement_of(group, implementation);
    measurement.input_pattern = "random_bits";
    measurement.scope.level = "nvlink_domain";
    double factor = 1;
    for (const auto& [from, to] : set) {
      measurement.group += fmt::format(" {}>{}", from, to);
      for (const int end : {from, to}) {
        const DeviceFacts& device = devices[static_cast<std::size_t>(end)];
        measurement.scope.members.push_back(device.uuid);
        factor = std::min(factor, drawn_factor(device.index, Family::links));
      }
    }
    const auto copies = static_cast<double>(set.size());
    Bound bound;
    bound.bytes = static_cast<double>(measurement.id.shape.at("bytes")) * copies;
    bound.bytes_per_s = link * copies;
    bound.is_link = true;
    add_series(group, bound.healthy_s() / factor, model_.noise, measurement);
    add_rates(bound, measurement);
    measurement.verification = Verification{Verification::Status::exact, {}, {}, {}, {}};
    measurement.telemetry = telemetry_;
    result_.measurements.push_back(std::move(measurement));
  }

  /// As fast as the slowest of its ranks, one a device.
  void add_collective(const AskedGroup& group, const std::string& implementation) {
    Measurement measurement = measurement_of(group, implementation);
    measurement.scope = {"node", {facts().name}};
    measurement.input_pattern = "small_integers";
    const auto ranks = static_cast<double>(facts().devices.size());
    const double light = facts().devices.front().speed_of_light.nvlink_bytes_per_s.value_or(0);
    double factor = 1;
    for (const DeviceFacts& device : facts().devices)
      factor = std::min(factor, node_factor_ * left_by_faults(device.index, Family::links));
    const double bytes = static_cast<double>(measurement.id.shape.at("bytes"));
    const double bus =
        bus_factor_of(measurement.id.workload, measurement.id.shape.at("ranks")).value_or(1);
    const bool has_multicast = model_.gpu->major >= 9 && group.workload == "all_reduce";
    const double share = has_multicast ? kMulticastShare : kLinkShare;
    const double median_s = kCollectiveLaunchS + bytes * bus / (share * light * factor);
    add_series(group, median_s, model_.noise, measurement);
    const double measured_s = measurement.samples->median_s;
    measurement.metrics["bytes_per_s"] = bytes / measured_s;
    measurement.metrics["bus_bandwidth_bytes_per_s"] = bytes / measured_s * bus;
    measurement.speed_of_light_fraction = bytes / measured_s * bus / light;
    for (int rank = 0; rank < static_cast<int>(ranks); ++rank)
      measurement.ranks.push_back({rank, measured_s * (rank == 0 ? 1 : 0.999), {}});
    const double middle = ranks == 2 ? (1 + 0.999) / 2 : 0.999;
    measurement.metrics["rank_spread"] = (1 - 0.999) / middle;
    if (measurement.samples->p99_s)
      measurement.metrics["p99_over_median"] = *measurement.samples->p99_s / measured_s;
    measurement.verification = Verification{Verification::Status::exact, {}, {}, {}, {}};
    Transport& transport = measurement.transport.emplace();
    transport.algorithm = has_multicast ? "nvls" : "ring";
    transport.protocol = "simple";
    transport.kind = "nvlink";
    transport.channels = 16;
    measurement.telemetry = telemetry_;
    result_.measurements.push_back(std::move(measurement));
  }

  const SimulationModel& model_;
  const Profile& profile_;
  const int node_;
  Random random_;
  Result result_;
  double node_factor_ = 1;
  std::vector<double> device_factors_;
  const Json telemetry_ = telemetry_of(*model_.gpu);
  std::map<std::string, std::string> checksums_;
  int seconds_ = 0;
};

}  // namespace

}  // namespace simulate

Result simulated_node(const SimulationModel& model, const Profile& profile, int node) {
  if (!is_for(profile, "cuda"))
    throw Error(fmt::format("profile '{}' is not for cuda: accelerators are simulated, no hosts",
                            profile.name));
  return simulate::NodeDocument(model, profile, node).made();
}

}  // namespace assay
