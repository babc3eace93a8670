// How single findings become one verdict.
#include "harness/conformance/findings.h"

#include <doctest/doctest.h>

#include "harness/core/document.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

TEST_SUITE("unit") {
  TEST_CASE("the worst finding decides and only its subjects are named") {
    Findings findings;
    findings.pass();
    CHECK(findings.verdict("all well").verdict == Verdict::pass);
    CHECK(findings.verdict("all well").reason == "all well");
    findings.warn("w", "a warning", {"device", "one"});
    CHECK(findings.verdict("").verdict == Verdict::warn);
    findings.not_evaluated("missing", "something missing", Subject{"device", "two"});
    CHECK(findings.verdict("").verdict == Verdict::not_evaluated);
    findings.fail("f", "a failure", {"device", "three"});
    findings.warn("w", "another warning", {"device", "four"});
    const RequirementVerdict verdict = findings.verdict("");
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason_code == "f");
    CHECK(verdict.reason == "a failure");
    REQUIRE(verdict.subjects.size() == 1);
    CHECK(verdict.subjects[0].name == "three");
  }

  TEST_CASE("a device with many findings is named once and a long list of reasons is cut") {
    Findings findings;
    for (int i = 0; i < 5; ++i) findings.fail("f", "failure", {"device", "one"});
    const RequirementVerdict verdict = findings.verdict("");
    CHECK(verdict.subjects.size() == 1);
    CHECK(verdict.reason == "failure; and 4 more");
  }

  TEST_CASE("names as long as a document may have them leave a verdict that can be written") {
    Findings findings;
    std::string name;
    while (name.size() < 1022) name += "\xc3\xa9";
    for (const char* device : {" device 0", " device 1"})
      findings.fail("f", name + name + name + name + name + name + name + device,
                    {"device", name + device});
    RequirementVerdict found = findings.verdict("");
    found.id = "ecc";
    found.action = Action::drain;
    found.action_reason = "its reason";
    const VerdictDocument document = summarise("node", {found});
    validate(to_json(document), DocumentKind::verdict, "the verdict");
    const std::vector<Subject>& subjects = document.requirements[0].subjects;
    REQUIRE(subjects.size() == 2);
    CHECK(subjects[0].name.size() <= 1024);
    CHECK(subjects[0].name.size() > 1000);
    CHECK(subjects[0].name.find("\xc3\xa9 ... \xc3\xa9") != std::string::npos);
    CHECK(subjects[0].name.ends_with(" device 0"));
    CHECK(subjects[1].name.ends_with(" device 1"));
  }

  TEST_CASE("what was found of a device that the reason does not begin with stands by its name") {
    Findings findings;
    findings.fail("f", "one is slow", {"device", "one"});
    findings.fail("f", "two is slower", {"device", "two"});
    findings.fail("f", "two is slower still", {"device", "two"});
    findings.warn("w", "three is not fast", {"device", "three"});
    const Json said = findings.verdict("").figures["findings"];
    REQUIRE(said.size() == 1);
    CHECK(said[0] == Json({{"subject", "two"}, {"reason", "two is slower"}}));
    Findings alike;
    for (const char* name : {"one", "two"}) alike.fail("f", "no answer", {"device", name});
    CHECK(!alike.verdict("").figures.contains("findings"));
  }

  TEST_CASE("where nothing was looked at nothing passes") {
    CHECK(Findings().verdict("all well").verdict == Verdict::not_evaluated);
    CHECK(Findings().verdict("all well").reason_code == "missing");
    Result result = passing_result(small_profile(), "cuda", 2);
    result.nodes.front().devices.clear();
    result.measurements.clear();
    for (const char* kind : {"stable_samples", "spread_within_node"})
      CHECK(judged(result, requirement(kind, {{"workload", "memory_triad"}})).reason_code ==
            "missing");
  }
}

}  // namespace assay::test
