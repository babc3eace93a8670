// The recorded situations that are a sequence of calls, and what is told where nothing is wrong.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cluster/clean.h"
#include "harness/cluster/collect.h"
#include "harness/cluster/how_claimed.h"
#include "harness/cluster/plan.h"
#include "harness/core/error.h"
#include "tests/cluster/replay.h"
#include "tests/core/scratch_folder.h"

namespace assay::test {

namespace {

/// Held by the test cases of this file and, for node-gate, of gate_test.cpp.
constexpr const char* kHeldAsCalls[] = {"apply-kustomize",
                                        "delete-background-and-foreground",
                                        "delete-orphan",
                                        "delete-what-remains",
                                        "discovery-gang-alpha",
                                        "discovery-kueue",
                                        "discovery-stock-no-driver",
                                        "discovery-stock-with-driver",
                                        "dry-run-server",
                                        "exec-stream",
                                        "job-ttl",
                                        "node-gate",
                                        "rbac-least"};

const cluster::Target kRowTarget{"bench", "r1"};

cluster::Inventory with_claims() {
  cluster::Inventory inventory = two_nodes();
  inventory.api_versions = {"batch/v1", "resource.k8s.io/v1"};
  return inventory;
}

std::vector<std::string> cleaned(Replay& kubectl, double patience_s) {
  return cluster::clean(kubectl, kRowTarget, with_claims(), kubectl.pace(1000), patience_s);
}

std::string why_not_collected(Replay& kubectl) {
  const ScratchFolder scratch;
  cluster::Memory memory;
  try {
    cluster::collect(kubectl, kRowTarget, with_claims(), kubectl.pace(60), memory,
                     scratch.path() / "out");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

cluster::Plan planned(Discovered& kubectl, int nodes = 2) {
  cluster::Wishes wanted;
  wanted.profile = "quick";
  wanted.image = "registry.example/assay:1";
  wanted.name_space = "bench";
  wanted.nodes = nodes;
  return cluster::make_plan(wanted, cluster::discover(kubectl, "bench"), "r1");
}

bool row_has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

std::string reasons(const cluster::Plan& plan) {
  return fmt::format("{}", fmt::join(plan.reasons, "; "));
}

const Json& texts() {
  static const Json kTexts = parse_json(recorded("texts.json"), "texts.json");
  return kTexts;
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("every recorded situation is held by a test") {
    std::istringstream names(recorded("situations.txt"));
    int count = 0;
    for (std::string name; std::getline(names, name); ++count) {
      const auto is = [&](const char* one) { return name == one; };
      const bool held = is_recorded(name + "/run.json") || texts()["refusals"].contains(name) ||
                        std::any_of(std::begin(kHeldAsCalls), std::end(kHeldAsCalls), is);
      INFO(name);
      CHECK(held);
    }
    CHECK(count == 88);
  }

  TEST_CASE("discovery finds no driver where nothing is published and says what it does instead") {
    Discovered kubectl;
    kubectl.driver = false;
    kubectl.device_classes = "no-deviceclasses.json";
    const cluster::Plan plan = planned(kubectl);
    CHECK(plan.allocation == "none");
    CHECK(row_has(reasons(plan), "no known DeviceClass has devices"));
  }

  TEST_CASE("discovery counts devices by pool since their names repeat on every node") {
    Discovered kubectl;
    CHECK(row_has(reasons(planned(kubectl)), "gpu.example.com has 16 devices"));
    CHECK(planned(kubectl).devices == 8);
  }

  TEST_CASE("discovery finds the native gang by its API and Kueue by its queue") {
    Discovered kubectl;
    kubectl.api_versions = "api-versions-gang.txt";
    CHECK(row_has(reasons(planned(kubectl)), "the cluster serves scheduling.k8s.io/v1alpha2"));
    kubectl.api_versions = "api-versions-kueue.txt";
    CHECK(row_has(reasons(planned(kubectl)), "queue bench: leads to ClusterQueue"));
  }

  TEST_CASE("what a user may not list is named and not taken for absent") {
    Discovered kubectl;
    kubectl.refuse("resourceslices");
    const cluster::Inventory inventory = cluster::discover(kubectl, "bench");
    CHECK_FALSE(inventory.saw("resourceslices"));
    CHECK(inventory.saw("nodes"));
  }

  TEST_CASE("a list that is refused ends in the verb and the resource that are missing") {
    CHECK(row_has(cluster::refusal(texts()["lists"]["rbac-least"]),
                  "user assay-runner may not list replicationcontrollers"));
    CHECK(row_has(cluster::refusal(texts()["lists"]["rbac-refused"]),
                  "user alice may not list jobs.batch"));
  }

  TEST_CASE("what a dry run refuses is told in one line that names the field") {
    const Json& refused = texts()["dry_run"];
    const auto told = [&](const char* what) {
      const std::string text = cluster::refusal(refused.at(what));
      CHECK(text.find('\n') == std::string::npos);
      return text;
    };
    CHECK(row_has(told("unknown-field"), "unknown field \"spec.backoffLimitt\""));
    CHECK(row_has(told("wrong-type"), "JobSpec.spec.parallelism of type int32"));
    CHECK(row_has(told("bad-value"), "allocationMode: Unsupported value: \"Exactly\""));
    CHECK(row_has(told("bad-name"), "metadata.name: Invalid value: \"Bench_1\""));
    CHECK(row_has(told("unknown-kind"), "the native gang is not enabled there"));
    CHECK(row_has(told("namespace-missing"), "there is no namespace nowhere"));
  }

  TEST_CASE("deletion is waited for while claims stay and what stays is said with its reason") {
    Replay patient("delete-what-remains");
    CHECK(cleaned(patient, 60).empty());
    Replay hasty("delete-what-remains");
    const std::string left = fmt::format("{}", fmt::join(cleaned(hasty, 2), "; "));
    CHECK(row_has(left, "Pod/bench-0-rtmpr (it is being ended"));
    CHECK(row_has(left,
                  "ResourceClaim/bench-1-rhk4k-devices-hbdrb (kept by finalizer "
                  "resource.kubernetes.io/delete-protection)"));
  }

  TEST_CASE("a deletion that returns early is waited for") {
    Replay kubectl("delete-background-and-foreground");
    CHECK(cleaned(kubectl, 60).empty());
    CHECK(kubectl.now_s > 0);
  }

  TEST_CASE("pods whose Job was deleted without them are deleted too") {
    Replay kubectl("delete-orphan");
    CHECK(cleaned(kubectl, 60).empty());
    CHECK(kubectl.calls.front().starts_with("delete job,pods,"));
  }

  TEST_CASE("cleaning twice is no error") {
    Replay kubectl("apply-kustomize");
    cleaned(kubectl, 10);
    CHECK(cleaned(kubectl, 10).empty());
    for (const std::string& call : kubectl.calls)
      if (call.starts_with("delete")) CHECK(row_has(call, "--ignore-not-found"));
  }

  TEST_CASE("a container that is not up yet or ends within the stream gives no results") {
    Replay kubectl("exec-stream");
    const std::string why = why_not_collected(kubectl);
    CHECK(row_has(why, "no rank is left that could hand over results"));
    const auto asked = [&](const char* pod) {
      return std::count_if(kubectl.calls.begin(), kubectl.calls.end(), [&](const auto& call) {
        return call.starts_with("exec") && call.find(pod) != std::string::npos;
      });
    };
    CHECK(asked("bench-0-ds7v4") == 2);
    CHECK(asked("bench-1-h82p7") == 1);
  }

  TEST_CASE("results that were not collected in time are said to be gone with the pods") {
    Replay kubectl("job-ttl");
    CHECK(row_has(why_not_collected(kubectl), "they ended before they were collected"));
    CHECK(row_has(why_not_collected(kubectl), "its results went with the pods"));
  }

  TEST_CASE("the way by which devices were claimed is told where the claim does not say it") {
    const auto told = [](const char* situation) {
      return cluster::how_claimed(
          cluster::read_snapshot(recorded(std::string(situation) + "/run.json")));
    };
    using Lines = std::vector<std::string>;
    CHECK(told("claim-first-available") ==
          Lines{"request gpu was met by its alternative small (2 devices)"});
    CHECK(told("job-extended-resource") ==
          Lines{"DRA serves the extended resource example.com/gpu by DeviceClass gpu.example.com"});
    CHECK(told("job-completes").empty());
  }

  TEST_CASE("one claim that two pods share is the claim of both") {
    const cluster::Snapshot run = cluster::read_snapshot(recorded("claim-shared-by-name/run.json"));
    std::map<std::string, cluster::PodFacts> facts;
    cluster::remember(run, two_nodes(), facts);
    CHECK(facts.size() == 2);
    for (const auto& [pod, one] : facts) {
      CHECK(one.claim == "shared");
      CHECK(one.allocated.size() == 2);
    }
  }
}

}  // namespace assay::test
