// Hands every local rank its part, and the measurements of the first ranks to the sink.
#include "harness/run/between_ranks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "collectives/agree.h"
#include "collectives/nccl/watch.h"
#include "collectives/topology/scopes.h"
#include "collectives/variants.h"
#include "harness/run/gather.h"
#include "harness/run/newest.h"

namespace assay::run {

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

/// The most that share one.
int ranks_of_device(const std::vector<RankPlace>& places) {
  std::map<std::string, int> ranks;
  for (const RankPlace& place : places) ++ranks[place.device];
  int most = 1;
  for (const auto& [device, count] : ranks) most = std::max(most, count);
  return most;
}

class RankMeasurer {
 public:
  RankMeasurer(const std::vector<AskedGroup>& asked, const BetweenRanks& with, Sink& sink)
      : with_(with), sink_(sink), members_(with.world.members()) {
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
      return collectives_of(all, forced, *rank.world, rank, rank.rank == 0 ? to_sink() : Keep());
    });
    if (!whole) return false;
    for (const std::vector<ScopeGroup>& level : groups_within(with_.world.places))
      if (!scopes(level)) return false;
    return true;
  }

  bool pairs() {
    if (!pairs_) return true;
    PairRunOptions options = pair_options(with_.world, with_.seed);
    options.dtype = pairs_->dtype;
    options.bytes = static_cast<std::size_t>(pairs_->shape.at("bytes"));
    options.stop = with_.stop;
    return on_every_rank([&](LocalRank& rank) {
      PairRunOptions own = options;
      if (rank.rank == 0) own.on_round = to_sink();
      std::vector<Communicator*> rails;
      for (const auto& rail : rank.rails) rails.push_back(rail.get());
      return run_pairs(*rank.world, rails, *rank.device, own);
    });
  }

 private:
  using Forced = std::map<std::string, std::string>;  // algorithm, why not
  using Keep = std::function<void(const std::vector<Measurement>&)>;

  Keep to_sink() {
    return [this](const std::vector<Measurement>& measurements) {
      sink_.measured(Part::between_ranks, measurements);
    };
  }

  /// Every group of a level at once; their first ranks' measurements go to the first process.
  bool scopes(const std::vector<ScopeGroup>& level) {
    const std::string name = level.front().scope.level;
    Gathered own;
    std::mutex mutex;
    const Keep keep = [&](const std::vector<Measurement>& measurements) {
      const std::lock_guard lock(mutex);
      for (const Measurement& one : measurements) keep_newest(one, own.measurements);
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
                            rank.part->rank() == 0 ? keep : Keep());
    });
    const Gathered all = gather_measurements(with_.client, "scope " + name, std::move(own),
                                             with_.deadline_s + longest_s(level));
    if (!all.measurements.empty()) sink_.measured(Part::between_ranks, all.measurements);
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
      const ForcedAlgorithm forced_algorithm(algorithm);
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
                      const LocalRank& rank, const Keep& keep) {
    CollectiveRunOptions options;
    options.sampling = with_.sampling;
    options.seed = with_.seed;
    options.level = group.scope.level;
    for (const int member : group.ranks)
      options.members.push_back(members_[static_cast<std::size_t>(member)]);
    options.light = speed_of_light(group, with_.world.places);
    for (const auto& [algorithm, why_not] : forced) {
      const auto made = rank.forced.find(algorithm);
      options.forced[algorithm] = {made == rank.forced.end() ? nullptr : made->second.get(),
                                   why_not};
    }
    options.ranks_of_device = ranks_of_device(with_.world.places);
    options.stop = with_.stop;
    options.is_first_of_process = rank.is_first_of_process;
    options.on_group = keep;
    if (rank.is_first_of_process)
      options.on_progress = [this](std::size_t done, std::size_t total, const std::string& name) {
        sink_.under_way(
            {done,
             total,
             name,
             static_cast<double>(total - done) * with_.sampling.max_time_s / with_.sampling.passes,
             0,
             {}});
      };
    return run_collectives(communicator, *rank.device,
                           collectives_over(collectives_, group.ranks.size()), options);
  }

  /// The collectives of a level's largest scope, at worst.
  double longest_s(const std::vector<ScopeGroup>& level) const {
    double most = 0;
    for (const ScopeGroup& scope : level) {
      double seconds = 0;
      for (const CollectiveGroup& group : collectives_over(collectives_, scope.ranks.size()))
        seconds += static_cast<double>(group.implementations.size()) *
                   group.sampling.value_or(with_.sampling).max_time_s;
      most = std::max(most, seconds);
    }
    return most;
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

  std::vector<AskedGroup> collectives_;
  std::optional<AskedGroup> pairs_;
  const BetweenRanks& with_;
  Sink& sink_;
  std::vector<std::string> members_;
  std::vector<std::string> algorithms_;  // that an implementation forces
};

}  // namespace

bool measure_between_ranks(const std::vector<AskedGroup>& asked, const BetweenRanks& with,
                           Sink& sink) {
  RankMeasurer measurer(asked, with, sink);
  return measurer.collectives() && measurer.pairs();
}

std::vector<CollectiveGroup> collectives_over(const std::vector<AskedGroup>& asked,
                                              std::size_t ranks) {
  std::vector<CollectiveGroup> groups;
  for (const AskedGroup& group : asked)
    if (group.reach == Reach::between_ranks &&
        group.shape.at("ranks") == static_cast<std::int64_t>(ranks))
      groups.push_back({find_collective(group.workload), group.dtype,
                        static_cast<std::size_t>(group.shape.at("bytes")), group.series,
                        group.implementations, group.sampling});
  return groups;
}

PairRunOptions pair_options(const World& world, std::uint64_t seed) {
  PairRunOptions options;
  options.seed = seed;
  options.members = world.members();
  for (const RankPlace& place : world.places) options.racks.push_back(place.rack);
  options.nics = world.nics;
  options.level_between = [places = world.places](int a, int b) {
    return level_shared_by(
        {&places[static_cast<std::size_t>(a)], &places[static_cast<std::size_t>(b)]});
  };
  return options;
}

}  // namespace assay::run
