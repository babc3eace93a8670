// What every output says of documents before their figures.
#include "harness/core/marks.h"

#include <doctest/doctest.h>

namespace assay {

namespace {

Result complete_run() {
  Result result;
  result.status = RunStatus::complete;
  result.run.backend = "cuda";
  return result;
}

Result filtered_by(const std::string& filter) {
  Result result = complete_run();
  result.run.filter = filter;
  return result;
}

Result interrupted_run() {
  Result result = complete_run();
  result.status = RunStatus::interrupted;
  return result;
}

/// `code: sentence` of each mark of documents called 1.json, 2.json, …
std::vector<std::string> said_of(const std::vector<Result>& results) {
  Marks marks;
  for (std::size_t i = 0; i < results.size(); ++i)
    marks.add(std::to_string(i + 1) + ".json", results[i]);
  std::vector<std::string> said;
  for (const Mark& mark : marks.said()) said.push_back(mark.code + ": " + mark.sentence);
  return said;
}

using Said = std::vector<std::string>;

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a complete run of a device has no mark") { CHECK(said_of({complete_run()}).empty()); }

  TEST_CASE("a document is marked for each thing that it is") {
    Result model = complete_run();
    model.simulated = true;
    CHECK(said_of({model}) == Said{"simulated: Simulated: no hardware was measured."});
    Result host = complete_run();
    host.run.backend = "host";
    host.simulated = true;  // its CPU was measured
    CHECK(said_of({host}) == Said{"host: Host backend: a CPU was measured, no accelerator."});
    CHECK(said_of({interrupted_run()}) ==
          Said{"incomplete: 1.json is interrupted: it holds what was measured until then."});
    Result broken = complete_run();
    broken.status = RunStatus::error;
    broken.error = "rank 3 was lost";
    CHECK(said_of({broken}) == Said{"incomplete: 1.json is error: rank 3 was lost."});
    CHECK(said_of({filtered_by("gemm.*")}) ==
          Said{"filtered: Filtered: only cases that match \"gemm.*\" were measured."});
    Result foreign = complete_run();
    foreign.imported.emplace();
    foreign.imported->tool = "nccl-tests";
    foreign.imported->version = "2.13";
    foreign.imported->unsaid = {"how long it warmed up", "which inputs"};
    CHECK(said_of({foreign}) ==
          Said{"imported: 1.json is imported from nccl-tests 2.13, which does not say how long it "
               "warmed up; which inputs."});
  }

  TEST_CASE("what some documents are is not said of all") {
    Result model = complete_run();
    model.simulated = true;
    CHECK(said_of({model, filtered_by("gemm")}) ==
          Said{"simulated: Simulated: no hardware was measured for some of these documents.",
               "filtered: Filtered: only cases that match \"gemm\" were measured for some of these "
               "documents."});
  }

  TEST_CASE("many documents have few sentences") {
    const std::vector<Result> broken(1000, interrupted_run());
    const Said said = said_of(broken);
    REQUIRE(said.size() == 4);
    CHECK(said.back() == "incomplete: 997 more documents are not complete.");
    std::vector<Result> filtered;
    for (int i = 0; i < 5; ++i) filtered.push_back(filtered_by("m" + std::to_string(i)));
    CHECK(said_of(filtered).back() == "filtered: 2 more filters were used.");
    Result foreign = complete_run();
    foreign.imported.emplace();
    foreign.imported->tool = "dcgmi";
    foreign.imported->unsaid = Said(1000, "much");
    CHECK(said_of({foreign}).front().ends_with("much and 990 things more."));
  }
}

}  // namespace assay
