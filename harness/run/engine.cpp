// The steps of a run in their order, and what happens to its documents and peers when one fails.
#include "harness/run/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <source_location>

#include "collectives/pair_rounds.h"
#include "collectives/topology/interface_address.h"
#include "harness/core/asked_cases.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/measure/device_lost.h"
#include "harness/run/between_ranks.h"
#include "harness/run/device_lock.h"
#include "harness/run/gather.h"
#include "harness/run/implemented.h"
#include "harness/run/join.h"
#include "harness/run/machine.h"
#include "harness/run/machine_sharing.h"
#include "harness/run/on_devices.h"

namespace assay::run {

namespace {

/// A source file as the repository has it, without where that was on the machine that compiled it.
std::string_view in_repository(std::string_view file) {
  constexpr std::string_view kThisFile = "harness/run/engine.cpp";
  std::string_view root = std::source_location::current().file_name();
  if (root.ends_with(kThisFile)) root.remove_suffix(kThisFile.size());
  return file.starts_with(root) ? file.substr(root.size()) : file;
}

/// Where in our source a run broke, for the document; a user's screen has the message alone.
std::string with_location(const Error& error) {
  return fmt::format("{} ({}:{})", error.what(), in_repository(error.where().file_name()),
                     error.where().line());
}

/// Passes are of samples.
void visit_once(std::vector<Group>& groups, const SamplingRule& rule) {
  for (Group& group : groups) {
    if (!group.sampling) group.sampling = rule;
    group.sampling->passes = 1;
  }
}

class Run {
 public:
  Run(const RunOptions& options, const WorkerStart& start, const std::atomic<bool>& stop,
      Report& report)
      : options_(options), start_(start), stop_(stop), report_(report), node_(start.first) {}

  void run() {
    const Backend backend = choose_for_profile();
    refuse_unusable_nics(backend);  // before anything is waited for
    refuse_local_ranks(backend);
    refuse_verifying_ranks();
    report_.phase("opening the devices");
    leaving_error([&] { devices_ = open_devices(backend); });
    if (!options_.meeting) report_.lock(lock_names(devices_));
    leaving_error([&] { record_machine(node_, backend, devices_); });
    report_.phase("");
    guarded([&] {
      meet();
      asked_ =
          asked_of_run(options_.profile, world_.as_asked(devices_), implemented(), options_.filter);
      write();
      const bool devices_whole = measure_devices();
      const bool whole = measure_ranks(devices_whole) && devices_whole;
      end(whole);
    });
  }

 private:
  /// A machine that does not work is found out about by those who read the document.
  template <class Step>
  void leaving_error(const Step& step) {
    try {
      step();
    } catch (const Error& error) {
      if (error.code() == ExitCode::broken) report_.fail(node_, with_location(error));
      throw;
    } catch (const std::exception& error) {
      report_.fail(node_, error.what());
      throw;
    }
  }

  /// Where anything goes wrong, the documents that were begun record it, the other ranks are
  /// informed, and the line that the user sees names the rank that was lost.
  template <class Step>
  void guarded(const Step& step) {
    try {
      step();
    } catch (const DeviceLost& lost) {
      end_others(lost.what());
      throw;  // the supervisor knows whether another process can go on
    } catch (const LostPeer& lost) {
      const std::string line = peers_ ? peers_->who_was_lost(lost) : lost.what();
      fail(line);
      throw Error(line);
    } catch (const Error& error) {
      end_others(error.what());
      fail(with_location(error));
      throw;
    } catch (const std::exception& error) {
      end_others(error.what());
      fail(error.what());
      throw;
    }
  }

  void fail(const std::string& reason) noexcept {
    if (is_begun_) report_.fail(node_, reason);
  }

  void end_others(const std::string& why) noexcept {
    if (ranks_) ranks_->abort();
    if (peers_) peers_->abort(why);
  }

  Backend choose_for_profile() {
    // Before it is chosen, a backend that breaks is the one asked for: auto means cuda here.
    set_backend(node_, options_.backend == "host" ? Backend::host : Backend::cuda);
    Backend backend = Backend::host;
    leaving_error([&] { backend = choose_backend(options_.backend); });
    set_backend(node_, backend);
    refuse_other_backend(options_.profile, backend);
    return backend;
  }

  void refuse_unusable_nics(Backend backend) const {
    if (options_.nics.empty()) return;
    const CaseIdFilter filter(options_.filter);
    const std::vector<AskedGroup> asked =
        asked_cases(options_.profile, {name(backend), 1, {2}}, implemented());
    const bool has_pairs = std::any_of(asked.begin(), asked.end(), [&](const AskedGroup& group) {
      return group.reach == Reach::rank_pairs &&
             filter.takes(group.id(group.implementations.front()));
    });
    if (!has_pairs)
      throw Error(fmt::format("--nics: profile {} measures no pairs here", options_.profile.name));
    if (backend == Backend::cuda)
      throw Error(
          "--nics: NCCL reads its choice of NICs once for the whole process: start a run for each, "
          "with NCCL_IB_HCA=NAME or NCCL_SOCKET_IFNAME=NAME in the environment of every rank");
    for (const std::string& nic : options_.nics) address_of_interface(nic);
  }

  /// Ranks verify what they then time, in one agreed step.
  void refuse_verifying_ranks() const {
    if (options_.verify_only && (options_.meeting || options_.local_ranks > 0))
      throw Error("--verify-only is for a process alone: leave out the flags of several ranks");
  }

  void refuse_local_ranks(Backend backend) const {
    if (options_.local_ranks == 0) return;
    if (backend == Backend::cuda)
      throw Error(
          "--local-ranks is for the host backend: on GPUs every GPU of the process is a rank, and "
          "CUDA_VISIBLE_DEVICES chooses them");
    if (!asks_between_ranks(options_.profile, name(backend)))
      throw Error(fmt::format("--local-ranks: profile {} measures nothing between ranks",
                              options_.profile.name));
  }

  void meet() {
    const RackOfNode racks = racks_of(options_.racks, node_.nodes.front());
    if (!options_.meeting) {
      world_ = options_.local_ranks > 0 ? world_of_local_ranks(node_, options_.local_ranks, racks)
                                        : world_like(node_, 1, racks);
      return;
    }
    leaving_error([&] {
      peers_ = std::make_unique<Peers>(*options_.meeting, options_.deadline_s);
      peers_->client().barrier("all are there");
    });
    world_ = world_met(peers_->client(), node_, racks,
                       {options_.filter, options_.nics, start_.places.taken});
    node_.run.id = world_.run_id;
    node_.nodes.front().name = world_.nodes.at(static_cast<std::size_t>(world_.process));
    sharing_ = share_machines(peers_->client(), lock_names(devices_));
    report_.lock(sharing_.locks);
    if (options_.force) clear_folder(start_.places);
    peers_->client().barrier("the folders are free");  // some may be one
    write();
  }

  void write() {
    is_begun_ = true;
    report_.write(node_);
  }

  bool measure_devices() {
    const SamplingRule& rule = options_.profile.sampling;
    std::vector<Group> groups = groups_on_devices(
        asked_, devices_, node_, options_.verify_only ? Purpose::verification : Purpose::timing);
    if (options_.verify_only) visit_once(groups, rule);
    const double longest_s = options_.deadline_s + worst_s(groups, rule);
    bool whole = true;
    for (int turn = 0; turn < sharing_.turns; ++turn) {
      if (turn == sharing_.turn && !groups.empty()) {
        measure_bounds(0);
        whole = measure_on_devices(groups,
                                   {rule, start_.recorded, options_.case_deadline_s,
                                    options_.verify_only, [&] { measure_bounds(5); }},
                                   &stop_, report_);
        if (whole) measure_bounds(1);
      }
      if (peers_) peers_->client().barrier(fmt::format("nodes measured, turn {}", turn), longest_s);
    }
    return whole;
  }

  /// Unless it was done less than `pause_s` ago: what is reached later must not exceed its bound.
  void measure_bounds(double pause_s) {
    if (options_.verify_only) return;
    const auto now = std::chrono::steady_clock::now();
    if (std::chrono::duration<double>(now - bounds_measured_).count() < pause_s) return;
    std::vector<DeviceFacts>& facts = node_.nodes.front().devices;
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      devices_[i]->measure_bounds();
      if (devices_[i]->backend() == Backend::host)
        facts.at(i).speed_of_light = devices_[i]->facts().speed_of_light;
    }
    bounds_measured_ = std::chrono::steady_clock::now();
    report_.describe(node_);
  }

  bool measure_ranks(bool devices_whole) {
    if (!asks_between_ranks(asked_) || options_.verify_only) return true;
    if (!peers_ && !devices_whole) return true;  // nobody waits for this process
    if (is_first())
      report_.begin_between_ranks({world_.nodes, world_.racks},
                                  isolation_facts(pair_options(world_, node_.run.seed)));
    ranks_ = join_ranks(world_, devices_, client(), options_.deadline_s / 2, start_.places.node);
    const std::atomic<bool> stopped_before{true};
    return measure_between_ranks(
        asked_,
        {world_, options_.profile.sampling, *ranks_, client(), options_.deadline_s, options_.seed,
         devices_whole ? &stop_ : &stopped_before},
        report_);
  }

  void end(bool whole) {
    const DocumentHashes own = report_.end(whole ? RunStatus::complete : RunStatus::interrupted);
    if (!start_.places.between_ranks.empty()) name_others(own);
    report_.finished(whole, is_first());
  }

  void name_others(const DocumentHashes& own) {
    const std::vector<NamedDocument> all = gather_hashes(client(), own);
    report_.name_others(all);
    std::vector<std::string> texts;
    if (peers_) texts = peers_->client().gather("documents", read_text(start_.places.node));
    if (is_first()) report_.keep_others(all, texts);
  }

  rendezvous::Client* client() { return peers_ ? &peers_->client() : nullptr; }
  bool is_first() const { return world_.process == 0; }

  const RunOptions& options_;
  const WorkerStart& start_;
  const std::atomic<bool>& stop_;
  Report& report_;
  Result node_;  // what this process knows of the run and the machine; measurements go out at once
  bool is_begun_ = false;
  std::chrono::steady_clock::time_point bounds_measured_;
  Devices devices_;
  World world_;
  MachineSharing sharing_;
  std::vector<AskedGroup> asked_;
  std::unique_ptr<Peers> peers_;
  std::unique_ptr<LocalRanks>
      ranks_;  // goes first: its ranks leave while the others can be reached
};

}  // namespace

void work(const RunOptions& options, const WorkerStart& start, const std::atomic<bool>& stop,
          Report& report) {
  Run(options, start, stop, report).run();
}

}  // namespace assay::run
