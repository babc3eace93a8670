// Google Benchmark drives the groups: one registration a visit, one iteration each, manual time.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "harness/measure/group_measure.h"

namespace assay {

namespace {

/// The in-process reporter: what a group measured is taken from the group itself.
class SilentReporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

std::string name_of(const Group& group, const Visit& visit) {
  if (visit.passes == 1) return group.name;
  return fmt::format("{}, pass {} of {}", group.name, visit.pass + 1, visit.passes);
}

/// The groups of a run with what their visits have measured so far.
class GroupRun {
 public:
  GroupRun(std::vector<Group> groups, const GroupRunOptions& options)
      : groups_(std::move(groups)),
        options_(options),
        visits_(visits_of(groups_, options.sampling)),
        measurements_(groups_.size()) {}

  const std::vector<Visit>& visits() const { return visits_; }
  bool stopped() const { return options_.stop && options_.stop->load(); }
  std::string name(const Visit& visit) const { return name_of(groups_[visit.group], visit); }
  std::string benchmark(const Visit& visit) const {
    return name(visit) + "/" + ::assay::name(groups_[visit.group].series);
  }

  std::vector<Measurement> measure(const Visit& visit) {
    std::unique_ptr<GroupMeasurement>& measurement = measurements_[visit.group];
    if (!measurement)
      measurement = std::make_unique<GroupMeasurement>(groups_[visit.group], options_);
    std::vector<Measurement> measured = measurement->visit();
    if (!measured.empty() && options_.on_group) options_.on_group(measured);
    if (visit.pass + 1 == visit.passes) measurement.reset();
    return measured;
  }

 private:
  const std::vector<Group> groups_;
  const GroupRunOptions& options_;
  const std::vector<Visit> visits_;
  std::vector<std::unique_ptr<GroupMeasurement>> measurements_;  // by group
};

/// What the registered lambdas share.
struct DrivenRun {
  GroupRun& groups;
  const GroupRunOptions& options;
  std::size_t done = 0;
  std::exception_ptr failure = nullptr;  // of a callback: the run cannot go on

  bool stopped() const { return failure || groups.stopped(); }
};

void drive(const Visit& visit, DrivenRun& run, benchmark::State& state) {
  for ([[maybe_unused]] auto iteration : state) {
    double manual_time_s = 0;
    try {
      if (!run.stopped()) {
        if (run.options.on_progress)
          run.options.on_progress(run.done, run.groups.visits().size(), run.groups.name(visit));
        const std::vector<Measurement> measurements = run.groups.measure(visit);
        for (auto at = measurements.rbegin(); at != measurements.rend(); ++at) {
          if (at->samples) manual_time_s = at->samples->median_s;
        }
        ++run.done;
      }
    } catch (...) {
      run.failure = std::current_exception();
    }
    state.SetIterationTime(manual_time_s);
  }
}

}  // namespace

std::size_t cases_in_turn(const Group& group) {
  return group.together.empty() ? group.members.size() : group.together.front().members.size();
}

std::vector<Visit> visits_of(const std::vector<Group>& groups, const SamplingRule& rule) {
  std::vector<int> passes;
  for (const Group& group : groups) passes.push_back(group.sampling.value_or(rule).passes);
  const int most = passes.empty() ? 0 : *std::max_element(passes.begin(), passes.end());
  std::vector<Visit> visits;
  for (int pass = 0; pass < most; ++pass)
    for (std::size_t i = 0; i < groups.size(); ++i)
      if (pass < passes[i]) visits.push_back({i, pass, passes[i]});
  return visits;
}

bool run_groups(std::vector<Group> groups, const GroupRunOptions& options) {
  if (groups.empty()) return true;
  GroupRun run(std::move(groups), options);
  DrivenRun driven{run, options};
  for (const Visit& visit : run.visits()) {
    // Everything is set here and nothing by flags or environment: their syntax changed between
    // the versions of the library, and ranks that chose their own counts would deadlock.
    benchmark::RegisterBenchmark(
        run.benchmark(visit).c_str(),
        [&visit, &driven](benchmark::State& state) { drive(visit, driven, state); })
        ->UseManualTime()
        ->Iterations(1)
        ->Repetitions(1);
  }
  SilentReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter, ".");
  benchmark::ClearRegisteredBenchmarks();
  if (driven.failure) std::rethrow_exception(driven.failure);
  const std::size_t total = run.visits().size();
  if (options.on_progress && driven.done == total) options.on_progress(total, total, "");
  return !driven.stopped();
}

bool follow_groups(std::vector<Group> groups, const GroupRunOptions& options) {
  GroupRun run(std::move(groups), options);
  for (const Visit& visit : run.visits()) {
    if (run.stopped()) break;
    run.measure(visit);
  }
  return !run.stopped();
}

}  // namespace assay
