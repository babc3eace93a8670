// Hands every local rank its part, and the first rank's measurements to the document.
#include "harness/cli/fabric_measure.h"

#include "collectives/pair_rounds.h"
#include "harness/cli/progress.h"

namespace assay::cli {

namespace {

class Measuring {
 public:
  Measuring(const FabricPlan& plan, const FabricMeasuring& with)
      : plan_(plan), with_(with), members_(with.world.members()), progress_(stderr) {}

  bool collectives() {
    if (plan_.collectives.empty()) return true;
    return on_every_rank([&](LocalRank& rank) {
      CollectiveRunOptions options;
      options.sampling = with_.profile.sampling;
      options.seed = with_.seed;
      options.members = members_;
      options.stop = with_.stop;
      options.leads = rank.leads;
      if (rank.rank == 0) {
        options.on_progress = [this](std::size_t done, std::size_t total, const std::string& name) {
          progress_.update(done, total, name,
                           static_cast<double>(total - done) * with_.profile.sampling.max_time_s);
        };
        options.on_group = [this](const std::vector<Measurement>& measurements) {
          add_group(measurements);
        };
      }
      return run_collectives(*rank.world, *rank.device, plan_.collectives, options);
    });
  }

  bool pairs() {
    if (!plan_.pairs || members_.size() < 2) return true;
    PairRunOptions options;
    options.dtype = plan_.pairs->dtype;
    options.bytes = plan_.pairs->bytes;
    options.seed = with_.seed;
    options.members = members_;
    for (const RankPlace& place : with_.world.places) options.racks.push_back(place.rack);
    options.stop = with_.stop;
    if (with_.document != nullptr)
      with_.document->result().extensions["isolation"] = isolation_facts(options);
    return on_every_rank([&](LocalRank& rank) {
      PairRunOptions own = options;
      if (rank.rank == 0)
        own.on_round = [this](const std::vector<Measurement>& measurements) {
          add_round(measurements);
        };
      return run_pairs(*rank.world, *rank.device, own);
    });
  }

 private:
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
      result.links.push_back({{"a", measurement.scope.members.at(0)},
                              {"b", measurement.scope.members.at(1)},
                              {"kind", measurement.transport->kind},
                              {"measurement", result.measurements.size()}});
      result.measurements.push_back(measurement);
    }
    with_.document->write();
  }

  const FabricPlan& plan_;
  const FabricMeasuring& with_;
  std::vector<std::string> members_;
  Progress progress_;
};

}  // namespace

bool measure_between_ranks(const FabricPlan& plan, const FabricMeasuring& measuring) {
  Measuring run(plan, measuring);
  return run.collectives() && run.pairs();
}

}  // namespace assay::cli
