// Feeds Google Benchmark's JSON reporter with what a run has measured.
#include "harness/measure/benchmark_report.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <sstream>

namespace assay {

namespace {

using Run = benchmark::BenchmarkReporter::Run;

std::string case_and_series(const Measurement& measurement) {
  return measurement.id.str() + "/" + name(measurement.series);
}

/// Google Benchmark 1.8 replaced `error_occurred` by a kind of skip: Debian 12 has 1.7,
/// Ubuntu 24.04 has 1.8.
template <typename AnyRun>
void set_error(AnyRun& run, const std::string& reason) {
  if constexpr (requires { run.error_occurred; }) {
    run.error_occurred = true;
    run.error_message = reason;
  } else {
    run.skipped = static_cast<decltype(run.skipped)>(2);  // internal::SkippedWithError
    run.skip_message = reason;
  }
}

/// The runs of one measurement.
class Repetitions {
 public:
  Repetitions(const Measurement& measurement, const std::string& name, std::int64_t family)
      : measurement_(measurement) {
    common_.run_name.function_name = name;
    common_.family_index = family;
    common_.per_family_instance_index = 0;
    common_.repetition_index = Run::no_repetition_index;
    common_.repetitions = 1;
    common_.time_unit = benchmark::kNanosecond;
    common_.statistics = nullptr;
    common_.report_label =
        fmt::format("{} {}", measurement.scope.level, fmt::join(measurement.scope.members, " "));
  }

  std::vector<Run> runs() {
    if (!measurement_.samples) return {error()};
    const std::vector<double>& values = measurement_.samples->values_s;
    common_.repetitions = static_cast<std::int64_t>(values.size());
    std::vector<Run> runs;
    for (const double value : values) runs.push_back(sample(value, std::ssize(runs)));
    runs.push_back(median());
    return runs;
  }

 private:
  Run sample(double seconds, std::int64_t index) const {
    Run run = common_;
    run.repetition_index = index;
    run.real_accumulated_time = seconds;
    return run;
  }

  Run median() const {
    Run run = common_;
    run.run_type = Run::RT_Aggregate;
    run.aggregate_name = "median";
    run.iterations = common_.repetitions;  // as in the library's own aggregates
    run.real_accumulated_time =
        measurement_.samples->median_s * static_cast<double>(run.iterations);
    for (const auto& [metric, value] : measurement_.metrics) run.counters[metric] = value;
    return run;
  }

  Run error() const {
    Run run = common_;
    run.iterations = 0;
    set_error(run, fmt::format("{}: {}", name(measurement_.status), measurement_.reason));
    return run;
  }

  const Measurement& measurement_;
  Run common_;
};

void report_context(benchmark::JSONReporter& reporter, const Result& result) {
  benchmark::AddCustomContext("assay_run", result.run.id);
  benchmark::AddCustomContext("assay_profile", result.run.profile_name);
  benchmark::AddCustomContext("assay_backend", result.run.backend);
  benchmark::AddCustomContext("assay_status", name(result.status));
  benchmark::BenchmarkReporter::Context context;
  context.name_field_width = 0;
  context.executable_name = "assay";
  reporter.ReportContext(context);
}

}  // namespace

std::string benchmark_report(const std::vector<Result>& documents) {
  std::map<std::string, int> scopes;
  for (const Result& result : documents)
    for (const Measurement& measurement : result.measurements)
      ++scopes[case_and_series(measurement)];

  std::ostringstream text;
  benchmark::JSONReporter reporter;
  reporter.SetOutputStream(&text);
  reporter.SetErrorStream(&text);
  report_context(reporter, documents.at(0));
  std::int64_t family = 0;
  for (const Result& result : documents) {
    for (const Measurement& measurement : result.measurements) {
      if (measurement.status == MeasurementStatus::not_applicable) continue;
      std::string name = case_and_series(measurement);
      if (scopes[name] > 1)
        name += fmt::format("/{}:{}", measurement.scope.level,
                            fmt::join(measurement.scope.members, "+"));
      reporter.ReportRuns(Repetitions(measurement, name, family++).runs());
    }
  }
  reporter.Finalize();
  return text.str();
}

OutputKind benchmark_report_kind() {
  return {"a report of Google Benchmark", [](const std::string& text) {
            const Json report = parse_json(text, "the file");
            return report.is_object() && report.contains("context") &&
                   report.contains("benchmarks");
          }};
}

}  // namespace assay
