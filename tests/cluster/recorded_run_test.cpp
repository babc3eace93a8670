// Faults that are planted in the API's answers while a run starts: through watch, collection and
// the documents to the verdict.
#include "tests/cluster/recorded_run.h"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

RequirementVerdict verdict_on(std::vector<Result> results, const std::string& kind,
                              const Json& parameters = Json::object()) {
  Profile profile = small_profile();
  profile.requirements = {requirement(kind, parameters)};
  return judged(Evidence{std::move(results), &profile, {}}, kind);
}

Result document_of(const cluster::Pod& pod) {
  Result result = passing_result(small_profile(), "cuda", 1, pod.name);
  result.nodes.front().name = pod.node;
  result.nodes.front().kubernetes = KubernetesFacts{"bench", pod.name, "", "", {}};
  result.measurements.front().scope.level = "cluster";
  result.measurements.front().started = "2026-11-27T23:52:00.000Z";
  return result;
}

Json slices() { return parse_json(recorded("discovery/resourceslices.json"), "slices"); }

/// A gang of two that was recorded while it waited whole for another, and 60 s later as it ran.
std::vector<Moment> gang_that_waited() {
  return {{0, recorded_list("gang-native-two-contend/run.json", "two")},
          {60, recorded_list("gang-native-two-contend/later.json", "two")}};
}

std::vector<Result> collected(const std::vector<Moment>& moments) {
  RecordedRun cluster(moments, slices());
  cluster.hold(document_of);
  return cluster.collect(2, "native");
}

/// What a pod is before a node's kubelet has started it: bound, and no more.
void bind_one(Json& list) {
  Json& pod = *of_kind(list, "Pod").front();
  pod["spec"]["nodeName"] = "node-a";
  for (Json& one : pod["status"]["conditions"])
    if (one["type"] == "PodScheduled") one["status"] = "True";
}

/// Of a run of the recorded Job, all of whose claims hold a NIC: gpu-7 of each node is one. It is
/// under the root of the accelerators or under another; the rates of its documents are `slower`
/// times lower.
struct AlignedRun {
  const char* run;
  bool asks = false;   // the claim has the constraint
  bool apart = false;  // its NIC is under another root, by what the slices publish
  double slower = 1;
};

constexpr const char* kRoot = "resource.kubernetes.io/pcieRoot";

Json rooted_slices(bool apart) {
  Json list = slices();
  for (Json& slice : list["items"])
    for (Json& device : slice["spec"]["devices"])
      device["attributes"][kRoot] = {
          {"string", apart && device["name"] == "gpu-7" ? "pci0001" : "pci0000"}};
  return list;
}

std::vector<Result> collected(const AlignedRun& wanted) {
  Json list = recorded_list("job-completes/run.json");
  for (Json* claim : of_kind(list, "ResourceClaim")) {
    Json& results = (*claim)["status"]["allocation"]["devices"]["results"];
    Json nic = results[0];
    nic["device"] = "gpu-7", nic["request"] = "nic";
    results.push_back(nic);
    if (wanted.asks) (*claim)["spec"]["devices"]["constraints"] = {{{"matchAttribute", kRoot}}};
  }
  RecordedRun cluster({{0, list}}, rooted_slices(wanted.apart));
  cluster.hold([&](const cluster::Pod& pod) {
    Result result = document_of(pod);
    result.run.id = fmt::format("{}-{}", wanted.run, pod.rank);
    for (Measurement& one : result.measurements)
      if (one.samples) slow_down(one, wanted.slower);
    return result;
  });
  return cluster.collect(4, "none");
}

RequirementVerdict compared(const AlignedRun& one, const AlignedRun& other) {
  std::vector<Result> all = collected(one);
  for (Result& result : collected(other)) all.push_back(std::move(result));
  return verdict_on(std::move(all), "kubernetes_alignment",
                    {{"workload", "gemm"}, {"fail_below", 0.95}, {"warn_below", 0.98}});
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a gang that the API shows whole at every look passes") {
    const std::vector<Result> results = collected(gang_that_waited());
    REQUIRE(results.size() == 2);
    CHECK(verdict_on(results, "kubernetes_gang").verdict == Verdict::pass);
    CHECK(cluster_facts(results.front())->gang->partial_s == 0);
  }

  TEST_CASE("a gang that the API shows bound in part for half a minute fails") {
    std::vector<Moment> moments = gang_that_waited();
    Moment partial{30, moments.front().list};
    bind_one(partial.list);
    moments.insert(moments.begin() + 1, partial);
    const RequirementVerdict verdict = verdict_on(collected(moments), "kubernetes_gang");
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason_code == "partial_gang");
    CHECK(verdict.reason.find("some of its 2 pods held nodes") != std::string::npos);
    moments[1].from_s = 56;  // bound one after the other within a look or two
    CHECK(verdict_on(collected(moments), "kubernetes_gang").verdict == Verdict::pass);
  }

  TEST_CASE("a Job that the API took long before the first collective fails") {
    const char* kind = "kubernetes_first_collective";
    std::vector<Moment> moments = gang_that_waited();
    const std::string taken =
        (*of_kind(moments[0].list, "Job").front())["metadata"]["creationTimestamp"];
    CHECK(taken.starts_with("2026-11-27T23:5"));
    const RequirementVerdict good = verdict_on(collected(moments), kind, {{"at_most_s", 300}});
    INFO(good.reason);
    CHECK(good.verdict == Verdict::pass);
    for (Moment& moment : moments)
      (*of_kind(moment.list, "Job").front())["metadata"]["creationTimestamp"] =
          "2026-11-27T23:40:00Z";
    const RequirementVerdict slow = verdict_on(collected(moments), kind, {{"at_most_s", 300}});
    CHECK(slow.verdict == Verdict::fail);
    CHECK(slow.reason_code == "slow_start");
    CHECK(slow.reason.find("720 s from submission") != std::string::npos);
  }

  TEST_CASE("which run is held to the other is what the API says of their claims") {
    const RequirementVerdict good = compared({"fast", true}, {"slow", false, true, 1.3});
    INFO(good.reason);
    REQUIRE(good.verdict == Verdict::pass);
    CHECK(good.figures["cases"].front()["ratio"] == doctest::Approx(1.3));
    // The same rates; the answers about the claims are exchanged.
    const RequirementVerdict bad = compared({"fast", false, true}, {"slow", true, false, 1.3});
    REQUIRE(bad.verdict == Verdict::fail);
    CHECK(bad.reason_code == "below_limit");
    CHECK(bad.figures["cases"].front()["ratio"] == doctest::Approx(1 / 1.3));
  }

  TEST_CASE("an aligned claim that the API met by a NIC of another root fails") {
    const RequirementVerdict verdict = compared({"fast", true, true}, {"slow", false, true, 1.3});
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason_code == "claim_not_aligned");
    CHECK(verdict.reason.find("its devices have several") != std::string::npos);
  }
}

}  // namespace assay::test
