// Meets the other ranks, measures with them, and ends with them or within the deadline.
#include "harness/run/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "collectives/rendezvous/client.h"
#include "collectives/rendezvous/server.h"
#include "collectives/topology/interface_address.h"
#include "collectives/topology/scopes.h"
#include "harness/run/device_copies.h"
#include "harness/run/device_lock.h"
#include "harness/run/documents.h"
#include "harness/run/join.h"
#include "harness/run/between_ranks.h"
#include "harness/run/implemented.h"
#include "harness/run/device_groups.h"
#include "harness/run/machine.h"
#include "harness/cli/summary.h"
#include "harness/measure/node.h"

namespace assay::cli {

namespace {

/// How one deadline is spent when a peer is lost: half of it on hearing nothing from the peer, a
/// quarter and at most two seconds on asking the rendezvous who it was.
double silence_s(double deadline_s) { return deadline_s / 2; }
double roll_call_s(double deadline_s) { return deadline_s / 4; }
/// The client waits two seconds longer than it says, for the answer to arrive.
double meeting_s(double deadline_s) { return std::max(deadline_s / 2, deadline_s - 2); }

rendezvous::ClientOptions client_options(const RankWorld& world) {
  return {world.facts.rendezvous, world.facts.rank, world.facts.world_size, world.token,
          meeting_s(world.deadline_s)};
}

std::unique_ptr<rendezvous::Server> serve(const RankWorld& world) {
  if (world.facts.rank != 0) return nullptr;
  rendezvous::ServerOptions options;
  options.port = world.facts.rendezvous.port;
  options.world_size = world.facts.world_size;
  options.token = world.token;
  options.log = [](const std::string& line) { fmt::print(stderr, "assay: {}\n", line); };
  return std::make_unique<rendezvous::Server>(std::move(options));
}

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
    // Before anything is waited for.
    check_nics(backend, CaseIdFilter(filter));
    devices_ = or_fail(node_, [&] { return open_devices(backend); });
    const std::vector<DeviceLock> locks = lock_devices(devices_);
    record_machine(node_.result(), backend, devices_);
    node_.write();
    return guarded([&] {
      meet_others();
      const std::vector<AskedGroup> asked = asked_of_run(
          profile_,
          {name(backend), static_cast<int>(devices_.size()), sizes_of_groups(fabric_world_.places)},
          implemented(), filter);
      const bool node_whole = measure_node(asked);
      const bool fabric_whole = measure_fabric(asked, node_whole);
      return end(node_whole && fabric_whole);
    });
  }

 private:
  Result first_result() const {
    Result result = new_result(profile_, arguments_);
    result.run.world_size = world_.facts.world_size;
    return result;
  }
  void check_nics(Backend backend, const CaseIdFilter& filter) const {
    const std::vector<std::string> nics = nics_of(arguments_);
    if (nics.empty()) return;
    const std::vector<AskedGroup> asked =
        asked_cases(profile_, {name(backend), 1, {2}}, implemented());
    const bool has_pairs = std::any_of(asked.begin(), asked.end(), [&](const AskedGroup& group) {
      return group.reach == Reach::rank_pairs &&
             filter.takes(group.id(group.implementations.front()));
    });
    if (!has_pairs)
      throw Error(fmt::format("--nics: profile {} measures no pairs here", profile_.name));
    if (backend == Backend::cuda)
      throw Error(
          "--nics: NCCL reads its choice of NICs once for the whole process: start a run for each, "
          "with NCCL_IB_HCA=NAME or NCCL_SOCKET_IFNAME=NAME in the environment of every rank");
    for (const std::string& nic : nics) address_of_interface(nic);
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
      if (ranks_) ranks_->abort();
      if (client_) client_->abort(why);
    } catch (const std::exception&) {
      // The rendezvous is what broke, or has ended the run already.
    }
  }

  void fail(const std::string& line) noexcept {
    node_.fail(line);
    if (fabric_) fabric_->fail(line);
  }

  void meet_others() {
    server_ = serve(world_);
    client_ = std::make_unique<rendezvous::Client>(client_options(world_));
    const RackOfNode racks = racks_of(arguments_, node_.result().nodes.front());
    fabric_world_ = meet(*client_, node_.result(), racks, nics_of(arguments_));
    node_.result().run.id = fabric_world_.run_id;
    node_.write();
  }

  bool measure_node(const std::vector<AskedGroup>& asked) {
    std::vector<Group> groups = groups_for(asked, devices_, node_.result().run.seed);
    for (Group& group : device_copies(asked, devices_, node_.result()))
      groups.push_back(std::move(group));
    double longest_s = world_.deadline_s;
    for (const Group& group : groups)
      longest_s += static_cast<double>(cases_in_turn(group)) * profile_.sampling.max_time_s;
    const bool whole = measure(node_, std::move(groups), profile_.sampling, signals_);
    client_->barrier("nodes measured", longest_s);
    return whole;
  }

  bool measure_fabric(const std::vector<AskedGroup>& asked, bool node_whole) {
    if (!asks_between_ranks(asked)) return true;
    if (is_first()) begin_fabric_document();
    ranks_ = join_ranks(fabric_world_, devices_, client_.get(), silence_s(world_.deadline_s),
                        node_.path());
    std::atomic<bool> ended_before{!node_whole};
    return measure_between_ranks(
        asked, {fabric_world_, profile_, *ranks_, client_.get(), world_.deadline_s,
                fabric_ ? &*fabric_ : nullptr, node_.result().run.seed,
                node_whole ? signals_.flag() : &ended_before});
  }

  void begin_fabric_document() {
    Result result = first_result();
    result.run.id = fabric_world_.run_id;
    result.run.backend = node_.result().run.backend;
    result.simulated = node_.result().simulated;
    result.software = node_.result().software;
    result.fabric = FabricFacts{fabric_world_.nodes, fabric_world_.racks};
    fabric_.emplace(folder_.fabric_document(), std::move(result));
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
  FabricWorld fabric_world_;
  bool ended_ = false;                          // documents are final: nothing may rewrite them
  std::unique_ptr<rendezvous::Server> server_;  // goes last: it answers the others' goodbyes
  std::unique_ptr<rendezvous::Client> client_;
  std::unique_ptr<LocalRanks> ranks_;
};

}  // namespace

ExitCode run_fabric(const Arguments& arguments, const Profile& profile, const RankWorld& world,
                    const StopSignals& signals) {
  return FabricRun(arguments, profile, world, signals).run();
}

}  // namespace assay::cli
