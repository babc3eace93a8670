// What single verdicts make of the whole, and the verdict document's round trip.
#include "harness/core/verdict.h"

#include <doctest/doctest.h>

#include "harness/core/document.h"

namespace assay {

namespace {

RequirementVerdict one(Level level, Verdict verdict, const std::string& reason_code = "met") {
  return {"r", level, Axis::functional, verdict, reason_code, "because", {}, Json::object()};
}

Verdict whole(std::vector<RequirementVerdict> requirements) {
  return summarise("p", std::move(requirements)).verdict;
}

const RequirementVerdict kPassed = one(Level::must, Verdict::pass);
const RequirementVerdict kExcluded = one(Level::must, Verdict::not_evaluated, "not_applicable");

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("the worst requirement that counts decides") {
    CHECK(whole({kPassed}) == Verdict::pass);
    CHECK(whole({kPassed, one(Level::must, Verdict::warn)}) == Verdict::warn);
    CHECK(whole({kPassed, one(Level::should, Verdict::fail)}) == Verdict::warn);
    CHECK(whole({kPassed, one(Level::must, Verdict::fail)}) == Verdict::fail);
    CHECK(whole({one(Level::should, Verdict::fail), one(Level::must, Verdict::fail)}) ==
          Verdict::fail);
  }

  TEST_CASE("something missing is never a pass") {
    for (const char* code :
         {"missing", "too_noisy", "too_few_samples", "no_baseline", "failed_verification",
          "wrong_transport", "wrong_backend", "excluded"}) {
      CAPTURE(code);
      CHECK(whole({kPassed, one(Level::must, Verdict::not_evaluated, code)}) == Verdict::fail);
      CHECK(whole({kPassed, one(Level::should, Verdict::not_evaluated, code)}) == Verdict::warn);
    }
    CHECK(whole({kPassed, kExcluded}) == Verdict::pass);
  }

  TEST_CASE("nothing evaluated is never a pass") {
    CHECK(whole({}) == Verdict::not_evaluated);
    CHECK(whole({kExcluded, kExcluded}) == Verdict::not_evaluated);
    CHECK(whole({kExcluded, one(Level::should, Verdict::not_evaluated, "missing")}) ==
          Verdict::not_evaluated);
    CHECK(whole({kExcluded, one(Level::must, Verdict::not_evaluated, "missing")}) == Verdict::fail);
  }

  TEST_CASE("every verdict is counted even when there is none") {
    const VerdictDocument document =
        summarise("p", {kPassed, kPassed, kExcluded, kExcluded, kExcluded,
                        one(Level::must, Verdict::not_evaluated, "missing"),
                        one(Level::must, Verdict::fail)});
    CHECK(document.counts ==
          std::map<std::string, int>{
              {"pass", 2}, {"warn", 0}, {"fail", 1}, {"not_evaluated", 1}, {"not_applicable", 3}});
  }

  TEST_CASE("a verdict document is valid and comes back the same") {
    RequirementVerdict failed = one(Level::must, Verdict::fail, "below_baseline");
    failed.axis = Axis::performance;
    failed.subjects = {{"device", "node-a device 3"}, {"link", "node-a to node-b"}};
    failed.figures = {{"fraction", 0.31}};
    const Json json = to_json(summarise("node", {failed, kPassed, kExcluded}));
    validate(json, DocumentKind::verdict, "v");
    CHECK(to_json(verdict_from_json(parse_json(json.dump(), "v"))) == json);
    CHECK(json["requirements"][0]["subjects"][1]["kind"] == "link");
  }
}

}  // namespace assay
