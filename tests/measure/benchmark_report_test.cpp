// The report that tools of Google Benchmark read: names, repetitions, aggregates and errors.
#include "harness/measure/benchmark_report.h"

#include <doctest/doctest.h>

#include "harness/core/document.h"

using namespace assay;

namespace {

Measurement measured(const std::string& id, const std::string& device,
                     std::vector<double> values_s) {
  Measurement measurement;
  measurement.id = CaseId::parse(id);
  measurement.scope = {"device", {device}};
  measurement.status = MeasurementStatus::measured;
  measurement.samples = Samples{};
  measurement.samples->count = 1000;
  measurement.samples->median_s = 2e-6;
  measurement.samples->values_s = std::move(values_s);
  measurement.metrics = {{"bytes_per_s", 5e9}};
  return measurement;
}

Measurement not_measured(const std::string& id, MeasurementStatus status) {
  Measurement measurement = measured(id, "host0", {});
  measurement.samples.reset();
  measurement.status = status;
  measurement.reason = "it fell over";
  return measurement;
}

Json report_of(std::vector<Measurement> measurements) {
  Result result;
  result.run.id = "run-1";
  result.run.profile_name = "quick";
  result.run.backend = "host";
  result.measurements = std::move(measurements);
  return parse_json(benchmark_report({result}), "the report");
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a benchmark report has a repetition for each sample and the median as aggregate") {
    const Json report =
        report_of({measured("memory_copy.f32.stream/bytes4096", "host0", {1e-6, 2e-6, 3e-6})});
    CHECK(report["context"]["assay_profile"] == "quick");
    CHECK(report["context"]["num_cpus"].get<int>() > 0);
    const Json& runs = report["benchmarks"];
    REQUIRE(runs.size() == 4);
    CHECK(runs[1]["name"] == "memory_copy.f32.stream/bytes4096/cold");
    CHECK(runs[1]["run_type"] == "iteration");
    CHECK(runs[1]["repetition_index"] == 1);
    CHECK(runs[1]["repetitions"] == 3);
    CHECK(runs[1]["time_unit"] == "ns");
    CHECK(runs[1]["real_time"].get<double>() == doctest::Approx(2000));
    CHECK(runs[1]["label"] == "device host0");
    CHECK(runs[3]["aggregate_name"] == "median");
    CHECK(runs[3]["real_time"].get<double>() == doctest::Approx(2000));
    CHECK(runs[3]["bytes_per_s"].get<double>() == doctest::Approx(5e9));
  }

  TEST_CASE("a benchmark report tells the devices of one case apart") {
    const std::string id = "memory_copy.f32.stream/bytes4096";
    const Json report = report_of({measured(id, "gpu-a", {1e-6}), measured(id, "gpu-b", {1e-6})});
    CHECK(report["benchmarks"][0]["name"] == id + "/cold/device:gpu-a");
    CHECK(report["benchmarks"][2]["name"] == id + "/cold/device:gpu-b");
  }

  TEST_CASE("a benchmark report has a failed case as an error and no case that does not apply") {
    const std::string id = "memory_copy.f32.stream/bytes4096";
    const Json report = report_of({not_measured(id, MeasurementStatus::not_applicable),
                                   not_measured(id, MeasurementStatus::failed_verification)});
    REQUIRE(report["benchmarks"].size() == 1);
    CHECK(report["benchmarks"][0]["error_occurred"] == true);
    CHECK(report["benchmarks"][0]["error_message"] == "failed_verification: it fell over");
  }
}
