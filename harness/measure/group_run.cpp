// Google Benchmark drives the groups: one registration a group, one iteration each, manual time.
#include <benchmark/benchmark.h>

#include <exception>

#include "harness/measure/group_measure.h"

namespace assay {

namespace {

/// The in-process reporter: what a group measured is taken from the group itself.
class SilentReporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

/// What the registered lambdas share.
struct GroupRun {
  const GroupRunOptions& options;
  std::size_t total = 0;
  std::size_t done = 0;
  std::exception_ptr failure;  // of a callback: the run cannot go on

  bool stopped() const { return failure || (options.stop && options.stop->load()); }
};

void drive(Group& group, GroupRun& run, benchmark::State& state) {
  for ([[maybe_unused]] auto iteration : state) {
    double manual_time_s = 0;
    try {
      if (!run.stopped()) {
        if (run.options.on_progress) run.options.on_progress(run.done, run.total, group.name);
        const std::vector<Measurement> measurements = measure_group(group, run.options);
        for (auto at = measurements.rbegin(); at != measurements.rend(); ++at) {
          if (at->samples) manual_time_s = at->samples->median_s;
        }
        if (!measurements.empty() && run.options.on_group) run.options.on_group(measurements);
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

bool run_groups(std::vector<Group> groups, const GroupRunOptions& options) {
  if (groups.empty()) return true;
  GroupRun run{options, groups.size(), 0, nullptr};
  for (Group& group : groups) {
    // Everything is set here and nothing by flags or environment: their syntax changed between
    // the versions of the library, and ranks that chose their own counts would deadlock.
    const std::string name = group.name + "/" + ::assay::name(group.series);
    benchmark::RegisterBenchmark(
        name.c_str(), [&group, &run](benchmark::State& state) { drive(group, run, state); })
        ->UseManualTime()
        ->Iterations(1)
        ->Repetitions(1);
  }
  SilentReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter, ".");
  benchmark::ClearRegisteredBenchmarks();
  if (run.failure) std::rethrow_exception(run.failure);
  if (options.on_progress && run.done == run.total) options.on_progress(run.done, run.total, "");
  return !run.stopped();
}

}  // namespace assay
