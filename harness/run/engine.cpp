// The steps of a run in their order, and what happens to its documents and peers when one fails.
#include "harness/run/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "collectives/topology/interface_address.h"
#include "harness/core/asked_cases.h"
#include "harness/core/error.h"
#include "harness/run/between_ranks.h"
#include "harness/run/device_lock.h"
#include "harness/run/documents.h"
#include "harness/run/implemented.h"
#include "harness/run/join.h"
#include "harness/run/machine.h"
#include "harness/run/on_devices.h"

namespace assay::run {

namespace {

/// Where in our source a run broke, for the document; a user's screen has the message alone.
std::string with_location(const Error& error) {
  return fmt::format("{} ({}:{})", error.what(), error.where().file_name(), error.where().line());
}

class DocumentSink final : public Sink {
 public:
  DocumentSink(Documents& documents, const RunOptions& options)
      : documents_(documents), options_(options) {}

  void under_way(const Step& step) override {
    if (options_.on_step) options_.on_step(step);
  }
  void measured(Part part, const std::vector<Measurement>& measurements) override {
    documents_.add(part, measurements);
  }

 private:
  Documents& documents_;
  const RunOptions& options_;
};

class Run {
 public:
  explicit Run(const RunOptions& options)
      : options_(options),
        documents_(places_of(options), first_result(options)),
        sink_(documents_, options) {}

  RunEnd run() {
    const Backend backend = choose_for_profile();
    refuse_unusable_nics(backend);  // before anything is waited for
    refuse_local_ranks(backend);
    leaving_error([&] { devices_ = open_devices(backend); });
    const std::vector<DeviceLock> locks = lock_devices(devices_);
    leaving_error([&] { record_machine(documents_.node(), backend, devices_); });
    return guarded([&] {
      meet();
      asked_ =
          asked_of_run(options_.profile, world_.as_asked(devices_), implemented(), options_.filter);
      documents_.write();
      const bool devices_whole = measure_devices();
      const bool whole = measure_ranks(devices_whole) && devices_whole;
      return end(whole);
    });
  }

 private:
  static DocumentPlaces places_of(const RunOptions& options) {
    const std::string& profile = options.profile.name;
    if (!options.meeting && options.local_ranks == 0)
      return file_place(options.output.value_or(default_file(profile)), options.force,
                        options.inputs);
    DocumentPlaces places =
        folder_places(options.output.value_or(default_folder(profile)),
                      options.meeting ? options.meeting->facts.rank : 0, options.force);
    if (options.meeting) return places;  // the ranks decide when they have met
    if (!places.taken.empty()) throw Error(places.taken);
    clear_folder(places);
    return places;
  }
  static Result first_result(const RunOptions& options) {
    Result result = new_result(options.profile, options.seed, options.command, options.version);
    if (options.meeting) result.run.world_size = options.meeting->facts.world_size;
    if (options.local_ranks > 0) result.run.world_size = options.local_ranks;
    return result;
  }

  /// A machine that does not work is found out about by those who read the document.
  template <class Step>
  void leaving_error(const Step& step) {
    try {
      step();
    } catch (const Error& error) {
      if (error.code() == ExitCode::broken) documents_.fail(with_location(error));
      throw;
    } catch (const std::exception& error) {
      documents_.fail(error.what());
      throw;
    }
  }

  /// Where anything goes wrong, the documents that are begun say so, the others are told, and the
  /// line that the user sees names the rank that was lost.
  template <class Step>
  RunEnd guarded(const Step& step) {
    try {
      return step();
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
    if (documents_.is_begun()) documents_.fail(reason);
  }

  void end_others(const std::string& why) noexcept {
    if (ranks_) ranks_->abort();
    if (peers_) peers_->abort(why);
  }

  Backend choose_for_profile() {
    // Before it is chosen, a backend that breaks is the one asked for: auto means cuda here.
    set_backend(documents_.node(), options_.backend == "host" ? Backend::host : Backend::cuda);
    Backend backend = Backend::host;
    leaving_error([&] { backend = choose_backend(options_.backend); });
    set_backend(documents_.node(), backend);
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
    Result& node = documents_.node();
    const RackOfNode racks = racks_of(options_.racks, node.nodes.front());
    if (!options_.meeting) {
      world_ = options_.local_ranks > 0 ? world_of_local_ranks(node, options_.local_ranks, racks)
                                        : world_like(node, 1, racks);
      return;
    }
    leaving_error([&] {
      peers_ = std::make_unique<Peers>(*options_.meeting, options_.deadline_s);
      peers_->client().barrier("all are there");
    });
    world_ = world_met(peers_->client(), node, racks,
                       {options_.filter, options_.nics, documents_.places().taken});
    node.run.id = world_.run_id;
    if (options_.force) clear_folder(documents_.places());
    peers_->client().barrier("the folders are free");  // some may be one
    documents_.write();
  }

  bool measure_devices() {
    const std::vector<Group> groups = groups_on_devices(asked_, devices_, documents_.node());
    const double longest_s = options_.deadline_s + worst_s(groups, options_.profile.sampling);
    const bool whole = measure_on_devices(groups, options_.profile.sampling, options_.stop, sink_);
    if (peers_) peers_->client().barrier("nodes measured", longest_s);
    return whole;
  }

  bool measure_ranks(bool devices_whole) {
    if (!asks_between_ranks(asked_)) return true;
    if (!peers_ && !devices_whole) return true;  // nobody waits for this process
    documents_.begin_between_ranks(world_);
    ranks_ =
        join_ranks(world_, devices_, client(), options_.deadline_s / 2, documents_.node_path());
    const std::atomic<bool> stopped_before{true};
    return measure_between_ranks(
        asked_,
        {world_, options_.profile.sampling, *ranks_, client(), options_.deadline_s, options_.seed,
         devices_whole ? options_.stop : &stopped_before},
        sink_);
  }

  RunEnd end(bool whole) {
    documents_.finish(whole ? RunStatus::complete : RunStatus::interrupted, client());
    return {whole, is_first(), documents_.where(), documents_.shown()};
  }

  rendezvous::Client* client() { return peers_ ? &peers_->client() : nullptr; }
  bool is_first() const { return world_.process == 0; }

  const RunOptions& options_;
  Documents documents_;
  DocumentSink sink_;
  Devices devices_;
  World world_;
  std::vector<AskedGroup> asked_;
  std::unique_ptr<Peers> peers_;
  std::unique_ptr<LocalRanks>
      ranks_;  // goes first: its ranks leave while the others can be reached
};

}  // namespace

RunEnd run(const RunOptions& options) { return Run(options).run(); }

}  // namespace assay::run
