// What the judge itself decides: which documents, which requirements, and the whole's verdict.
#include <doctest/doctest.h>

#include <algorithm>

#include "harness/core/error.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

/// The message of the Error that judging throws, empty when it throws none.
std::string refusal(const Evidence& evidence) {
  try {
    judge(evidence);
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::broken);
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
    return error.what();
  }
  return "";
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

RequirementVerdict with_condition(const Json& applies_when, int devices) {
  Profile profile = small_profile();
  profile.backends = {"host", "cuda"};
  ProfileRequirement asked = requirement("verified_results");
  asked.applies_when = applies_when;
  profile.requirements = {asked};
  return judged(Evidence{{passing_result(profile, "cuda", devices)}, &profile, {}}, asked.id);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a document of another backend than the profile's is refused in one line") {
    Profile profile = small_profile();
    Evidence evidence{{passing_result(profile, "cuda", 1)}, &profile, {}};
    evidence.results.front().run.backend = "host";
    CHECK(mentions(refusal(evidence), "host"));
    CHECK(mentions(refusal(evidence), "small"));
  }

  TEST_CASE("a profile that cannot be asked is refused though no document is of its requirement") {
    Profile profile = small_profile();
    profile.backends = {"host", "cuda"};
    profile.requirements = {requirement("verified_results"),
                            requirement("contention", {{"warn_abov", 0.1}})};
    profile.requirements[1].applies_when = {{"backend", "host"}};
    const Evidence evidence{{passing_result(profile, "cuda", 1)}, &profile, {}};
    CHECK(refusal(evidence).starts_with("/requirements/1: "));
    CHECK(mentions(refusal(evidence), "warn_abov"));
    Judge judging(profile, {});
    judging.look({passing_result(profile, "cuda", 1)});
    CHECK_THROWS_WITH_AS(judging.verdict(), doctest::Contains("/requirements/1: "), Error);
  }

  TEST_CASE("simulated documents are not judged beside measured ones in either order") {
    Profile profile = small_profile();
    Evidence evidence{{passing_result(profile, "cuda", 1, "node-a"),
                       passing_result(profile, "cuda", 1, "node-b")},
                      &profile,
                      {}};
    CHECK(refusal(evidence).empty());
    for (Result& result : evidence.results) result.run.id = "run-of-" + result.nodes[0].name;
    evidence.results[1].simulated = true;
    const std::string said = "run run-of-node-b was simulated and run run-of-node-a was measured";
    CHECK(mentions(refusal(evidence), said));
    std::swap(evidence.results[0], evidence.results[1]);
    CHECK(mentions(refusal(evidence), said));
    for (Result& result : evidence.results) result.simulated = true;
    CHECK(refusal(evidence).empty());
  }

  TEST_CASE("an unknown requirement kind is refused with the known ones named") {
    Profile profile = small_profile();
    profile.requirements = {requirement("throughput_vs_wishes")};
    const std::string message = refusal({{passing_result(profile, "cuda", 1)}, &profile, {}});
    CHECK(mentions(message, "throughput_vs_wishes"));
    CHECK(mentions(message, "verified_results"));
    CHECK(mentions(message, "inventory_pcie_link"));
  }

  TEST_CASE("an unknown condition or parameter is refused by name") {
    Profile profile = small_profile();
    profile.requirements = {requirement("verified_results", {{"leniency", 1}})};
    const Evidence evidence{{passing_result(profile, "cuda", 1)}, &profile, {}};
    CHECK(mentions(refusal(evidence), "leniency"));
    profile.requirements = {requirement("verified_results")};
    profile.requirements.front().applies_when = {{"moon_phase", "full"}};
    CHECK(mentions(refusal(evidence), "moon_phase"));
    CHECK(mentions(refusal(evidence), "min_devices"));
  }

  TEST_CASE("every requirement refuses a parameter that it does not have") {
    const Result result = passing_result(small_profile(), "cuda", 1);
    for (const auto& one : requirements()) {
      CAPTURE(one->kind());
      Json parameters = {{"leniency", 1}};
      std::string words;
      for (int needed = 0; needed < 9; ++needed) {  // some ask first for what they need
        Profile profile = small_profile();
        profile.requirements = {requirement(one->kind(), parameters)};
        words = refusal({{result}, &profile, {}});
        if (!mentions(words, "' must be given")) break;
        const std::size_t name = words.find("parameter '") + 11;
        parameters[words.substr(name, words.find('\'', name) - name)] = 0.5;
      }
      CHECK_MESSAGE(mentions(words, "leniency"), words);
    }
  }

  TEST_CASE("a profile is refused without documents for what none could make good") {
    const auto refused = [](const char* kind, const Json& parameters) {
      Profile profile = small_profile();
      profile.requirements = {requirement(kind, parameters)};
      try {
        refuse_unfit(profile);
      } catch (const Error& error) {
        return std::string(error.what());
      }
      return std::string();
    };
    CHECK(mentions(refused("throughput_vs_wishes", {}), "throughput_vs_wishes"));
    CHECK(mentions(refused("verified_results", {{"leniency", 1}}), "leniency"));
    const Json unknown_shape = {{"shapes", "m1_n2_k3"}, {"fail_below", 0.5}, {"warn_below", 0.6}};
    CHECK(mentions(refused("throughput_vs_speed_of_light", unknown_shape), "m1_n2_k3"));
    CHECK(mentions(refused("stable_samples", {{"dtype", "int8"}}), "int8"));
    CHECK(mentions(refused("stable_samples", {{"workload", "attention_forward"}}),
                   "none of the profile's cases has the workload"));
    CHECK(mentions(refused("stable_samples", {{"series", "warm"}}), "has the series"));
    CHECK(mentions(refused("stable_samples", {{"workload", "gemm"}, {"dtype", "f32"}}),
                   "the profile has no case of workload gemm, dtype f32"));
    CHECK(refused("stable_samples", {{"workload", "gemm"}, {"dtype", "bf16"}}).empty());
    CHECK(refused("verified_results", Json::object()).empty());
  }

  TEST_CASE("a requirement whose cases the profile lacks is refused without documents") {
    const auto refused = [](const char* kind, Json parameters) {
      Profile profile = small_profile();
      profile.requirements = {requirement(kind, std::move(parameters))};
      try {
        refuse_unfit(profile);
      } catch (const Error& error) {
        return std::string(error.what());
      }
      return std::string();
    };
    const auto of_light = [&](Json more) {
      more.update({{"fail_below", 0.5}, {"warn_below", 0.6}});
      return refused("throughput_vs_speed_of_light", more);
    };
    CHECK(of_light({{"workload", "gemm"}, {"implementation", "sm90"}}).empty());
    CHECK(of_light({{"workload", {"gemm", "memory_triad"}}, {"dtype", "f32"}}).empty());
    CHECK(mentions(of_light({{"workload", "gemm"}, {"implementation", "sm09"}}),
                   "no case on a device alone of workload gemm, implementation sm09"));
    CHECK(mentions(of_light({{"workload", "gemm"}, {"shapes", "bytes1073741824"}}),
                   "no case on a device alone of workload gemm, shape bytes1073741824"));
    CHECK(mentions(of_light({{"workload", "gemm"}, {"scope", "node"}}),
                   "no case on all devices of a node at once of workload gemm"));
    CHECK(mentions(refused("fabric_throughput_vs_baseline", {}), "no case between ranks"));
    CHECK(mentions(refused("fabric_curve_dips", {{"workload", "gemm"}}), "no case between ranks"));
    CHECK(mentions(refused("fabric_isolation", {}), "the workload \"pair\""));
    CHECK(mentions(refused("transport_as_expected", {{"workload", "gemm"}}), "between ranks"));
    CHECK(mentions(refused("transport_as_expected", {{"expected", "nvls"}}), "'workload' must be"));
    CHECK(mentions(refused("transport_as_expected", {{"workload", "gemm"}, {"scope", "nod"}}),
                   "scope \"nod\" is none of"));
    CHECK(mentions(refused("same_bits_across_devices", {{"workload", "gemm"}}), "ends in _sdc"));
    CHECK(refused("same_bits_across_devices", {{"implementation", "sm90"}}).empty());
    const auto beside = [&](Json more) {
      more.update({{"implementation", "sm90"}, {"fail_below", 0.5}, {"warn_below", 0.6}});
      return refused("throughput_vs_library", more);
    };
    CHECK(beside({{"workload", "gemm"}}).empty());
    CHECK(mentions(beside({{"peer", "cublas"}}), "has \"cublas\" beside \"sm90\""));
    CHECK(mentions(refused("weights_vs_read_bandwidth", {{"fail_below", 0.5}, {"warn_below", 0.6}}),
                   "the workload \"memory_read\""));
    CHECK(mentions(
        refused("device_copies_vs_speed_of_light", {{"fail_below", 0.5}, {"warn_below", 0.6}}),
        "the workload \"device_to_device\""));
  }

  TEST_CASE("a condition is refused without documents for a value that it cannot have") {
    const auto refused = [](const Json& condition) {
      Profile profile = small_profile();
      profile.requirements = {requirement("verified_results")};
      profile.requirements.front().applies_when = condition;
      try {
        refuse_unfit(profile);
      } catch (const Error& error) {
        return std::string(error.what());
      }
      return std::string();
    };
    CHECK(mentions(refused({{"min_devices", "two"}}), "'min_devices' must be"));
    CHECK(mentions(refused({{"min_nodes", 9}, {"min_ranks", "two"}}), "'min_ranks' must be"));
    CHECK(mentions(refused({{"has_nvlink", "yes"}}), "'has_nvlink' must be"));
    CHECK(mentions(refused({{"nvlink_joins_nodes", 1}}), "'nvlink_joins_nodes' must be"));
    CHECK(mentions(refused({{"in_kubernetes", 1}}), "'in_kubernetes' must be"));
    CHECK(mentions(refused({{"compute_capability", 9}}), "'compute_capability' must be"));
    for (const char* wrong : {"nine", "9", "", "9.0.0", "9.0a", " 9.0"}) {
      CAPTURE(wrong);
      CHECK(mentions(refused({{"compute_capability", {"8.0", wrong}}}), "must be as \"9.0\""));
      CHECK(mentions(refused({{"min_compute_capability", wrong}}), "must be as \"9.0\""));
    }
    CHECK(mentions(refused({{"min_compute_capability", "9.0"}, {"compute_capability", "8.9"}}),
                   "'compute_capability' 8.9 is below 'min_compute_capability' 9.0: remove one"));
    CHECK(refused({{"min_compute_capability", "9.0"}, {"compute_capability", {"9.0", "10.0"}}})
              .empty());
    CHECK(mentions(refused({{"probed", "webhook"}}), "must be among alignment, autoscaling"));
    CHECK(mentions(refused({{"imported_from", "nccl"}}), "google-benchmark, nccl-tests"));
    CHECK(refused({{"min_compute_capability", "10.3"}, {"measured", "gemm"}}).empty());
    CHECK(mentions(refused({{"backend", "host"}}), "cuda alone"));
    CHECK(mentions(refused({{"measured", {"gemm", "gem"}}}), "there is no workload 'gem'"));
    CHECK(refused({{"backend", {"host", "cuda"}}, {"min_devices", 2}}).empty());
  }

  TEST_CASE("every built-in profile is fit to be judged by") {
    for (const std::string& name : builtin_profile_names()) refuse_unfit(load_profile(name));
  }

  TEST_CASE("two requirements with one id are refused") {
    Profile profile = small_profile();
    profile.requirements = {requirement("verified_results"), requirement("verified_results")};
    CHECK(mentions(refusal({{passing_result(profile, "cuda", 1)}, &profile, {}}), "two"));
  }

  TEST_CASE("judging nothing is refused") {
    Profile profile = small_profile();
    CHECK_FALSE(refusal({{}, &profile, {}}).empty());
    CHECK_FALSE(refusal({{passing_result(profile, "cuda", 1)}, nullptr, {}}).empty());
  }

  TEST_CASE("a condition that does not hold makes a requirement not applicable") {
    for (const Json& condition :
         {Json{{"backend", "host"}}, Json{{"min_devices", 3}}, Json{{"min_nodes", 2}},
          Json{{"min_ranks", 3}}, Json{{"compute_capability", "8.0"}},
          Json{{"min_compute_capability", "10.0"}}, Json{{"has_nvlink", false}},
          Json{{"measured", "attention_forward"}}}) {
      const RequirementVerdict verdict = with_condition(condition, 2);
      CAPTURE(condition.dump());
      CHECK(verdict.verdict == Verdict::not_evaluated);
      CHECK(verdict.reason_code == "not_applicable");
    }
    for (const Json& condition :
         {Json{{"backend", {"host", "cuda"}}}, Json{{"min_devices", 2}}, Json{{"min_nodes", 1}},
          Json{{"min_ranks", 2}}, Json{{"compute_capability", "9.0"}},
          Json{{"min_compute_capability", "8.9"}}, Json{{"has_nvlink", true}},
          Json{{"measured", "gemm"}}}) {
      CAPTURE(condition.dump());
      CHECK(with_condition(condition, 2).verdict == Verdict::pass);
    }
  }

  TEST_CASE("the ranks of a run on hosts are its processes") {
    Profile profile = small_profile();
    profile.backends = {"host"};
    ProfileRequirement asked = requirement("inventory_device_count");
    asked.applies_when = {{"min_ranks", 2}};
    profile.requirements = {asked};
    Result result = passing_result(profile, "host", 1);
    CHECK(judged(Evidence{{result}, &profile, {}}, asked.id).reason_code == "not_applicable");
    result.run.world_size = 2;
    CHECK(judged(Evidence{{result}, &profile, {}}, asked.id).verdict == Verdict::pass);
  }

  TEST_CASE("a fact that a condition needs and that is absent does not exclude") {
    Profile profile = small_profile();
    ProfileRequirement asked = requirement("inventory_nvlink");
    asked.applies_when = {{"has_nvlink", true}};
    Result result = passing_result(profile, "cuda", 2);
    for (DeviceFacts& device : result.nodes.front().devices) {
      device.nvlink.reset();
      device.nvlink_count.reset();
    }
    CHECK(judged(result, asked).reason_code == "missing");
    for (DeviceFacts& device : result.nodes.front().devices) device.nvlink_count = 0;
    CHECK(judged(result, asked).reason_code == "not_applicable");
  }

  TEST_CASE("a requirement sees only the documents that it is for") {
    Profile profile = small_profile();
    profile.backends = {"host", "cuda"};
    ProfileRequirement asked = requirement("inventory_pcie_link");
    asked.applies_when = {{"backend", "cuda"}};
    profile.requirements = {asked};
    const Evidence evidence{
        {passing_result(profile, "host", 1, "h"), passing_result(profile, "cuda", 1, "c")},
        &profile,
        {}};
    CHECK(judged(evidence, asked.id).verdict == Verdict::pass);
  }

  TEST_CASE("a profile that forgot complete_run is judged for it all the same") {
    Profile profile = small_profile();
    profile.requirements = {requirement("inventory_device_count")};
    Evidence evidence{{passing_result(profile, "cuda", 1)}, &profile, {}};
    CHECK(judge(evidence).verdict == Verdict::pass);
    evidence.results.front().measurements.pop_back();
    CHECK(judge(evidence).verdict == Verdict::fail);
  }

  TEST_CASE("a profile whose every requirement is not applicable is never a pass") {
    Profile profile = small_profile();
    for (const char* kind : {"complete_run", "verified_results"}) {
      profile.requirements.push_back(requirement(kind));
      profile.requirements.back().applies_when = {{"min_nodes", 9}};
    }
    const VerdictDocument verdict = judge({{passing_result(profile, "cuda", 1)}, &profile, {}});
    CHECK(verdict.verdict == Verdict::not_evaluated);
  }

  TEST_CASE("the same evidence gives the same verdict document") {
    Profile profile = small_profile();
    profile.requirements = {requirement("spread_within_node"), requirement("verified_results")};
    const Evidence evidence{{passing_result(profile, "cuda", 8)}, &profile, {}};
    CHECK(to_json(judge(evidence)).dump() == to_json(judge(evidence)).dump());
  }
}

}  // namespace assay::test
