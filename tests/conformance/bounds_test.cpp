// Nothing is faster than its hardware, and what is says that something was timed wrongly.
#include <doctest/doctest.h>

#include "harness/core/device_light.h"
#include "tests/conformance/passing_result.h"
#include "tests/conformance/written_result.h"

namespace assay::test {

namespace {

constexpr const char* kRead = "memory_read.f32.vectorized/bytes1073741824";
constexpr const char* kGemm = "gemm.bf16.cublaslt/m8192_n8192_k8192";

Result two_gpus() { return written_gpu_result(load_profile("node"), 2); }

RequirementVerdict bounds_verdict(const Result& result) {
  Profile profile = load_profile("node");
  profile.requirements = {requirement("within_bounds")};
  return judged(Evidence{{result}, &profile, {}}, "within_bounds");
}

/// Sets the median so that the case reaches `fraction` of the least time that its bound allows.
void reach(Result& result, const std::string& id, double fraction) {
  Measurement& one = measurement_of(result, id, 1);
  const DeviceFacts& device = *timed_device(result, one);
  const auto least = least_time(work_of(one, device), device.speed_of_light, one.id, one.series);
  one.samples->median_s = least->seconds / fraction;
}

/// One device of a host, whose bound of memory is 10 GB/s.
Result host_reaching(double reached_bytes_per_s) {
  Result result;
  result.run.backend = "host";
  NodeFacts node;
  node.name = "a";
  node.devices.resize(1);
  node.devices[0].uuid = "host-a";
  node.devices[0].speed_of_light.memory_bytes_per_s = 10e9;
  result.nodes = {node};
  Measurement one;
  one.id = CaseId::parse("memory_read.f32.stream/bytes1000000000");
  one.scope = {"device", {"host-a"}};
  one.status = MeasurementStatus::measured;
  one.samples.emplace().median_s = 1e9 / reached_bytes_per_s;
  one.metrics = {{"moved_bytes", 1e9}, {"bytes_per_s", reached_bytes_per_s}};
  result.measurements = {one};
  return result;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("bounds that no tables vouch for are not believed") {
    Result result = two_gpus();
    const std::string own = result.run.tables;
    const auto verdict_of = [&](const std::string& tables, double share) {
      Result changed = result;
      changed.run.tables = tables;
      for (auto& [dtype, rate] : changed.nodes[0].devices[1].speed_of_light.flop_per_s)
        rate *= share;
      return bounds_verdict(changed);
    };
    for (const char* tables : {"", "gpu-0123456789ab"}) {
      CAPTURE(tables);
      CHECK(verdict_of(tables, 1).verdict == Verdict::pass);  // they are what the tables give
      const RequirementVerdict lowered = verdict_of(tables, 0.9);
      CHECK(lowered.verdict == Verdict::not_evaluated);
      CHECK(lowered.reason.find("but the table of GPUs gives") != std::string::npos);
      REQUIRE(lowered.subjects.size() == 1);
      CHECK(lowered.subjects[0].name.find("device 1") != std::string::npos);
    }
    for (DeviceFacts& device : result.nodes[0].devices) device.pci_id.reset();
    CHECK(verdict_of("", 0.9).verdict == Verdict::warn);  // of a part that no table has
    result = two_gpus();
    CHECK(verdict_of("", 0.9).reason.find("does not name the tables") != std::string::npos);
    CHECK(verdict_of("gpu-0123456789ab", 0.9).reason.find("gpu-0123456789ab") != std::string::npos);
    CHECK(verdict_of(own, 1).verdict == Verdict::pass);
    result.measurements.clear();  // no bound is needed to doubt one
    CHECK(verdict_of("", 0.9).reason_code == "missing");
    CHECK(verdict_of("", 1).reason_code == "not_applicable");
  }

  TEST_CASE("a rate beyond a physical bound is a validity failure that names the device") {
    struct Row {
      const char* id;
      double fraction;
      Verdict verdict;
    };
    // The published tensor clock is 1830 MHz, and the highest of the part 1980.
    const double at_boost = 1.98 / 1.83;
    for (const Row& row : {Row{kRead, 0.99, Verdict::pass}, Row{kRead, 1.019, Verdict::pass},
                           Row{kRead, 1.021, Verdict::fail}, Row{kRead, 3.5, Verdict::fail},
                           Row{kGemm, 1.019 * at_boost, Verdict::pass},
                           Row{kGemm, 1.021 * at_boost, Verdict::fail}}) {
      CAPTURE(std::string(row.id));
      CAPTURE(row.fraction);
      Result result = two_gpus();
      reach(result, row.id, row.fraction);
      const RequirementVerdict verdict = bounds_verdict(result);
      CHECK(verdict.verdict == row.verdict);
      CHECK(verdict.axis == Axis::validity);
      if (row.verdict != Verdict::fail) continue;
      CHECK(verdict.reason_code == "beyond_bound");
      CHECK(verdict.reason.find(row.id) != std::string::npos);
      const char* bound = row.id == kGemm ? "its arithmetic at" : "its memory allows";
      CHECK(verdict.reason.find(bound) != std::string::npos);
      REQUIRE(verdict.subjects.size() == 1);
      CHECK(verdict.subjects[0].name.find("device 1") != std::string::npos);
    }
  }

  TEST_CASE("a device whose bounds are not known has nothing that could be exceeded") {
    Result result = two_gpus();
    for (DeviceFacts& device : result.nodes[0].devices) device.speed_of_light = {};
    CHECK(bounds_verdict(result).reason_code == "not_applicable");
  }

  TEST_CASE("the measured bound of a host is raised to what a workload on its memory reaches") {
    for (const auto& [reached, bound] :
         {std::pair(8e9, 10e9), std::pair(10e9, 10e9), std::pair(12e9, 12e9)}) {
      CAPTURE(reached);
      Result result = host_reaching(reached);
      settle_host_bound(result);
      CHECK(*result.nodes[0].devices[0].speed_of_light.memory_bytes_per_s == bound);
      CHECK(*result.measurements[0].speed_of_light_fraction == doctest::Approx(reached / bound));
    }
  }

  TEST_CASE("a GPU's bound is a published figure that nothing raises") {
    Result result = host_reaching(12e9);
    result.run.backend = "cuda";
    settle_host_bound(result);
    CHECK(*result.nodes[0].devices[0].speed_of_light.memory_bytes_per_s == 10e9);
  }

  TEST_CASE("a series from cache raises no bound of memory") {
    Result result = host_reaching(12e9);
    result.measurements[0].series = Series::hot;
    settle_host_bound(result);
    CHECK(*result.nodes[0].devices[0].speed_of_light.memory_bytes_per_s == 10e9);
  }
}

}  // namespace assay::test
