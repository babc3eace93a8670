// One simulated node's document: what each of its devices would have measured of a profile's cases.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/gpu_tables.h"
#include "harness/core/simulation.h"
#include "harness/core/switch_gain.h"
#include "harness/core/workload.h"
#include "harness/fabric/curve_fits.h"
#include "harness/simulate/plan.h"

namespace assay {

namespace simulate {

namespace {

Result still_document(const SimulationModel& model, const Profile& profile) {
  Result still;
  RunFacts& run = still.run;
  run.started = model.started;
  run.profile_name = profile.name;
  run.profile_sha256 = profile.sha256;
  run.backend = "cuda";
  run.tables = gpu_tables_version();
  run.command = model.command;
  still.status = RunStatus::complete;
  still.simulated = true;
  still.software = {{"assay", "simulated"},
                    {"cublaslt", "simulated"},
                    {"driver", "simulated"},
                    {"kernel", "simulated"},
                    {"nccl", "simulated"}};
  still.extensions[kSimulation] = {{"model", model.gpu->name},
                                   {"device_spread", model.device_spread},
                                   {"node_spread", model.node_spread},
                                   {"case_spread", model.case_spread},
                                   {"noise", model.noise},
                                   {"slow_share", model.slow_share},
                                   {"faults", Json::array()}};
  return still;
}

/// Whether all of it that is not drawn is there already.
bool is_filled(const Measurement& one, const Measurement& still) {
  return one.status == still.status && one.group == still.group && one.series == still.series &&
         one.id.implementation == still.id.implementation;
}

/// What differs in more than its numbers is another run.
std::string run_id(const Result& still, std::uint64_t seed) {
  const NodeFacts& node = still.nodes.front();
  const Json what = {still.extensions, still.run.profile_sha256, still.run.started,
                     node.devices.size()};
  return fmt::format("simulated-{}-{}-{}", seed, checksum_of(what.dump()).substr(0, 8), node.name);
}

/// Draws one node's numbers into its document.
class Drawing {
 public:
  Drawing(const SimulationModel& model, int node, SeriesMemory& memory, Result& result)
      : model_(model),
        node_(node),
        random_(Random(model.seed).bits() ^
                (0x9E3779B97F4A7C15u * static_cast<unsigned>(node + 1))),
        memory_(memory),
        result_(result),
        facts_(result.nodes.front()) {
    node_factor_ = 1 + model.node_spread * random_.normal();
    for (int device = 0; device < model.devices; ++device)
      device_factors_.push_back(1 + model.device_spread * random_.normal());
  }

  void draw(const Plan& plan) {
    std::vector<Measurement>& measurements = result_.measurements;
    measurements.resize(plan.measurements.size());
    for (std::size_t i = 0; i < measurements.size(); ++i)
      draw(plan.measurements[i], measurements[i]);
  }

 private:
  void draw(const PlannedMeasurement& planned, Measurement& one) {
    if (!is_filled(one, planned.still)) one = planned.still;
    one.input_seed = model_.seed;
    std::vector<std::string>& members = one.scope.members;
    members.resize(planned.members.size());
    for (std::size_t i = 0; i < members.size(); ++i) members[i] = member(planned, i).uuid;
    if (planned.reach == Reach::between_ranks) return draw_collective(planned, one);
    if (one.status == MeasurementStatus::not_applicable) return;
    if (planned.reach == Reach::between_devices) return draw_copy(planned, one);
    draw_device(planned, one);
  }

  const DeviceFacts& member(const PlannedMeasurement& planned, std::size_t at) const {
    return facts_.devices[planned.members[at]];
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

  void draw_series(const PlannedMeasurement& planned, double median_s, double noise,
                   Measurement& one) {
    if (!one.samples) one.samples.emplace();
    simulate_samples({median_s, noise, model_.slow_share, planned.samples, planned.passes}, random_,
                     memory_, *one.samples);
  }

  void draw_device(const PlannedMeasurement& planned, Measurement& one) {
    const int device = member(planned, 0).index;
    const double factor = drawn_factor(device, planned.family) * planned.implementation;
    if (one.id.workload == "gemm" && has_fault(Fault::Kind::wrong, device))
      return fail_verification(one);
    draw_series(planned, planned.bound.healthy_s() / factor, noise_of(device), one);
    add_rates(planned.bound, one);
    one.verification->checksum = has_fault(Fault::Kind::other_bits, device)
                                     ? checksum_of(one.id.str() + " other")
                                     : planned.still.verification->checksum;
  }

  /// It was not timed.
  static void fail_verification(Measurement& one) {
    one.status = MeasurementStatus::failed_verification;
    one.reason = "element 17 differs by more than the tolerance";
    one.verification = Verification{Verification::Status::failed, 8.0, 0.5, {}, {}};
    one.samples.reset();
    one.metrics.clear();
    one.speed_of_light_fraction.reset();
    one.telemetry = one.extensions = Json::object();
  }

  void draw_copy(const PlannedMeasurement& planned, Measurement& one) {
    double factor = 1;
    for (std::size_t i = 0; i < planned.members.size(); ++i)
      factor = std::min(factor, drawn_factor(member(planned, i).index, Family::links));
    draw_series(planned, planned.bound.healthy_s() / factor, model_.noise, one);
    add_rates(planned.bound, one);
  }

  /// As fast as the slowest of its ranks, one a device.
  void draw_collective(const PlannedMeasurement& planned, Measurement& one) {
    one.scope.members = {facts_.name};
    const std::size_t ranks = facts_.devices.size();
    const double light = planned.bound.bytes_per_s, bytes = planned.bound.bytes;
    double factor = 1;
    for (const DeviceFacts& device : facts_.devices)
      factor = std::min(factor, node_factor_ * left_by_faults(device.index, Family::links));
    const double bus = bus_factor_of(one.id.workload, one.id.shape.at("ranks")).value_or(1);
    const bool is_by_switches = has_multicast(*model_.gpu, one.id.workload);
    const double share = is_by_switches ? kMulticastShare : kLinkShare;
    draw_series(planned, kCollectiveLaunchS + bytes * bus / (share * light * factor), model_.noise,
                one);
    const double measured_s = one.samples->median_s;
    one.metrics["bytes_per_s"] = bytes / measured_s;
    one.metrics["bus_bandwidth_bytes_per_s"] = bytes / measured_s * bus;
    const double gain = is_by_switches ? switch_gain(one.id.workload, one.id.shape.at("ranks")) : 1;
    one.speed_of_light_fraction = bytes / measured_s * bus / (light * gain);
    one.ranks.clear();
    for (std::size_t rank = 0; rank < ranks; ++rank)
      one.ranks.push_back({static_cast<int>(rank), measured_s * (rank == 0 ? 1 : 0.999), {}});
    const double middle = ranks == 2 ? (1 + 0.999) / 2 : 0.999;
    one.metrics["rank_spread"] = (1 - 0.999) / middle;
    if (one.samples->p99_s) one.metrics["p99_over_median"] = *one.samples->p99_s / measured_s;
  }

  const SimulationModel& model_;
  const int node_;
  Random random_;
  SeriesMemory& memory_;
  Result& result_;
  const NodeFacts& facts_;
  double node_factor_ = 1;
  std::vector<double> device_factors_;
};

}  // namespace

}  // namespace simulate

struct SimulatedNodes::Common {
  Common(SimulationModel asked, const Profile& of)
      : model(std::move(asked)),
        profile(of),
        document(simulate::still_document(model, of)),
        node(simulate::still_node(model)) {}

  /// For so many devices: a node may have lost some.
  const simulate::Plan& plan_for(const std::vector<DeviceFacts>& devices) {
    if (!plan || plan->devices != devices.size()) plan = simulate::plan_of(model, profile, devices);
    return *plan;
  }

  SimulationModel model;
  const Profile& profile;
  const Result document;
  const NodeFacts node;
  std::optional<simulate::Plan> plan;
  simulate::SeriesMemory memory;
};

SimulatedNodes::SimulatedNodes(SimulationModel model, const Profile& profile) {
  if (!is_for(profile, "cuda"))
    throw Error(fmt::format("profile '{}' is not for cuda: accelerators are simulated, no hosts",
                            profile.name));
  common_ = std::make_unique<Common>(std::move(model), profile);
}

SimulatedNodes::~SimulatedNodes() = default;

void SimulatedNodes::plant(std::uint64_t seed, std::vector<Fault> faults) {
  common_->model.seed = seed;
  common_->model.faults = std::move(faults);
}

void SimulatedNodes::make(int node, Result& document) {
  const SimulationModel& model = common_->model;
  std::vector<Measurement> measurements = std::move(document.measurements);
  document = common_->document;
  document.measurements = std::move(measurements);
  document.nodes.push_back(simulate::node_facts(common_->node, model, node));
  const NodeFacts& facts = document.nodes.front();
  document.run.seed = model.seed;
  for (const Fault& fault : model.faults)
    if (fault.node == node) document.extensions[kSimulation]["faults"].push_back(fault.spec);
  document.run.id = simulate::run_id(document, model.seed);
  const simulate::Plan& plan = common_->plan_for(facts.devices);
  document.run.finished = plan.finished;
  simulate::Drawing(model, node, common_->memory, document).draw(plan);
  if (facts.devices.size() > 1) {
    document.fabric = FabricFacts{{facts.name}, {""}};
    document.documents.emplace();  // of its run there are no others
  }
}

Result simulated_node(const SimulationModel& model, const Profile& profile, int node) {
  Result document;
  SimulatedNodes(model, profile).make(node, document);
  document.fits = fits_of(document.measurements);
  return document;
}

}  // namespace assay
