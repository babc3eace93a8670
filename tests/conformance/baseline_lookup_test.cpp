// Which baseline rows a measurement may be held to, and how far each may go.
#include "harness/conformance/baseline_lookup.h"

#include <doctest/doctest.h>

#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

constexpr const char* kTriad = "memory_triad.f32.vectorized/bytes1073741824";

RequirementVerdict against(const Result& result, std::vector<Baseline> baselines,
                           const std::string& workload) {
  Profile profile = small_profile();
  profile.requirements = {requirement("throughput_vs_baseline", {{"workload", workload}})};
  return judged(Evidence{{result}, &profile, std::move(baselines)}, "throughput_vs_baseline");
}

Baseline triad_baseline(const std::string& shape) {
  Baseline baseline = passing_baseline();
  BaselineRow& row = baseline.rows.front();
  row.id = CaseId::parse("memory_triad.f32.*/" + shape);
  row.metric = "bytes_per_s";
  row.value = 3e12;
  return baseline;
}

Result slow_triad() {
  Result result = passing_result(small_profile(), "cuda", 1);
  slow_down(measurement_of(result, kTriad, 0), 2);
  return result;
}

Measurement over(const std::string& kind, std::vector<std::string> members) {
  Measurement measurement;
  measurement.transport = Transport{};
  measurement.transport->kind = kind;
  measurement.scope = {"cluster", std::move(members)};
  return measurement;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a row of a neighbouring size on the plateau warns and never fails") {
    CHECK(against(slow_triad(), {triad_baseline("bytes1073741824")}, "memory_triad").verdict ==
          Verdict::fail);
    const RequirementVerdict verdict =
        against(slow_triad(), {triad_baseline("bytes268435456")}, "memory_triad");
    CHECK(verdict.verdict == Verdict::warn);
    CHECK(verdict.reason.find("the nearest row is of bytes268435456") != std::string::npos);
    const Result sound = passing_result(small_profile(), "cuda", 1);
    CHECK(against(sound, {triad_baseline("bytes268435456")}, "memory_triad").verdict ==
          Verdict::pass);
  }

  TEST_CASE("a size below the plateau or too far away is no neighbour") {
    const Result sound = passing_result(small_profile(), "cuda", 1);
    const auto is_neighbour = [&](std::int64_t bytes) {
      const Baseline baseline = triad_baseline("bytes" + std::to_string(bytes));
      return against(sound, {baseline}, "memory_triad").reason_code != "no_baseline";
    };
    constexpr std::int64_t kPlateau = 64 << 20, kMeasured = 1 << 30, kElement = 4;
    CHECK(is_neighbour(kPlateau));
    CHECK_FALSE(is_neighbour(kPlateau - kElement));
    CHECK(is_neighbour(32 * kMeasured));
    CHECK_FALSE(is_neighbour(32 * kMeasured + kElement));
  }

  TEST_CASE("the plateau of a collective begins at a larger size than that of a device") {
    Result result = passing_result(small_profile(), "cuda", 1);
    const DeviceFacts& device = result.nodes.front().devices.front();
    Measurement& one = measurement_of(result, kTriad, 0);
    one.id = CaseId::parse("all_reduce.f32.nccl/bytes1073741824_ranks2");
    one.metrics = {{"bus_bandwidth_bytes_per_s", 1e9}};
    const auto is_neighbour = [&](std::int64_t bytes) {
      Baseline baseline = passing_baseline();
      BaselineRow& row = baseline.rows.front();
      row.id = CaseId::parse("all_reduce.f32.*/bytes" + std::to_string(bytes) + "_ranks2");
      row.series = one.series;
      row.metric = "bus_bandwidth_bytes_per_s";
      row.value = 1e9;
      return find_fabric_row({baseline}, device, {&one}, "2026-11-01", CaseFilter()).row != nullptr;
    };
    CHECK(is_neighbour(512 << 20));
    CHECK_FALSE(is_neighbour((512 << 20) - 4));
  }

  TEST_CASE("a row that does not say its input pattern is used and warns at most of arithmetic") {
    Baseline silent = passing_baseline();
    silent.rows[0].input_pattern.clear();
    Result result = passing_result(small_profile(), "cuda", 1);
    CHECK(against(result, {silent}, "gemm").verdict == Verdict::pass);
    for (const char* id :
         {"gemm.bf16.cublaslt/m8192_n8192_k8192", "gemm.bf16.sm90/m8192_n8192_k8192"})
      slow_down(measurement_of(result, id, 0), 2);
    const RequirementVerdict verdict = against(result, {silent}, "gemm");
    CHECK(verdict.verdict == Verdict::warn);
    CHECK(verdict.reason.find("does not say what data") != std::string::npos);
    CHECK(against(result, {silent, passing_baseline()}, "gemm").verdict == Verdict::fail);
    Baseline memory = triad_baseline("bytes1073741824");
    memory.rows[0].input_pattern.clear();
    CHECK(against(slow_triad(), {memory}, "memory_triad").verdict == Verdict::fail);
  }

  TEST_CASE("of rows of several implementations that of the best one counts in any order") {
    Baseline both = passing_baseline();
    both.rows.push_back(both.rows.front());
    both.rows[0].id = CaseId::parse("gemm.bf16.cublaslt/m8192_n8192_k8192");
    both.rows[0].value *= 0.9;
    both.rows[1].id = CaseId::parse("gemm.bf16.sm90/m8192_n8192_k8192");
    Result result = passing_result(small_profile(), "cuda", 1);
    slow_down(measurement_of(result, "gemm.bf16.sm90/m8192_n8192_k8192", 0), 1.3);
    CHECK(against(result, {both}, "gemm").verdict == Verdict::fail);
    std::swap(both.rows[0], both.rows[1]);
    CHECK(against(result, {both}, "gemm").verdict == Verdict::fail);
  }

  TEST_CASE("a MIG slice is held to rows of such slices and to none of the whole part") {
    Result result = passing_result(small_profile(), "cuda", 1);
    DeviceFacts& device = result.nodes[0].devices[0];
    CHECK(is_of(passing_baseline(), device));
    device.mig = "enabled";
    device.name = "Example GPU MIG 1g.10gb";
    CHECK_FALSE(is_of(passing_baseline(), device));
    const RequirementVerdict verdict = against(result, {passing_baseline()}, "gemm");
    CHECK(verdict.reason_code == "no_baseline");
    CHECK(verdict.reason.find("on Example GPU MIG 1g.10gb") != std::string::npos);
    Baseline slices = passing_baseline();
    slices.sku = device.name;
    CHECK(is_of(slices, device));
  }

  TEST_CASE("without a row speed of light warns of what is implausible and passes nothing") {
    const Result sound = passing_result(small_profile(), "cuda", 1);
    const RequirementVerdict unknown = against(sound, {}, "memory_triad");
    CHECK(unknown.reason_code == "no_baseline");
    CHECK(unknown.reason.find("90 % of speed of light") != std::string::npos);
    const RequirementVerdict slow = against(slow_triad(), {}, "memory_triad");
    CHECK(slow.verdict == Verdict::warn);
    CHECK(slow.reason.find("no baseline row") != std::string::npos);
  }

  TEST_CASE("a case without a row is said once for all devices with what they reach") {
    Result result = passing_result(small_profile(), "cuda", 2);
    slow_down(measurement_of(result, kTriad, 1), 1.2);
    const RequirementVerdict verdict = against(result, {}, "memory_triad");
    CHECK(verdict.reason_code == "no_baseline");
    CHECK(verdict.subjects.size() == 2);
    const std::string said = "no baseline row for memory_triad";
    CAPTURE(verdict.reason);
    REQUIRE(verdict.reason.find(said) == 0);
    CHECK(verdict.reason.find(said, 1) == std::string::npos);
    CHECK(verdict.reason.find("it reaches 75 % to 90 % of speed of light") != std::string::npos);
    // A wrong answer is another requirement's: what it advises is not for the healthy device.
    for (const int failed : {0, 1}) {
      Result wrong = passing_result(small_profile(), "cuda", 2);
      measurement_of(wrong, kTriad, failed).status = MeasurementStatus::failed_verification;
      const RequirementVerdict mixed = against(wrong, {}, "memory_triad");
      CHECK(mixed.reason_code == "no_baseline");
      CHECK(mixed.action == Action::none);
      CHECK(mixed.subjects.size() == 2);
    }
  }

  TEST_CASE("the best of a search is compared with a search and never with one shape") {
    Baseline search = passing_baseline();
    search.rows[0].id = CaseId::parse("gemm.bf16.*/best_of_search");
    search.rows[0].shape = kBestOfSearch;
    search.rows[0].value = 900e12;
    const Result one = passing_result(small_profile(), "cuda", 1);
    CHECK(against(one, {search}, "gemm").reason_code == "no_baseline");
    Profile wide = small_profile();
    for (int m = 1; m <= 8; ++m)
      wide.cases.front().shapes.push_back(
          Shape::parse("m" + std::to_string(m * 1024) + "_n8192_k4096"));
    wide.requirements = {requirement("throughput_vs_baseline", {{"workload", "gemm"}})};
    const RequirementVerdict verdict = judged(
        Evidence{{passing_result(wide, "cuda", 1)}, &wide, {search}}, "throughput_vs_baseline");
    CHECK(verdict.verdict == Verdict::warn);
    CHECK(verdict.reason.find("best of 9 shapes is 78 %") != std::string::npos);
  }

  TEST_CASE("the class of a fabric is its network and its nodes are those of the members") {
    CHECK(fabric_class(over("ib_gdr+nvlink", {})) == "ib");
    CHECK(fabric_class(over("nvls", {})) == "nvlink");
    CHECK(fabric_class(over("collnet_gdr+ib_gdr+nvlink", {})) == "ib");
    CHECK(fabric_class(over("nvlink+pcie", {})) == "nvlink+pcie");
    CHECK(fabric_class(Measurement()) == "");
    CHECK(nodes_of(over("ib", {"a/device0", "a/device1", "b/device0", "c"})) == 3);
  }
}

}  // namespace assay::test
