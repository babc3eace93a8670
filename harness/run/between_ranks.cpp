// Hands every local rank its part, and the first rank's measurements to the document.
#include "harness/run/between_ranks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "collectives/agree.h"
#include "collectives/collective_run.h"
#include "collectives/nccl/watch.h"
#include "collectives/pair_rounds.h"
#include "collectives/topology/scopes.h"
#include "collectives/ways.h"
#include "harness/run/gather.h"
#include "harness/cli/progress.h"

namespace assay::cli {

namespace {

/// Tells NCCL for as long as it lives; before and after, the choice is NCCL's or the user's.
class ForcedAlgorithm {
 public:
  explicit ForcedAlgorithm(const std::string& algorithm) { nccl::Watch::force(algorithm, ""); }
  ~ForcedAlgorithm() { nccl::Watch::force(algorithm_, protocol_); }
  ForcedAlgorithm(const ForcedAlgorithm&) = delete;
  ForcedAlgorithm& operator=(const ForcedAlgorithm&) = delete;

 private:
  static std::string now(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? "" : value;
  }
  std::string algorithm_ = now("NCCL_ALGO"), protocol_ = now("NCCL_PROTO");
};

class Measuring {
 public:
  Measuring(const std::vector<AskedGroup>& asked, const FabricMeasuring& with)
      : with_(with), members_(with.world.members()), progress_(stderr) {
    std::vector<std::string> names;
    for (const AskedGroup& group : asked) {
      if (group.reach == Reach::rank_pairs) pairs_ = group;
      if (group.reach != Reach::between_ranks) continue;
      collectives_.push_back(group);
      names.insert(names.end(), group.implementations.begin(), group.implementations.end());
    }
    algorithms_ = forced_algorithms("nccl", names);
  }

  /// Over all ranks, then over the groups of every scope within them, a level's groups at once.
  bool collectives() {
    if (collectives_.empty()) return true;
    const ScopeGroup all = whole_group(with_.world.places);
    const Forced forced = forced_in({all});
    const bool whole = on_every_rank([&](LocalRank& rank) {
      const auto add = [this](const std::vector<Measurement>& measurements) {
        add_group(measurements);
      };
      return collectives_of(all, forced, *rank.world, rank, rank.rank == 0 ? Add(add) : Add());
    });
    if (!whole) return false;
    for (const std::vector<ScopeGroup>& level : groups_within(with_.world.places))
      if (!scopes(level)) return false;
    return true;
  }

  bool pairs() {
    if (!pairs_) return true;
    PairRunOptions options;
    options.dtype = pairs_->dtype;
    options.bytes = static_cast<std::size_t>(pairs_->shape.at("bytes"));
    options.seed = with_.seed;
    options.members = members_;
    for (const RankPlace& place : with_.world.places) options.racks.push_back(place.rack);
    options.nics = with_.world.nics;
    options.level_between = [&places = with_.world.places](int a, int b) {
      return level_shared_by(
          {&places[static_cast<std::size_t>(a)], &places[static_cast<std::size_t>(b)]});
    };
    options.stop = with_.stop;
    if (with_.document != nullptr) with_.document->result().isolation = isolation_facts(options);
    return on_every_rank([&](LocalRank& rank) {
      PairRunOptions own = options;
      if (rank.rank == 0)
        own.on_round = [this](const std::vector<Measurement>& measurements) {
          add_round(measurements);
        };
      std::vector<Communicator*> rails;
      for (const auto& rail : rank.rails) rails.push_back(rail.get());
      return run_pairs(*rank.world, rails, *rank.device, own);
    });
  }

 private:
  using Forced = std::map<std::string, std::string>;  // algorithm, why not
  using Add = std::function<void(const std::vector<Measurement>&)>;

  /// Every group of a level at once; their first ranks' measurements go to the first process.
  bool scopes(const std::vector<ScopeGroup>& level) {
    const std::string name = level.front().scope.level;
    Gathered own;
    std::mutex mutex;
    const Add keep = [&](const std::vector<Measurement>& measurements) {
      const std::lock_guard lock(mutex);
      own.measurements.insert(own.measurements.end(), measurements.begin(), measurements.end());
    };
    with_.ranks.each([&](LocalRank& rank) {
      const ScopeGroup* group = group_of(level, rank);
      if (group == nullptr) return;
      with_.ranks.part(rank, group->ranks,
                       fmt::format("{} of rank {}", name, group->ranks.front()));
    });
    const Forced forced = forced_in(level);
    own.whole = on_every_rank([&](LocalRank& rank) {
      const ScopeGroup* group = group_of(level, rank);
      if (group == nullptr) return true;
      return collectives_of(*group, forced, *rank.part, rank,
                            rank.part->rank() == 0 ? keep : Add());
    });
    const Gathered all = gather_measurements(with_.client, "scope " + name, std::move(own),
                                             with_.deadline_s + longest_s(level));
    if (with_.document != nullptr) add_group(all.measurements);
    return all.whole;
  }

  static const ScopeGroup* group_of(const std::vector<ScopeGroup>& level, const LocalRank& rank) {
    const auto group = std::find_if(level.begin(), level.end(), [&](const ScopeGroup& one) {
      return std::binary_search(one.ranks.begin(), one.ranks.end(), rank.rank);
    });
    return group == level.end() ? nullptr : &*group;
  }

  /// Joins the ranks of every group again for each algorithm that is asked for: libraries take
  /// it from the environment when they are joined, which all ranks of a process share.
  Forced forced_in(const std::vector<ScopeGroup>& level) {
    Forced forced;
    for (const std::string& algorithm : algorithms_) {
      const ForcedAlgorithm told(algorithm);
      std::mutex mutex;
      std::string& why_not = forced[algorithm];
      with_.ranks.each([&](LocalRank& rank) {
        if (group_of(level, rank) == nullptr) return;
        Communicator& all = rank.part ? *rank.part : *rank.world;
        const std::string complaint = complaint_of_forcing(rank, all, algorithm);
        const std::lock_guard lock(mutex);
        if (why_not.empty()) why_not = complaint;
      });
    }
    return forced;
  }

  /// The same on every rank of `all`.
  std::string complaint_of_forcing(LocalRank& rank, Communicator& all,
                                   const std::string& algorithm) {
    std::string own;
    try {
      with_.ranks.force(rank, all, algorithm);
    } catch (const Error& error) {  // also a loss: if a rank is gone, telling the others finds out
      own = error.what();
    }
    return first_complaint(lines_of_all(all, own));
  }

  bool collectives_of(const ScopeGroup& group, const Forced& forced, Communicator& communicator,
                      const LocalRank& rank, const Add& add) {
    CollectiveRunOptions options;
    options.sampling = with_.profile.sampling;
    options.seed = with_.seed;
    options.level = group.scope.level;
    for (const int member : group.ranks)
      options.members.push_back(members_[static_cast<std::size_t>(member)]);
    if (const auto light = speed_of_light(group, with_.world.places))
      options.light_bytes_per_s = light->bytes_per_s;
    for (const auto& [algorithm, why_not] : forced) {
      const auto made = rank.forced.find(algorithm);
      options.forced[algorithm] = {made == rank.forced.end() ? nullptr : made->second.get(),
                                   why_not};
    }
    options.stop = with_.stop;
    options.leads = rank.leads;
    options.on_group = add;
    if (rank.rank == 0)
      options.on_progress = [this](std::size_t done, std::size_t total, const std::string& name) {
        progress_.update(done, total, name,
                         static_cast<double>(total - done) * with_.profile.sampling.max_time_s);
      };
    return run_collectives(communicator, *rank.device, asked_of(group), options);
  }

  /// The collectives that are asked of as many ranks as the scope has.
  std::vector<CollectiveGroup> asked_of(const ScopeGroup& scope) const {
    std::vector<CollectiveGroup> groups;
    for (const AskedGroup& asked : collectives_)
      if (asked.shape.at("ranks") == static_cast<std::int64_t>(scope.ranks.size()))
        groups.push_back({find_collective(asked.workload), asked.dtype,
                          static_cast<std::size_t>(asked.shape.at("bytes")), asked.series,
                          asked.implementations});
    return groups;
  }

  /// The collectives of a level's largest scope, at worst.
  double longest_s(const std::vector<ScopeGroup>& level) const {
    std::size_t most = 0;
    for (const ScopeGroup& scope : level) {
      std::size_t cases = 0;
      for (const CollectiveGroup& group : asked_of(scope)) cases += group.implementations.size();
      most = std::max(most, cases);
    }
    return static_cast<double>(most) * with_.profile.sampling.max_time_s;
  }

  /// False when the ranks agreed to stop: they all say the same.
  template <class Step>
  bool on_every_rank(const Step& step) {
    std::atomic<bool> whole{true};
    with_.ranks.each([&](LocalRank& rank) {
      if (!step(rank)) whole = false;
    });
    return whole;
  }

  void add_group(const std::vector<Measurement>& measurements) {
    Result& result = with_.document->result();
    result.measurements.insert(result.measurements.end(), measurements.begin(), measurements.end());
    result.fits = fits_of(result.measurements);
    with_.document->write();
  }

  void add_round(const std::vector<Measurement>& measurements) {
    Result& result = with_.document->result();
    for (const Measurement& measurement : measurements) {
      result.links.push_back({measurement.scope.members.at(0), measurement.scope.members.at(1),
                              measurement.transport->kind, result.measurements.size()});
      result.measurements.push_back(measurement);
    }
    with_.document->write();
  }

  std::vector<AskedGroup> collectives_;
  std::optional<AskedGroup> pairs_;
  const FabricMeasuring& with_;
  std::vector<std::string> members_;
  std::vector<std::string> algorithms_;  // that an implementation forces
  Progress progress_;
};

}  // namespace

bool measure_between_ranks(const std::vector<AskedGroup>& asked, const FabricMeasuring& measuring) {
  Measuring run(asked, measuring);
  return run.collectives() && run.pairs();
}

}  // namespace assay::cli
