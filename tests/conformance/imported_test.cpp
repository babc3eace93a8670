// Documents of assay import: compared with baselines, and never a pass.
#include <doctest/doctest.h>

#include <algorithm>

#include "harness/conformance/devices.h"
#include "harness/conformance/requirement.h"
#include "tests/conformance/passing_result.h"
#include "tests/conformance/written_result.h"

namespace assay::test {

namespace {

Measurement reported_figure(double bus_bandwidth_bytes_per_s) {
  Measurement figure;
  figure.id = CaseId::parse("all_reduce.bf16.nccl/bytes8589934592_ranks8");
  figure.group = figure.id.group();
  figure.series = Series::hot;
  figure.scope = {"node", {"n1/device0", "n1/device1"}};
  figure.input_pattern = "unstated";
  figure.started = "2026-11-01T10:00:00Z";
  figure.status = MeasurementStatus::reported;
  figure.reason = "reported by nccl-tests (line 12), not verified by Assay";
  figure.metrics = {{"time_s", 0.03}, {"bus_bandwidth_bytes_per_s", bus_bandwidth_bytes_per_s}};
  return figure;
}

Result imported(const std::string& tool) {
  Result result;
  result.status = RunStatus::complete;
  result.run.id = "imported-1";
  result.run.started = result.run.finished = "2026-11-01T10:00:00Z";
  result.run.profile_name = "imported";
  result.run.profile_sha256 = std::string(64, '0');
  result.run.backend = "cuda";
  result.imported.emplace();
  result.imported->tool = tool;
  result.imported->file = "log.txt";
  result.imported->sha256 = std::string(64, '0');
  result.imported->unsaid = {"much"};
  NodeFacts& node = result.nodes.emplace_back();
  node.name = "n1";
  for (int index = 0; index < 2; ++index) {
    DeviceFacts& device = node.devices.emplace_back();
    device.index = index;
    device.uuid = "n1/device" + std::to_string(index);
    device.sku = "h100";
  }
  return result;
}

Baseline all_reduce_baseline() {
  BaselineRow row;
  row.id = CaseId::parse("all_reduce.bf16.*/bytes8589934592_ranks8");
  row.scope_level = "node";
  row.metric = "bus_bandwidth_bytes_per_s";
  row.value = 480e9;
  row.tier = "third_party";
  row.source = "a page";
  row.date = "2026-10-01";
  return {"eight", "h100", {"10de:2330"}, false, {row}};
}

VerdictDocument judged_by_profile(const Result& result, const std::string& profile) {
  const Profile by = load_profile(profile);
  return judge({{result}, &by, {all_reduce_baseline()}});
}

const RequirementVerdict& part_of(const VerdictDocument& document, const std::string& id) {
  const auto found = std::find_if(document.requirements.begin(), document.requirements.end(),
                                  [&](const RequirementVerdict& one) { return one.id == id; });
  REQUIRE(found != document.requirements.end());
  return *found;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("rates that another tool reported agree with each other and with their time") {
    struct Row {
      double time_s, rate, bus;
      const char* refused;
    };
    const double bytes = 8589934592;
    for (const Row& row : {Row{0.03, bytes / 0.03, 1.75 * bytes / 0.03, ""},
                           Row{0.03, bytes / 0.03, 1.8 * bytes / 0.03, "bus_bandwidth_bytes_per_s"},
                           Row{0.03, bytes / 0.02, 1.75 * bytes / 0.02, "bytes_per_s"},
                           Row{0.02, bytes / 0.03, 1.75 * bytes / 0.03, "bytes_per_s"}}) {
      CAPTURE(row.bus);
      Result result = imported("nccl-tests");
      Measurement& figure = result.measurements.emplace_back(reported_figure(row.bus));
      figure.metrics["bytes_per_s"] = row.rate;
      figure.metrics["time_s"] = row.time_s;
      const std::string message = contradiction_in(result);
      CAPTURE(message);
      const std::string refused = std::string("/measurements/0/metrics/") + row.refused + " is ";
      const bool is_refused = message.find(refused) != std::string::npos;
      CHECK(is_refused == (*row.refused != '\0'));
      CHECK((message == "") == (*row.refused == '\0'));
      figure.metrics.erase("bytes_per_s");  // a rate that no schema has a number for
      CHECK(contradiction_in(result) == "");
    }
  }

  TEST_CASE("an imported document that reaches its baseline is a warning and never a pass") {
    Result result = imported("nccl-tests");
    result.measurements = {reported_figure(478e9)};
    const VerdictDocument verdict = judged_by_profile(result, "imported");
    CHECK(verdict.verdict == Verdict::warn);
    CHECK(part_of(verdict, "reported_vs_baseline").verdict == Verdict::pass);
    CHECK(part_of(verdict, "verified_results").verdict == Verdict::not_evaluated);
    CHECK(part_of(verdict, "complete_run").verdict == Verdict::not_evaluated);
    CHECK(part_of(verdict, "reported_checks").reason_code == "not_applicable");
  }

  TEST_CASE("an imported figure far below its baseline is a warning that names it") {
    Result result = imported("nccl-tests");
    result.measurements = {reported_figure(240e9)};
    const VerdictDocument verdict = judged_by_profile(result, "imported");
    CHECK(verdict.verdict == Verdict::warn);
    const RequirementVerdict& one = part_of(verdict, "reported_vs_baseline");
    CHECK(one.verdict == Verdict::warn);
    CHECK(one.reason.find("50 % of the baseline's 480 GB/s") != std::string::npos);
  }

  TEST_CASE("an imported figure without a baseline is not evaluated") {
    Result result = imported("nccl-tests");
    result.measurements = {reported_figure(240e9)};
    result.measurements[0].id.dtype = "f32";
    CHECK(part_of(judged_by_profile(result, "imported"), "reported_vs_baseline").reason_code ==
          "no_baseline");
  }

  TEST_CASE("a figure with a baseline is judged beside figures that have none") {
    Result result = imported("nccl-tests");
    result.measurements = {reported_figure(478e9), reported_figure(240e9), reported_figure(240e9)};
    for (const std::size_t i : {1, 2}) result.measurements[i].id.dtype = "f32";
    const VerdictDocument verdict = judged_by_profile(result, "imported");
    const RequirementVerdict& one = part_of(verdict, "reported_vs_baseline");
    CHECK(one.verdict == Verdict::pass);
    CHECK(one.reason == "1 reported figures reach their baseline, 2 have none");
    CHECK(one.figures["without_baseline"] == 2);
    REQUIRE(one.figures["cases"].size() == 1);
    const Json& entry = one.figures["cases"][0];
    CHECK(entry["case"] == "all_reduce.bf16.nccl/bytes8589934592_ranks8");
    CHECK(entry["bus_bandwidth_bytes_per_s"] == 478e9);
    CHECK(entry["baseline"] == 480e9);
    CHECK(entry["baseline_fraction"].get<double>() == doctest::Approx(478.0 / 480));
    CHECK(entry["warn_below"] == 0.95);
    CHECK(entry["source"] == "a page");
  }

  TEST_CASE("of very many ranks the first are named and the others counted") {
    const auto subject_of_ranks = [](int ranks) {
      Result result = imported("nccl-tests");
      result.measurements = {reported_figure(400e9)};
      Scope& scope = result.measurements[0].scope;
      scope = {"cluster", {}};
      for (int rank = 0; rank < ranks; ++rank)
        scope.members.push_back("n1/device" + std::to_string(rank));
      const VerdictDocument document = judged_by_profile(result, "imported");
      return part_of(document, "verified_results").subjects.at(0).name;
    };
    CHECK(subject_of_ranks(72) ==
          "cluster of n1/device0, n1/device1, n1/device2, n1/device3 and 68 more");
    CHECK(subject_of_ranks(8).ends_with("n1/device6, n1/device7"));
  }

  TEST_CASE("an imported figure is not judged by the baseline of another part") {
    Result result = imported("nccl-tests");
    result.measurements = {reported_figure(240e9)};
    result.nodes[0].devices[1].sku = "h200";
    CHECK(part_of(judged_by_profile(result, "imported"), "reported_vs_baseline").reason_code ==
          "no_baseline");
  }

  TEST_CASE("no built-in profile but its own accepts an imported document") {
    for (const std::string& name : builtin_profile_names()) {
      const Profile profile = load_profile(name);
      for (const std::string& backend : profile.backends) {
        CAPTURE(name);
        CAPTURE(backend);
        // Even one whose every case claims to be measured and right.
        Result result =
            name == "imported" ? imported("nvbandwidth") : passing_result(profile, backend, 2);
        result.run.backend = backend;
        result.imported = imported("nvbandwidth").imported;
        for (Measurement& one : result.measurements) {
          one.status = MeasurementStatus::reported;
          one.reason = "reported by nvbandwidth (line 1), not verified by Assay";
          one.samples.reset();
          one.verification.reset();
          one.speed_of_light_fraction.reset();
        }
        const VerdictDocument verdict = judge({{result}, &profile, {}});
        CHECK(verdict.verdict != Verdict::pass);
        for (const RequirementVerdict& one : verdict.requirements)
          if (one.id == "verified_results") CHECK(one.verdict == Verdict::not_evaluated);
      }
    }
  }

  TEST_CASE("what DCGM complains of is a warning that names the device") {
    Result result = imported("dcgmi");
    result.imported->checks = {{"software", "", "n1", "pass", ""},
                               {"memory", "", "n1/device3", "fail", "other bits"}};
    const VerdictDocument verdict = judged_by_profile(result, "imported");
    CHECK(verdict.verdict == Verdict::warn);
    const RequirementVerdict& one = part_of(verdict, "reported_checks");
    CHECK(one.verdict == Verdict::warn);
    CHECK(one.subjects.at(0).name == "n1/device3");
    CHECK(one.figures["passed"] == 1);
    CHECK(one.figures["not_run"] == 0);
    // As every other requirement names it, where the document describes it.
    result.nodes.resize(1);
    result.nodes[0].name = "n1";
    DeviceFacts& device = result.nodes[0].devices.emplace_back();
    device.index = 3;
    device.uuid = "n1/device3";
    const RequirementVerdict named =
        part_of(judged_by_profile(result, "imported"), "reported_checks");
    CHECK(named.subjects.at(0).name == subject_of({&result, result.nodes.data(), &device}).name);
    result.imported->checks.push_back({"pulse", "", "n1", "skipped", ""});
    CHECK(part_of(judged_by_profile(result, "imported"), "reported_checks").verdict ==
          Verdict::warn);
    CHECK(part_of(judged_by_profile(result, "imported"), "reported_checks").figures["not_run"] ==
          1);
    result.imported->checks[1].status = "unknown";
    CHECK(part_of(judged_by_profile(result, "imported"), "reported_checks").verdict ==
          Verdict::not_evaluated);
  }
}

}  // namespace assay::test
