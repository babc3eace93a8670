// Meets the other ranks, measures with them, and ends with them or within the deadline.
#include "harness/cli/fabric_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "collectives/gloo/open.h"
#include "collectives/pair_rounds.h"
#include "collectives/rendezvous/client.h"
#include "collectives/rendezvous/server.h"
#include "collectives/rendezvous/wire.h"
#include "harness/cli/device_lock.h"
#include "harness/cli/fabric_documents.h"
#include "harness/cli/plan.h"
#include "harness/cli/progress.h"
#include "harness/cli/run_steps.h"
#include "harness/cli/summary.h"
#include "harness/measure/node.h"

namespace assay::cli {

namespace {

constexpr const char* kRackLabel = "topology.kubernetes.io/rack";

/// How one deadline is spent when a peer is lost: half of it on hearing nothing from the peer, a
/// quarter and at most two seconds on asking the rendezvous who it was.
double silence_s(double deadline_s) { return deadline_s / 2; }
double roll_call_s(double deadline_s) { return deadline_s / 4; }
/// The client waits two seconds longer than it says, for the answer to arrive.
double meeting_s(double deadline_s) { return std::max(deadline_s / 2, deadline_s - 2); }

rendezvous::ClientOptions client_options(const RankWorld& world) {
  return {world.facts.host,       world.facts.port, world.facts.rank,
          world.facts.world_size, world.token,      meeting_s(world.deadline_s)};
}

std::unique_ptr<rendezvous::Server> serve(const RankWorld& world) {
  if (world.facts.rank != 0) return nullptr;
  rendezvous::ServerOptions options;
  options.port = world.facts.port;
  options.world_size = world.facts.world_size;
  options.token = world.token;
  options.log = [](const std::string& line) { fmt::print(stderr, "assay: {}\n", line); };
  return std::make_unique<rendezvous::Server>(std::move(options));
}

/// What ranks must know of each other before they measure.
struct Peers {
  std::vector<std::string> names, racks;  // by rank
  std::string run_id;
};

class FabricRun {
 public:
  FabricRun(const Arguments& arguments, const Profile& profile, const RankWorld& world,
            const StopSignals& signals)
      : arguments_(arguments),
        profile_(profile),
        world_(world),
        signals_(signals),
        folder_(arguments.has("output") ? std::filesystem::path(arguments.value("output"))
                                        : default_folder(profile.name)),
        node_(folder_.node_document(world.facts.rank, node_name()), first_result()) {}

  ExitCode run() {
    const Backend backend = choose(node_, profile_, arguments_.value("backend"));
    const std::string filter = arguments_.value_or_empty("filter");
    const FabricPlan fabric = fabric_plan(profile_, backend, filter, world_.facts.world_size);
    if (backend == Backend::cuda && (fabric.pairs || !fabric.collectives.empty()))
      throw Error(
          "collectives between GPUs are not driven by this executable yet: choose "
          "--backend host",
          ExitCode::missing);
    devices_ = or_fail(node_, [&] { return open_devices(backend); });
    const std::vector<DeviceLock> locks = lock_devices(devices_);
    record_machine(node_.result(), backend, devices_);
    node_.write();
    return guarded([&] {
      meet();
      const bool node_whole = measure_node(backend, filter);
      const bool fabric_whole = measure_fabric(fabric, node_whole);
      return end(node_whole && fabric_whole);
    });
  }

 private:
  Result first_result() const {
    Result result = new_result(profile_, arguments_);
    result.run.world_size = world_.facts.world_size;
    return result;
  }
  bool is_first() const { return world_.facts.rank == 0; }

  /// Where anything goes wrong, the documents say so, the others are told, and the line that the
  /// user sees names the rank that was lost.
  template <class Step>
  ExitCode guarded(const Step& step) {
    try {
      return step();
    } catch (const LostPeer& lost) {
      const std::string line = who_was_lost(lost);
      fail(line);
      throw Error(line);
    } catch (const Error& error) {
      if (ended_) throw;
      tell_others(error.what());
      fail(with_location(error));
      throw;
    } catch (const std::exception& error) {
      tell_others(error.what());
      fail(error.what());
      throw;
    }
  }

  std::string who_was_lost(const LostPeer& lost) {
    try {
      const std::string line = client_->roll_call(roll_call_s(world_.deadline_s));
      if (!line.empty()) return fmt::format("{} ({})", line, lost.what());
      return fmt::format("every rank still answers, but the network between two of them broke: {}",
                         lost.what());
    } catch (const Error& error) {
      return fmt::format("{} ({})", error.what(), lost.what());
    }
  }

  void tell_others(const std::string& why) noexcept {
    try {
      if (communicator_) communicator_->abort();
      if (client_) client_->abort(why);
    } catch (const std::exception&) {
      // The rendezvous is what broke, or has ended the run already.
    }
  }

  void fail(const std::string& line) noexcept {
    node_.fail(line);
    if (fabric_) fabric_->fail(line);
  }

  void meet() {
    server_ = serve(world_);
    client_ = std::make_unique<rendezvous::Client>(client_options(world_));
    const auto labels = node_.result().nodes.front().labels;
    const auto rack = labels.find(kRackLabel);
    const std::vector<std::string> gathered = client_->gather(
        "facts", rendezvous::encode_list({node_name(), profile_.sha256, node_.result().run.backend,
                                          std::to_string(node_.result().run.seed),
                                          rack == labels.end() ? "" : rack->second}));
    if (is_first()) client_->set("peers", peers_of(gathered));
    const std::vector<std::string> words = rendezvous::decode_list(client_->get("peers"));
    peers_.run_id = words.at(0);
    const auto size = static_cast<std::size_t>(world_.facts.world_size);
    peers_.names.assign(words.begin() + 1, words.begin() + 1 + static_cast<long>(size));
    peers_.racks.assign(words.begin() + 1 + static_cast<long>(size), words.end());
    node_.result().run.id = peers_.run_id;
    node_.write();
  }

  /// On rank 0: checks that every rank means the same run, and names them all.
  std::string peers_of(const std::vector<std::string>& gathered) const {
    std::vector<std::string> names, racks;
    std::map<std::string, int> seen;
    std::vector<std::string> first;
    for (std::size_t rank = 0; rank < gathered.size(); ++rank) {
      const std::vector<std::string> facts = rendezvous::decode_list(gathered[rank]);
      if (rank == 0) first = facts;
      static constexpr const char* kWhat[] = {"", "another profile", "another backend",
                                              "another seed"};
      for (std::size_t i = 1; i < 4; ++i)
        if (facts.at(i) != first.at(i))
          throw Error(fmt::format("rank {} was started with {} than rank 0", rank, kWhat[i]));
      // Two ranks of one host stay two names in every verdict.
      const bool again = seen[facts.at(0)]++ > 0;
      names.push_back(again ? fmt::format("{} (rank {})", facts.at(0), rank) : facts.at(0));
      racks.push_back(facts.at(4));
    }
    std::vector<std::string> words = {node_.result().run.id};
    words.insert(words.end(), names.begin(), names.end());
    words.insert(words.end(), racks.begin(), racks.end());
    return rendezvous::encode_list(words);
  }

  bool measure_node(Backend backend, const std::string& filter) {
    if (!has_node_cases(profile_, backend)) return true;
    std::vector<Group> groups =
        groups_for(plan(profile_, backend, filter), devices_, node_.result().run.seed);
    double longest_s = world_.deadline_s;
    for (const Group& group : groups)
      longest_s += static_cast<double>(cases_in_turn(group)) * profile_.sampling.max_time_s;
    const bool whole = measure(node_, std::move(groups), profile_.sampling, signals_);
    client_->barrier("nodes measured", longest_s);
    return whole;
  }

  bool measure_fabric(const FabricPlan& plan, bool node_whole) {
    if (!plan.pairs && plan.collectives.empty()) return true;
    if (is_first()) begin_fabric_document();
    communicator_ = connect();
    std::atomic<bool> ended_before{!node_whole};
    const std::atomic<bool>* stop = node_whole ? signals_.flag() : &ended_before;
    return measure_collectives(plan, stop) && measure_pairs(plan, stop);
  }

  void begin_fabric_document() {
    Result result = first_result();
    result.run.id = peers_.run_id;
    result.run.backend = node_.result().run.backend;
    result.simulated = node_.result().simulated;
    result.software = node_.result().software;
    result.extensions["fabric"] = {{"nodes", peers_.names}, {"racks", peers_.racks}};
    fabric_.emplace(folder_.fabric_document(), std::move(result));
    fabric_->write();
  }

  std::unique_ptr<Communicator> connect() {
    GlooOptions options;
    options.rank = world_.facts.rank;
    options.size = world_.facts.world_size;
    options.address = client_->local_address();
    options.deadline_s = silence_s(world_.deadline_s);
    options.prefix = "gloo/";
    options.set = [this](const std::string& key, const std::string& value) {
      client_->set(key, value);
    };
    options.get = [this](const std::string& key) { return client_->get(key); };
    client_->barrier("fabric");  // names who is missing, where a key could not
    return open_gloo(options);
  }

  bool measure_collectives(const FabricPlan& plan, const std::atomic<bool>* stop) {
    Progress progress(stderr);
    CollectiveRunOptions options;
    options.sampling = profile_.sampling;
    options.seed = node_.result().run.seed;
    options.members = peers_.names;
    options.stop = stop;
    options.on_progress = [&](std::size_t done, std::size_t total, const std::string& name) {
      if (is_first())
        progress.update(done, total, name,
                        static_cast<double>(total - done) * profile_.sampling.max_time_s);
    };
    options.on_group = [&](const std::vector<Measurement>& measurements) {
      if (!fabric_) return;
      Result& result = fabric_->result();
      result.measurements.insert(result.measurements.end(), measurements.begin(),
                                 measurements.end());
      result.fits = fits_of(result.measurements);
      fabric_->write();
    };
    return run_collectives(*communicator_, *devices_.front(), plan.collectives, options);
  }

  bool measure_pairs(const FabricPlan& plan, const std::atomic<bool>* stop) {
    if (!plan.pairs || world_.facts.world_size < 2) return true;
    PairRunOptions options;
    options.dtype = plan.pairs->dtype;
    options.bytes = plan.pairs->bytes;
    options.seed = node_.result().run.seed;
    options.members = peers_.names;
    options.racks = peers_.racks;
    options.stop = stop;
    options.on_round = [&](const std::vector<Measurement>& measurements) {
      if (fabric_) add_round(measurements);
    };
    if (fabric_) fabric_->result().extensions["isolation"] = isolation_facts(options);
    return run_pairs(*communicator_, *devices_.front(), options);
  }

  void add_round(const std::vector<Measurement>& measurements) {
    Result& result = fabric_->result();
    for (const Measurement& measurement : measurements) {
      result.links.push_back({{"a", measurement.scope.members.at(0)},
                              {"b", measurement.scope.members.at(1)},
                              {"kind", measurement.transport->kind},
                              {"measurement", result.measurements.size()}});
      result.measurements.push_back(measurement);
    }
    fabric_->write();
  }

  ExitCode end(bool whole) {
    end_documents(*client_, folder_, whole ? RunStatus::complete : RunStatus::interrupted, node_,
                  fabric_ ? &*fabric_ : nullptr);
    if (!whole) {
      const std::string signal = signals_.signal_name();
      ended_ = true;
      throw Error(fmt::format("ended by {}: {} has what was measured until then, as interrupted",
                              signal.empty() ? "another rank's signal" : signal,
                              folder_.path().string()));
    }
    if (!is_first()) return outcome_of_rank();
    const Result& shown = fabric_ ? fabric_->result() : node_.result();
    fmt::print("{}\nDocuments: {}\nTo judge them: {}\n", summary(shown), folder_.path().string(),
               check_line(folder_.path().string(), arguments_.value("profile")));
    return outcome(shown);
  }

  /// Of a rank that has no fabric document: of its own cases, if it had any.
  ExitCode outcome_of_rank() const {
    return node_.result().measurements.empty() ? ExitCode::passed : outcome(node_.result());
  }

  const Arguments& arguments_;
  const Profile& profile_;
  const RankWorld& world_;
  const StopSignals& signals_;
  FabricFolder folder_;
  RunDocument node_;
  std::optional<RunDocument> fabric_;
  Devices devices_;
  Peers peers_;
  bool ended_ = false;                          // documents are final: nothing may rewrite them
  std::unique_ptr<rendezvous::Server> server_;  // goes last: it answers the others' goodbyes
  std::unique_ptr<rendezvous::Client> client_;
  std::unique_ptr<Communicator> communicator_;
};

}  // namespace

ExitCode run_fabric(const Arguments& arguments, const Profile& profile, const RankWorld& world,
                    const StopSignals& signals) {
  return FabricRun(arguments, profile, world, signals).run();
}

}  // namespace assay::cli
