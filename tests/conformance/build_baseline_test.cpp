// Baselines made from documents, and what judges by them.
#include "harness/conformance/build_baseline.h"

#include <doctest/doctest.h>

#include "harness/core/document.h"
#include "tests/conformance/passing_result.h"
#include "tests/core/refusal.h"

namespace assay::test {

namespace {

constexpr const char* kLibrary = "gemm.bf16.cublaslt/m8192_n8192_k8192";

std::vector<Result> two_nodes() {
  return {passing_result(small_profile(), "cuda", 8, "node-a"),
          passing_result(small_profile(), "cuda", 8, "node-b")};
}

const BaselineRow& row_of(const Baseline& baseline, const std::string& id) {
  for (const BaselineRow& row : baseline.rows)
    if (row.id.str() == id) return row;
  FAIL("no row of " << id);
  return baseline.rows.front();
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a baseline of documents has a row for each case with its count and spread and date") {
    const Baseline baseline = baseline_of(two_nodes(), "ours");
    CHECK(baseline.sku == "example-sxm");
    CHECK(baseline.pci_ids == std::vector<std::string>{"10de:ffff"});
    CHECK(baseline.rows.size() == 3);
    const BaselineRow& row = row_of(baseline, kLibrary);
    CHECK(row.value == 700e12);
    CHECK(row.n == 16);
    CHECK(row.mad == 0);
    CHECK(row.tier == "measured_here");
    CHECK(row.input_pattern == "normal");
    CHECK(row.date == "2026-11-01");
    CHECK(row.expires == "2027-11-01");
    CHECK(row.versions["driver"] == "580.65.06");
    validate(to_json(baseline), DocumentKind::baseline, "the baseline");
  }

  TEST_CASE("outliers are dropped again and again and a small spread drops nobody") {
    std::vector<double> values = {100, 100.1, 99.9, 100.2, 99.8, 100.05, 99.95, 100.1};
    CHECK(without_outliers(values).size() == 8);
    values.push_back(90);  // hidden by the farther one at first
    values.push_back(50);
    CHECK(without_outliers(values).size() == 8);
    CHECK(without_outliers({100, 100, 100, 100.5, 100, 100}).size() == 6);
    CHECK(without_outliers({100, 1, 1000}).size() == 3);
    CHECK(without_outliers({100, 100, 100, 50}).size() == 3);
    // 3.5 times 0.2 % of the median, the least that is taken for a spread.
    CHECK(without_outliers({100, 100, 100, 100.69}).size() == 4);
    CHECK(without_outliers({100, 100, 100, 100.71}).size() == 3);
  }

  TEST_CASE("one bad device of a fleet does not lower what a baseline asks of the others") {
    std::vector<Result> results = two_nodes();
    slow_down(measurement_of(results[0], kLibrary, 3), 1.3);
    const Baseline baseline = baseline_of(results, "ours");
    CHECK(row_of(baseline, kLibrary).value == 700e12);
    CHECK(row_of(baseline, kLibrary).n == 15);
  }

  TEST_CASE("a baseline of messages of a few bytes can be written") {
    std::vector<Result> results = two_nodes();
    for (Result& result : results) {
      Measurement& one = result.measurements.front();
      one.id = CaseId::parse("all_reduce.f32.gloo/bytes8_ranks2");
      one.scope = {"node", {result.nodes.front().name}};
      one.metrics = {{"bus_bandwidth_bytes_per_s", 1.97e3}};
    }
    const Baseline baseline = baseline_of(results, "ours");
    CHECK(row_of(baseline, "all_reduce.f32.gloo/bytes8_ranks2").value == 1.97e3);
    validate(to_json(baseline), DocumentKind::baseline, "the baseline");
  }

  TEST_CASE("the spread of one value is not known") {
    const auto mad_of = [](int devices) {
      return row_of(baseline_of({passing_result(small_profile(), "cuda", devices)}, "ours"),
                    kLibrary)
          .mad;
    };
    CHECK(mad_of(1) == std::nullopt);
    CHECK(mad_of(2) == 0.0);
  }

  TEST_CASE("versions that the runs do not share are left out") {
    std::vector<Result> results = two_nodes();
    results[1].software["driver"] = "570.1";
    const Baseline baseline = baseline_of(results, "ours");
    CHECK_FALSE(baseline.rows.front().versions.contains("driver"));
    CHECK(baseline.rows.front().versions.contains("nccl"));
  }

  TEST_CASE("documents of several SKUs or of simulated and real runs make no baseline") {
    std::vector<Result> results = two_nodes();
    results[1].nodes[0].devices[2].sku = "other-sxm";
    CHECK(refusal([&] { baseline_of(results, "ours"); }).find("one SKU") != std::string::npos);
    results = two_nodes();
    results[1].simulated = true;
    CHECK(refusal([&] { baseline_of(results, "ours"); }).find("simulated") != std::string::npos);
  }

  TEST_CASE("documents of nothing make no baseline and each says what is not there") {
    const auto told = [](const std::vector<Result>& results) {
      return refusal([&] { baseline_of(results, "ours"); });
    };
    CHECK(told({}) == "no result document was given");
    Result result = two_nodes().front();
    Result without_devices = result;
    without_devices.nodes[0].devices.clear();
    CHECK(told({without_devices}) == "the documents are of no device: a baseline is of one SKU");
    result.measurements.clear();
    CHECK(told({result}) == "the documents hold no verified measurement with a rate");
  }

  TEST_CASE("what was measured otherwise has a row of its own") {
    const auto rows_with = [](void (*change)(Measurement&)) {
      std::vector<Result> results = two_nodes();
      for (Result& result : results) result.measurements.resize(1);
      change(results[1].measurements[0]);
      return baseline_of(results, "ours").rows.size();
    };
    CHECK(rows_with([](Measurement&) {}) == 1);
    CHECK(rows_with([](Measurement& one) { one.id.dtype = "f16"; }) == 2);
    CHECK(rows_with([](Measurement& one) { one.series = Series::hot; }) == 2);
    CHECK(rows_with([](Measurement& one) { one.scope.level = "node"; }) == 2);
    CHECK(rows_with([](Measurement& one) { one.input_pattern = "random"; }) == 2);
    CHECK(rows_with([](Measurement& one) { one.metrics = {{"bytes_per_s", 1e9}}; }) == 2);
  }

  TEST_CASE("a row tells the median and its spread and of which runs until which day") {
    std::vector<Result> results = two_nodes();
    results.push_back(passing_result(small_profile(), "cuda", 8, "node-c"));
    for (std::size_t i = 0; i < 3; ++i) {
      results[i].measurements.resize(1);
      results[i].measurements[0].metrics["flop_per_s"] = 100 + static_cast<double>(i * i);
    }
    results[1].run.started = "2026-11-30T23:59:00.000Z";
    Baseline baseline = baseline_of(results, "ours");
    REQUIRE(baseline.rows.size() == 1);
    CHECK(baseline.rows[0].value == 101);
    CHECK(baseline.rows[0].mad == 1.0);
    CHECK(baseline.rows[0].n == 3);
    CHECK(baseline.rows[0].date == "2026-11-30");
    CHECK(baseline.rows[0].expires == "2027-11-30");
    CHECK(baseline.rows[0].source == "assay baseline of 3 runs, run-node-a to run-node-c");
    for (Result& result : results) result.simulated = true;
    baseline = baseline_of(results, "ours");
    CHECK(baseline.rows[0].source ==
          "assay baseline of 3 simulated runs, run-node-a to run-node-c");
  }

  TEST_CASE("MIG slices make a baseline of their own and none with whole devices") {
    std::vector<Result> results = two_nodes();
    const auto slice = [](Result& result) {
      for (DeviceFacts& device : result.nodes[0].devices) {
        device.mig = "enabled";
        device.name = "Example GPU MIG 1g.10gb";
      }
    };
    slice(results[1]);
    CHECK(refusal([&] { baseline_of(results, "ours"); }).find("one SKU") != std::string::npos);
    slice(results[0]);
    const Baseline baseline = baseline_of(results, "ours");
    CHECK(baseline.sku == "Example GPU MIG 1g.10gb");
    CHECK(baseline.pci_ids.empty());
    validate(to_json(baseline), DocumentKind::baseline, "the baseline");
  }

  TEST_CASE("a baseline of simulated documents is marked and judges no measured ones") {
    std::vector<Result> results = two_nodes();
    for (Result& result : results) result.simulated = true;
    const Baseline baseline = baseline_of(results, "ours");
    CHECK(baseline.simulated);
    CHECK(row_of(baseline, kLibrary).tier == "derived");
    Profile profile = small_profile();
    profile.requirements = {requirement("throughput_vs_baseline", {{"workload", "gemm"}})};
    CHECK(judge({results, &profile, {baseline}}).verdict == Verdict::pass);
    const auto judges = [&] { judge({two_nodes(), &profile, {baseline}}); };
    CHECK(refusal(judges).find("judges no measured ones") != std::string::npos);
  }
}

}  // namespace assay::test
