// Runs over the same devices under claims that align them with a NIC and that do not.
#include <doctest/doctest.h>

#include "harness/conformance/node_documents.h"
#include "harness/core/cluster_facts.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

const AlignmentFacts kAligned{"pcieRoot", {"pcieRoot"}, {"numaNode"}};
const AlignmentFacts kApart{"none", {"numaNode"}, {"pcieRoot"}};
const AlignmentFacts kByChance{"none", {"pcieRoot"}, {}};

Result under(const AlignmentFacts& claim, const std::string& run) {
  Result result = passing_result(small_profile(), "cuda", 2);
  result.run.id = run;
  ClusterFacts facts;
  facts.alignment = claim;
  set_cluster_facts(facts, result);
  return result;
}

Result aligned() { return under(kAligned, "run-1"); }
Result apart() { return under(kApart, "run-2"); }

void slow_down_all(Result& result, double factor) {
  for (Measurement& one : result.measurements)
    if (one.id.workload == "gemm" && one.samples) slow_down(one, factor);
}

RequirementVerdict compared(std::vector<Result> results, const Json& more = Json::object()) {
  Profile profile = small_profile();
  Json parameters = {{"workload", "gemm"}, {"fail_below", 0.95}, {"warn_below", 0.98}};
  parameters.update(more);
  profile.requirements = {requirement("kubernetes_alignment", parameters)};
  const Evidence evidence{std::move(results), &profile, {}};
  return judged(evidence, "kubernetes_alignment");
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("runs under aligned claims and others are compared by every case and device") {
    const RequirementVerdict verdict = compared({aligned(), apart()});
    INFO(verdict.reason);
    CHECK(verdict.verdict == Verdict::pass);
    const Json& cases = verdict.figures["cases"];
    CHECK(cases.size() >= 2);
    for (const Json& one : cases) CHECK(one["ratio"] == doctest::Approx(1));
    Result other = apart();
    slow_down_all(other, 1.25);
    CHECK(compared({aligned(), other}).figures["cases"][0]["ratio"] == doctest::Approx(1.25));
  }

  TEST_CASE("one device that is slower under an aligned claim fails and is named alone") {
    Result slow = aligned();
    const std::string device = slow.nodes.front().devices[1].uuid;
    for (Measurement& one : slow.measurements)
      if (one.id.workload == "gemm" && one.samples && one.scope.members.front() == device)
        slow_down(one, 1.5);
    const RequirementVerdict verdict = compared({slow, apart()});
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason.find("not aligned by pcieRoot") != std::string::npos);
    CHECK(verdict.subjects.size() == 1);
  }

  TEST_CASE("a gain that is asked of aligned claims is judged by the same ratio") {
    const Json gain = {{"fail_below", 1.2}, {"warn_below", 1.3}};
    CHECK(compared({aligned(), apart()}, gain).verdict == Verdict::fail);
    Result other = apart();
    slow_down_all(other, 1.5);
    CHECK(compared({aligned(), other}, gain).verdict == Verdict::pass);
    slow_down_all(other, 1.25 / 1.5);
    CHECK(compared({aligned(), other}, gain).verdict == Verdict::warn);
  }

  TEST_CASE("a claim whose devices are not as it asks fails") {
    const RequirementVerdict verdict =
        compared({under({"pcieRoot", {}, {"pcieRoot"}}, "run-1"), apart()});
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason_code == "claim_not_aligned");
  }

  TEST_CASE("what one side lacks leaves alignment unjudged") {
    const auto missing = [](std::vector<Result> results, const std::string& told) {
      const RequirementVerdict verdict = compared(std::move(results));
      INFO(verdict.reason);
      CHECK(verdict.verdict == Verdict::not_evaluated);
      CHECK(verdict.reason_code == "missing");
      CHECK(verdict.reason.find(told) != std::string::npos);
    };
    missing({aligned()}, "whose claims hold a NIC of another pcieRoot than its accelerators");
    missing({apart()}, "no run with a claim aligned by pcieRoot");
    missing({aligned(), under(kByChance, "run-2")}, "have the same pcieRoot by chance");
    missing({under({"numaNode", {"numaNode"}, {}}, "run-1"), apart()}, "no run with a claim");
    Result unknown = aligned();
    unknown.extensions = Json::object();
    missing({unknown}, "no run with a claim aligned");
    Result without = apart();
    std::erase_if(without.measurements, [](const auto& one) { return one.id.workload == "gemm"; });
    missing({aligned(), without}, "was measured under aligned claims alone");
  }

  TEST_CASE("an interval that holds the limit leaves the ratio unjudged") {
    Result noisy = aligned();
    slow_down_all(noisy, 1 / 0.96);
    for (Measurement& one : noisy.measurements)
      if (one.samples) {
        one.samples->ci_low_s = one.samples->median_s * 0.9;
        one.samples->ci_high_s = one.samples->median_s * 1.1;
      }
    CHECK(compared({noisy, apart()}).reason_code == "too_noisy");
  }

  TEST_CASE("a device may be of both claims and of neither twice") {
    CHECK_NOTHROW(refuse_repeated_nodes({aligned(), apart()}, true));
    CHECK_NOTHROW(refuse_repeated_nodes({aligned(), apart(), under(kByChance, "run-3")}, true));
    CHECK_THROWS_AS(refuse_repeated_nodes({aligned(), apart()}), RepeatedNode);
    CHECK_THROWS_AS(refuse_repeated_nodes({aligned(), apart(), under(kAligned, "run-3")}, true),
                    RepeatedNode);
    CHECK_THROWS_AS(refuse_repeated_nodes({aligned(), apart(), under(kApart, "run-3")}, true),
                    RepeatedNode);
  }
}

}  // namespace assay::test
