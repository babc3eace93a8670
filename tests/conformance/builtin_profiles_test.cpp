// The profiles and baselines that the executable carries, on machines as they are.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/core/asked_cases.h"
#include "harness/core/dtype.h"
#include "harness/core/workload.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

VerdictDocument quick_on_host(const Result& result, const Profile& profile) {
  return judge({{result}, &profile, builtin_baselines()});
}

void make_not_applicable(Measurement& measurement, const std::string& reason) {
  measurement.status = MeasurementStatus::not_applicable;
  measurement.reason = reason;
  measurement.samples.reset();
  measurement.verification.reset();
  measurement.metrics.clear();
  measurement.speed_of_light_fraction.reset();
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("node takes at most five minutes on eight devices and says so") {
    constexpr int kDevices = 8;
    const Profile profile = load_profile("node");
    double seconds = 0;
    for (const ProfileCases& line : profile.cases) {
      if (line.backend != "cuda") continue;
      int turns = line.scope == "node" ? 1 : kDevices;
      // Every ordered pair alone, then as many rounds of disjoint pairs, in both directions.
      if (line.workload == "device_to_device") turns = (kDevices + 2) * (kDevices - 1);
      const double most_s = line.sampling.value_or(profile.sampling).max_time_s;
      seconds += turns * most_s * static_cast<double>(line.shapes.size() * line.dtypes.size());
    }
    CHECK(seconds > 100);
    CHECK(seconds <= profile.duration_s.at("cuda"));
    CHECK(profile.duration_s.at("cuda") <= 300);
  }

  TEST_CASE("what users run on a GPU measures our product beside the library") {
    for (const char* name : {"node", "quick", "training", "inference"}) {
      CAPTURE(name);
      std::map<std::string, std::set<std::string>> beside;  // by shape
      for (const ProfileCases& line : load_profile(name).cases) {
        if (line.workload != "gemm" || line.backend != "cuda" || line.scope == "node") continue;
        if (std::find(line.dtypes.begin(), line.dtypes.end(), "bf16") == line.dtypes.end())
          continue;
        for (const Shape& shape : line.shapes)
          beside[shape.str()].insert(line.implementations.begin(), line.implementations.end());
      }
      CHECK(std::any_of(beside.begin(), beside.end(), [](const auto& one) {
        return one.second.contains("sm90") && one.second.contains("cublaslt");
      }));
    }
  }

  TEST_CASE("prefill and gradients on a GPU are measured beside cuDNN") {
    for (const char* name : {"node", "quick", "training", "inference"})
      for (const ProfileCases& line : load_profile(name).cases) {
        if (line.backend != "cuda" || line.dtypes != std::vector<std::string>{"bf16"}) continue;
        if (line.workload != "attention_forward" && line.workload != "attention_backward") continue;
        CAPTURE(name);
        CAPTURE(line.workload);
        CHECK(std::find(line.implementations.begin(), line.implementations.end(), "cudnn") !=
              line.implementations.end());
      }
  }

  TEST_CASE(
      "attention over a prompt is measured from compute capability 8 on and judged to Hopper") {
    const auto kernels_for = [](const Profile& profile, const char* capability) {
      std::set<std::string> kernels;
      for (const AskedGroup& group : asked_cases(profile, {"cuda", 1, {1}, capability}))
        if (group.workload == "attention_forward" && group.dtype == "bf16")
          kernels.insert(group.implementations.begin(), group.implementations.end());
      return kernels;
    };
    for (const char* name : {"node", "quick", "training", "inference"}) {
      CAPTURE(name);
      const Profile profile = load_profile(name);
      const auto judged = std::find_if(
          profile.requirements.begin(), profile.requirements.end(), [](const auto& one) {
            return one.kind == "throughput_vs_speed_of_light" &&
                   one.parameters.value("workload", Json()) == "attention_forward" &&
                   one.parameters.value("dtype", "") == "bf16";
          });
      REQUIRE(judged != profile.requirements.end());
      for (const std::string capability :
           {"8.0", "8.6", "8.7", "8.9", "9.0", "10.0", "10.3", "11.0", "12.0", "12.1"}) {
        CAPTURE(capability);
        const std::string ours = capability == "9.0" ? "sm90" : "sm80";
        CHECK(kernels_for(profile, capability.c_str()) == std::set<std::string>{ours, "cudnn"});
        const Json& capable = judged->applies_when["compute_capability"];
        const bool is_judged =
            std::find(capable.begin(), capable.end(), capability) != capable.end();
        // No share of speed of light is known that Ampere's instructions reach on later GPUs.
        CHECK(is_judged == (capability.size() == 3));
      }
      CHECK(kernels_for(profile, "7.5").empty());
    }
  }

  TEST_CASE("quick on a healthy host passes and needs no baseline") {
    const Profile profile = load_profile("quick");
    const VerdictDocument verdict = quick_on_host(passing_result(profile, "host", 1), profile);
    CHECK(verdict.verdict == Verdict::pass);
    for (const RequirementVerdict& one : verdict.requirements) {
      CAPTURE(one.id);
      const bool is_fine = one.verdict == Verdict::pass || one.reason_code == "not_applicable";
      CHECK(is_fine);
    }
  }

  TEST_CASE("quick on a host without OpenBLAS passes on its own kernel") {
    const Profile profile = load_profile("quick");
    Result result = passing_result(profile, "host", 1);
    for (Measurement& one : result.measurements) {
      if (one.id.implementation == "openblas") make_not_applicable(one, "libopenblas is absent");
    }
    CHECK(quick_on_host(result, profile).verdict == Verdict::pass);
  }

  TEST_CASE("quick on a noisy host of unknown speed of light warns and never fails") {
    const Profile profile = load_profile("quick");
    Result result = passing_result(profile, "host", 1);
    for (Measurement& one : result.measurements) {
      one.speed_of_light_fraction.reset();
      one.samples->ci_high_s = 1.5 * one.samples->median_s;
      one.samples->count = 3;
      one.samples->stop_reason = "max_time";
    }
    CHECK(quick_on_host(result, profile).verdict == Verdict::warn);
  }

  TEST_CASE("quick fails on a host that computes a wrong answer") {
    const Profile profile = load_profile("quick");
    Result result = passing_result(profile, "host", 1);
    result.measurements.back().status = MeasurementStatus::failed_verification;
    CHECK(quick_on_host(result, profile).verdict == Verdict::fail);
  }

  TEST_CASE("training and inference on a host alone leave out what is between ranks") {
    for (const char* name : {"training", "inference"}) {
      CAPTURE(name);
      const Profile profile = load_profile(name);
      Result result = passing_result(profile, "host", 1);
      std::erase_if(result.measurements,
                    [](const Measurement& one) { return spans_ranks(one.id.workload); });
      CHECK(judge({{result}, &profile, {}}).verdict == Verdict::pass);
      result.run.world_size = 2;
      CHECK(judge({{result}, &profile, {}}).verdict == Verdict::fail);
    }
  }

  TEST_CASE("every built-in requirement says why it matters") {
    for (const std::string& name : builtin_profile_names())
      for (const ProfileRequirement& one : load_profile(name).requirements) {
        CAPTURE(name);
        CAPTURE(one.id);
        CHECK_FALSE(one.why.empty());
      }
  }

  TEST_CASE("every built-in profile names its implementations so that a lost one is noticed") {
    for (const std::string& name : builtin_profile_names()) {
      const Profile profile = load_profile(name);
      for (const ProfileCases& line : profile.cases) {
        CAPTURE(name);
        CAPTURE(line.workload);
        CHECK_FALSE(line.implementations.empty());
      }
    }
  }

  TEST_CASE("every built-in baseline row says where it is from and names an existing dtype") {
    const std::vector<Baseline> baselines = builtin_baselines();
    CHECK_FALSE(baselines.empty());
    for (const Baseline& baseline : baselines) {
      CHECK_FALSE(baseline.pci_ids.empty());
      for (const BaselineRow& row : baseline.rows) {
        CAPTURE(row.id.str());
        CHECK(dtype_named(row.id.dtype));
        CHECK_FALSE(row.source.empty());
        CHECK(row.date < row.expires);
        CHECK(row.n.value_or(0) >= 1);
        CHECK(row.value > 0);
      }
    }
  }
}

}  // namespace assay::test
