// Starts workers, answers what they ask, and charges the case under way when one hangs or dies.
#include "harness/run/supervisor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/core/error.h"
#include "harness/measure/device_lost.h"
#include "harness/run/device_lock.h"
#include "harness/run/documents.h"
#include "harness/run/machine.h"
#include "harness/run/messages.h"
#include "harness/run/silence.h"
#include "harness/run/worker_process.h"

namespace assay::run {

namespace {

DocumentPlaces places_of(const RunOptions& options) {
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

Result first_result(const RunOptions& options) {
  Result result = new_result(options.profile, options.seed, options.command, options.version);
  result.run.filter = options.filter;
  if (options.meeting) {
    result.run.world_size = options.meeting->facts.world_size;
    result.run.rank = options.meeting->facts.rank;
  }
  if (options.local_ranks > 0) result.run.world_size = options.local_ranks;
  return result;
}

/// The worker's whole life, but for its death.
void work_and_report(const RunOptions& options, const WorkerStart& start,
                     const std::atomic<bool>& stop, Report& report) {
  try {
    work(options, start, stop, report);
  } catch (const DeviceLost& lost) {
    report.spent(lost.what());
  } catch (const Error& error) {
    report.broken(error.what(), error.code());
  } catch (const std::bad_alloc&) {
    report.broken("out of memory", ExitCode::broken);
  } catch (const std::exception& error) {
    report.broken(fmt::format("unexpected: {}", error.what()), ExitCode::broken);
  }
}

class Supervisor {
 public:
  explicit Supervisor(const RunOptions& options)
      : options_(options),
        places_(places_of(options)),
        first_(first_result(options)),
        documents_(places_, first_) {}

  RunEnd run() {
    while (!ended_) {
      const WorkerStart start{places_, first_, documents_.node().measurements};
      WorkerProcess worker([&](Channel channel) {
        // Alone it waits as long as its supervisor is stopped; of several ranks others wait too.
        if (options_.meeting) channel.set_patience(options_.deadline_s / 2);
        Report report(std::move(channel), *shared_);
        work_and_report(options_, start, shared_->stop, report);
      });
      step_ = Step();
      phase_.clear();
      const std::string death = watch(worker);
      if (!ended_) charge_or_fail(death);
    }
    if (broken_) throw Error(*broken_, code_);
    return {whole_, is_first_, documents_.where(), documents_.shown()};
  }

 private:
  /// Serves the worker until the run has ended (empty) or the worker has, and says how.
  std::string watch(WorkerProcess& worker) {
    Silence silence;
    std::uint64_t beats = shared_->beats.load();
    for (;;) {
      worker.wait_for_message(options_.stop, shared_->stop);
      const bool alive = worker.channel().take_in();
      while (const auto message = worker.channel().next()) {
        // One that is gone may have left more messages.
        (void)worker.channel().send(answer(*message));
        silence.broken();
        if (ended_ || !spent_.empty()) return std::exchange(spent_, "");
      }
      if (!alive) return worker.how_it_ended();
      if (const std::uint64_t now = shared_->beats.load(); now != beats) {
        beats = now;
        silence.broken();
      }
      silence.goes_on(worker.waited_for_core_s());
      const double limit_s = silence_limit_s();
      // Who asked for the end does not wait for a core.
      if ((shared_->stop ? silence.passed_s() : silence.lasts_s()) > limit_s) {
        worker.kill();
        return fmt::format("hung: no progress for {:g} s", limit_s);
      }
    }
  }

  /// How long the worker may keep silent where it is.
  double silence_limit_s() const {
    const double others_s = options_.meeting ? 2 * options_.deadline_s : 0;
    if (shared_->stop) return kStopGrace_s + others_s;
    if (!step_.planned.empty()) return step_.silence_s;
    return kOutsideOfCases_s + others_s + worst_s_;
  }

  Json answer(const Json& message) {
    try {
      return done(message.at(kVerb).get<std::string>(), message);
    } catch (const Error& error) {
      return {{"error", error.what()}, {"code", static_cast<int>(error.code())}};
    } catch (const std::exception& error) {
      return {{"error", error.what()}, {"code", static_cast<int>(ExitCode::broken)}};
    }
  }

  Json done(const std::string& verb, const Json& message) {
    if (verb == "phase") {
      phase_ = message.at("what").get<std::string>();
    } else if (verb == "lock") {
      lock(message.at("devices").get<std::vector<std::string>>());
    } else if (verb == "describe") {
      documents_.describe(result_from_json(message.at("node")));
    } else if (verb == "write") {
      documents_.write();
    } else if (verb == "between_ranks") {
      is_between_ranks_ = true;
      documents_.begin_between_ranks(read_from<FabricFacts>(message.at("fabric")),
                                     read_from<IsolationFacts>(message.at("isolation")));
    } else if (verb == "under_way") {
      step_ = step_from(message.at("step"));
      ended_member_.reset();
      worst_s_ = options_.meeting ? std::max(worst_s_, step_.worst_s) : step_.worst_s;
      if (options_.on_step) options_.on_step(step_);
    } else if (verb == "member_ended") {  // the step goes on with another member
      ended_member_ = shared_->number.load();
      uncharged_ = 0;
      documents_.add(Part::devices, {read_from<Measurement>(message.at("measurement"))});
    } else if (verb == "measured") {
      step_ = Step();
      uncharged_ = 0;
      documents_.add(message.at("between_ranks").get<bool>() ? Part::between_ranks : Part::devices,
                     read_from<std::vector<Measurement>>(message.at("measurements")));
    } else if (verb == "end") {
      const DocumentHashes hashes = documents_.end(read_from<RunStatus>(message.at("status")));
      Json answer{{"node", written(hashes.node)}};
      if (hashes.shared) answer["shared"] = written(*hashes.shared);
      return answer;
    } else if (verb == "name_others") {
      documents_.name_others(read_from<std::vector<NamedDocument>>(message.at("all")));
    } else if (verb == "keep_others") {
      documents_.keep_others(read_from<std::vector<NamedDocument>>(message.at("all")),
                             message.at("texts").get<std::vector<std::string>>());
    } else if (verb == "fail") {
      documents_.fail(message.at("reason").get<std::string>());
    } else if (verb == "finished") {
      whole_ = message.at("whole").get<bool>();
      is_first_ = message.at("is_first").get<bool>();
      ended_ = true;
    } else if (verb == "spent") {
      spent_ = message.at("reason").get<std::string>();
    } else if (verb == "broken") {
      broken_ = message.at("message").get<std::string>();
      code_ = static_cast<ExitCode>(message.at("code").get<int>());
      ended_ = true;
    } else {
      throw Error("the worker asks for '" + verb + "', which nobody knows");
    }
    return Json::object();
  }

  /// Held to the end of this process, also while one worker takes the place of another.
  void lock(const std::vector<std::string>& devices) {
    for (const std::string& device : devices) {
      if (std::find(locked_.begin(), locked_.end(), device) != locked_.end()) continue;
      locks_.emplace_back(device);
      locked_.push_back(device);
    }
  }

  void charge_or_fail(const std::string& death) {
    try {
      charge(death);
    } catch (const Error& error) {  // of the disk
      documents_.fail(error.what());
      throw;
    }
  }

  /// What a worker's end means for the run.
  void charge(const std::string& death) {
    if (shared_->stop && documents_.is_begun()) return end_interrupted();
    if (options_.meeting) {
      say_why_lost(*options_.meeting, death);
      return end_broken(fmt::format("rank {}: {}", rank(), death));
    }
    if (is_between_ranks_) return end_broken(death);
    if (!step_.planned.empty() && shared_->number != ended_member_)
      return documents_.add(Part::devices, charged(death));
    constexpr int kMostUncharged = 2;
    const bool may_go_on =
        documents_.is_begun() && phase_.empty() && ++uncharged_ <= kMostUncharged;
    if (!may_go_on) end_broken(death);
  }

  /// The case under way as an error. Devices that worked at once cannot go on without one of them.
  std::vector<Measurement> charged(const std::string& death) const {
    const auto number = std::min<std::size_t>(shared_->number.load(), step_.planned.size() - 1);
    Measurement culprit = step_.planned[number];
    culprit.reason = death;
    const bool at_once = step_.planned.back().group != step_.planned.front().group;
    if (!at_once) return {culprit};
    std::vector<Measurement> all = step_.planned;
    for (Measurement& other : all)
      other.reason = fmt::format("{} worked at the same time: {}", culprit.group, death);
    all[number] = culprit;
    return all;
  }

  void end_interrupted() {
    whole_ = false;
    ended_ = true;
    const DocumentHashes own = documents_.end(RunStatus::interrupted);
    if (places_.between_ranks.empty()) return;
    std::vector<NamedDocument> all = {own.node};
    if (own.shared) all.push_back(*own.shared);
    documents_.name_others(all);
    documents_.keep_others(all, {});
  }

  void end_broken(const std::string& death) {
    const std::string where = !step_.name.empty() ? "measuring " + step_.name
                              : !phase_.empty()   ? phase_
                                                  : "preparing what is measured next";
    broken_ = fmt::format("{} (while {})", death, where);
    documents_.fail(*broken_);
    ended_ = true;
  }

  int rank() const { return options_.meeting->facts.rank; }

  // A driver that initialises its devices, and ranks that connect, take most of a minute; beyond
  // that come the others' deadlines, and what is measured without a word in between.
  static constexpr double kOutsideOfCases_s = 120;
  // A first Ctrl-C waits for the sample under way; a library that never returns has this long.
  static constexpr double kStopGrace_s = 10;

  const RunOptions& options_;
  const DocumentPlaces places_;
  const Result first_;
  Documents documents_;
  SharedPage shared_;
  std::vector<DeviceLock> locks_;
  std::vector<std::string> locked_;
  Step step_;                                  // without `planned`: no case is under way
  std::optional<std::uint64_t> ended_member_;  // of the step: its number is no case under way
  std::string phase_;                          // outside of groups
  double worst_s_ = 0;  // that groups may still take; of several ranks, that all may take
  bool is_between_ranks_ = false;
  int uncharged_ = 0;  // workers in a row that died between cases
  std::string spent_;  // why the worker gives up
  bool ended_ = false, whole_ = true, is_first_ = true;
  std::optional<std::string> broken_;
  ExitCode code_ = ExitCode::broken;
};

}  // namespace

RunEnd run(const RunOptions& options) { return Supervisor(options).run(); }

}  // namespace assay::run
