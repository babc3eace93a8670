// A run that was told to leave cases out is named with its filter, once.
#include <doctest/doctest.h>

#include "harness/core/regular_expression.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

Result filtered(const std::string& expression) {
  Result result = passing_result(load_profile("node"), "cuda", 8);
  result.run.filter = expression;
  const RegularExpression taken(expression);
  std::erase_if(result.measurements,
                [&](const Measurement& one) { return !taken.is_found_in(one.id.str()); });
  return result;
}

RequirementVerdict judged_by_node(const Result& result, const std::string& id) {
  const Profile profile = load_profile("node");
  return judged(Evidence{{result}, &profile, {}}, id);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a filtered run does not pass and its filter is named instead of every case") {
    const RequirementVerdict verdict = judged_by_node(filtered("^memory_"), "complete_run");
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason.starts_with(
        "run run-node-a was made with --filter \"^memory_\", which left this out: "));
    CHECK(verdict.reason.ends_with(" cases of the profile"));
    CHECK(verdict.reason.find(';') == std::string::npos);
    CHECK(verdict.figures["documents"][0]["filter"] == "^memory_");
  }

  TEST_CASE("a requirement whose cases were left out says which filter did it") {
    for (const char* id : {"gemm_bf16", "stable_samples", "verified_results"}) {
      CAPTURE(std::string(id));
      const RequirementVerdict verdict = judged_by_node(filtered("^memory_"), id);
      CHECK(verdict.verdict == Verdict::not_evaluated);
      CHECK(verdict.reason.find("--filter \"^memory_\"") != std::string::npos);
      CHECK(verdict.reason.find("m8192_n8192_k8192") == std::string::npos);
    }
  }

  TEST_CASE("one implementation that a filter left out is missing too") {
    Profile profile = small_profile();
    profile.requirements = {requirement("complete_run")};
    Result result = passing_result(profile, "cuda", 1);
    result.run.filter = "cublaslt|memory";
    std::erase_if(result.measurements,
                  [](const Measurement& one) { return one.id.implementation == "sm90"; });
    const RequirementVerdict verdict = judged(Evidence{{result}, &profile, {}}, "complete_run");
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason.find("1 case of the profile") != std::string::npos);
  }

  TEST_CASE("a case that the filter takes and that is not there is named itself") {
    Result result = filtered("^memory_");
    std::erase_if(result.measurements, [&](const Measurement& one) {
      return one.id.workload == "memory_triad" &&
             one.scope.members.front() == result.nodes[0].devices[3].uuid;
    });
    CHECK(judged_by_node(result, "complete_run").reason.find("memory_triad.f32") !=
          std::string::npos);
  }

  TEST_CASE("a filter that takes every case leaves nothing out") {
    CHECK(judged_by_node(filtered("."), "complete_run").verdict == Verdict::pass);
  }
}

}  // namespace assay::test
