// Nothing missing is a pass: every measurement and every fact is deleted in turn.
#include <doctest/doctest.h>

#include <set>

#include "harness/core/error.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

/// The verdict after a change to the document's JSON; a document that no longer reads is refused,
/// which is no pass either.
Verdict verdict_of(const Json& document, const Profile& profile) {
  try {
    return judge({{result_from_json(document)}, &profile, {passing_baseline()}}).verdict;
  } catch (const Error&) {
    return Verdict::fail;
  }
}

/// The fields of an object and of the objects in it, as JSON pointers.
void collect(const Json& object, const std::string& at, std::vector<std::string>& pointers) {
  for (const auto& [key, value] : object.items()) {
    const std::string pointer = at + "/" + key;
    pointers.push_back(pointer);
    if (value.is_object()) collect(value, pointer, pointers);
  }
}

std::vector<std::string> still_passing_without(const Json& document, const std::string& part,
                                               const Profile& profile) {
  std::vector<std::string> pointers, passing;
  collect(document.at(Json::json_pointer(part)), "", pointers);
  for (const std::string& pointer : pointers) {
    const auto slash = pointer.rfind('/');
    Json changed = document;
    changed.at(Json::json_pointer(part + pointer.substr(0, slash)))
        .erase(pointer.substr(slash + 1));
    if (verdict_of(changed, profile) == Verdict::pass) passing.push_back(pointer);
  }
  return passing;
}

Profile node_profile_with_our_baseline() {
  Profile profile = load_profile("node");
  for (ProfileRequirement& one : profile.requirements) {
    if (one.kind == "inventory_software_drift") one.applies_when = {{"backend", "cuda"}};
  }
  return profile;
}

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("a passing document without any one of its measurements never passes") {
    for (const char* name : {"quick", "node"}) {
      const Profile profile = load_profile(name);
      for (const std::string backend : {"host", "cuda"}) {
        CAPTURE(name);
        CAPTURE(backend);
        const Result whole = passing_result(profile, backend, backend == "cuda" ? 2 : 1);
        Evidence evidence{{whole}, &profile, {passing_baseline()}};
        REQUIRE(judge(evidence).verdict == Verdict::pass);
        CHECK(dispensable_measurements(evidence) == std::vector<std::string>{});
      }
    }
  }

  TEST_CASE("a passing document without any one fact of a device never passes") {
    const Profile profile = node_profile_with_our_baseline();
    const Json document = to_json(passing_result(profile, "cuda", 2));
    REQUIRE(verdict_of(document, profile) == Verdict::pass);
    // Facts that no requirement of the profile judges: they name a device or explain a figure.
    const std::set<std::string> not_judged = {"/serial",
                                              "/board_part_number",
                                              "/pci_bus_id",
                                              "/pci_id",
                                              "/sku",
                                              "/compute_capability",
                                              "/memory_bytes",
                                              "/l2_bytes",
                                              "/multiprocessors",
                                              "/nvlink_count",
                                              "/pcie/replays",
                                              "/nvlink/errors",
                                              "/nvlink/replays",
                                              "/ecc/remapped_rows",
                                              "/ecc/corrected_volatile",
                                              "/other_processes",
                                              "/xids"};
    for (const std::string& pointer :
         still_passing_without(document, "/nodes/0/devices/1", profile)) {
      CAPTURE(pointer);
      CHECK((not_judged.contains(pointer) || pointer.starts_with("/speed_of_light")));
    }
  }

  TEST_CASE("a passing document without what a measurement is judged by never passes") {
    const Profile profile = node_profile_with_our_baseline();
    const Json document = to_json(passing_result(profile, "cuda", 2));
    std::size_t index = 0;
    while (document["measurements"][index]["case"] != "gemm.bf16.cublaslt/m8192_n8192_k8192") {
      ++index;
    }
    const std::vector<std::string> passing =
        still_passing_without(document, "/measurements/" + std::to_string(index), profile);
    for (const char* judged_by :
         {"/case", "/series", "/scope", "/scope/level", "/scope/members", "/status", "/samples",
          "/samples/count", "/samples/median_s", "/samples/ci_low_s", "/samples/ci_high_s",
          "/samples/stop_reason", "/metrics", "/metrics/flop_per_s", "/speed_of_light_fraction",
          "/verification", "/verification/status"}) {
      CAPTURE(judged_by);
      CHECK(std::find(passing.begin(), passing.end(), judged_by) == passing.end());
    }
  }

  TEST_CASE("a passing document without a node or a device never passes") {
    const Profile profile = load_profile("node");
    Evidence evidence{{passing_result(profile, "cuda", 3)}, &profile, {passing_baseline()}};
    REQUIRE(judge(evidence).verdict == Verdict::pass);
    evidence.results.front().nodes.front().devices.pop_back();
    CHECK(judge(evidence).verdict == Verdict::fail);
    evidence.results.front().nodes.clear();
    CHECK(judge(evidence).verdict == Verdict::fail);
  }
}

TEST_SUITE("unit") {
  TEST_CASE("what a device lacks is said of it though others have it") {
    constexpr const char* kTriad = "memory_triad.f32.vectorized/bytes1073741824";
    const Json limits = {{"workload", "memory_triad"}, {"fail_below", 0.5}, {"warn_below", 0.6}};
    const Json triad = {{"workload", "memory_triad"}};
    struct Row {
      const char* kind;
      Json parameters;
      void (*change)(Measurement&);
      const char* code;
      std::string told;
    };
    const auto without_samples = [](Measurement& one) { one.samples.reset(); };
    const auto unverified = [](Measurement& one) { one.verification.reset(); };
    const auto in_error = [](Measurement& one) {
      one.status = MeasurementStatus::error;
      one.reason = "it broke";
    };
    const auto wrong = [](Measurement& one) {
      one.verification->status = Verification::Status::failed;
    };
    const std::string id = kTriad;
    const Row table[] = {
        {"stable_samples", triad, without_samples, "missing", id + " has no samples"},
        {"stable_samples", triad, [](Measurement& one) { one.samples->median_s = 0; }, "missing",
         id + " has no samples"},
        {"stable_samples", triad, in_error, "error", id + ": it broke"},
        {"stable_samples", triad,
         [](Measurement& one) { one.status = MeasurementStatus::failed_verification; },
         "failed_verification", id + " failed verification, so it was not timed"},
        {"verified_results", Json::object(), unverified, "missing",
         id + " was timed without being verified"},
        {"verified_results", Json::object(), in_error, "missing",
         id + " ended in an error: it broke"},
        {"verified_results", Json::object(), wrong, "failed_verification",
         id + " was timed though its answer is wrong"},
        {"throughput_vs_speed_of_light", limits,
         [](Measurement& one) { one.speed_of_light_fraction.reset(); }, "missing",
         id + ": the speed of light of this device is unknown"},
        {"power_limit_held", triad, [](Measurement& one) { one.telemetry.erase("power_w"); },
         "missing", id + " has no readings of power"},
        {"power_limit_held", triad,
         [](Measurement& one) {
           one.telemetry["power_w"] = {{"low", 1}};
         },
         "missing", id + " has no readings of power"},
        {"sustained_rate", limits, [](Measurement& one) { one.metrics.erase("peak_bytes_per_s"); },
         "missing", id + " has no sustained rate: its series was too short"},
        {"sustained_rate", limits,
         [](Measurement& one) {
           one.metrics.erase("sustained_bytes_per_s");
           one.reason = "as it was";
         },
         "missing", id + " has no sustained rate: as it was"},
    };
    for (const Row& row : table) {
      CAPTURE(std::string(row.kind));
      CAPTURE(row.told);
      Result result = passing_result(small_profile(), "cuda", 3);
      for (Measurement& one : result.measurements) {
        one.telemetry["power_w"] = {{"median", 690}};
        one.metrics["peak_bytes_per_s"] = one.metrics["sustained_bytes_per_s"] = 3e12;
      }
      const auto verdict_of = [&] { return judged(result, requirement(row.kind, row.parameters)); };
      CHECK(verdict_of().verdict == Verdict::pass);
      row.change(measurement_of(result, kTriad, 1));
      const RequirementVerdict verdict = verdict_of();
      CHECK(verdict.reason_code == row.code);
      CHECK(verdict.reason.starts_with(row.told));
      REQUIRE(verdict.subjects.size() == 1);
      CHECK(verdict.subjects[0].name.find("device 1") != std::string::npos);
    }
  }

  TEST_CASE("a run that describes no device or no node says so beside one that does") {
    Profile profile = small_profile();
    const auto beside = [&](const char* kind, void (*change)(Result&)) {
      profile.requirements = {requirement(kind)};
      Result other = passing_result(profile, "cuda", 2, "node-b");
      change(other);
      return judged(Evidence{{passing_result(profile, "cuda", 2), other}, &profile, {}}, kind);
    };
    const auto no_node = [](Result& result) { result.nodes.clear(); };
    const auto no_device = [](Result& result) { result.nodes[0].devices.clear(); };
    for (const char* kind : {"inventory_ecc", "inventory_mode", "inventory_pcie_link"}) {
      CHECK(beside(kind, no_node).reason == "run run-node-b describes no device");
      CHECK(beside(kind, no_device).reason == "run run-node-b describes no device");
    }
    CHECK(beside("inventory_device_count", no_node).reason == "run run-node-b describes no node");
    CHECK(beside("inventory_device_count", no_device).reason ==
          "node-b has 0 devices, most nodes have 2");
  }

  TEST_CASE("what a profile asks of the more capable devices of a node is missed") {
    Profile profile = small_profile();
    Result result = passing_result(profile, "cuda", 2);
    profile.requirements = {requirement("complete_run")};
    profile.cases[0].min_compute_capability = "8.9";
    const auto verdict_of = [&](const char* first, const char* second) {
      Result changed = result;
      changed.nodes[0].devices[0].compute_capability = first;
      changed.nodes[0].devices[1].compute_capability = second;
      return judged(Evidence{{changed}, &profile, {}}, "complete_run");
    };
    CHECK(verdict_of("9.0", "9.0").verdict == Verdict::pass);
    CHECK(verdict_of("8.9", "9.0").verdict == Verdict::pass);  // both are asked the same
    const RequirementVerdict mixed = verdict_of("9.0", "8.0");
    CHECK(mixed.verdict == Verdict::not_evaluated);
    CHECK(mixed.reason.find("compute capability 8.0 and 9.0") != std::string::npos);
    CHECK(mixed.reason.find("CUDA_VISIBLE_DEVICES") != std::string::npos);
    REQUIRE(mixed.subjects.size() == 1);
    CHECK(mixed.subjects[0].kind == "node");
  }
}

}  // namespace assay::test
