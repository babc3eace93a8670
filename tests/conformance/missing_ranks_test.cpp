// A run of several processes is complete with the documents of all of them.
#include "harness/conformance/missing_ranks.h"

#include <doctest/doctest.h>

#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

Result of_rank(int rank, int world_size, const std::string& run = "run-1") {
  Result result = passing_result(small_profile(), "cuda", 1, "node-" + std::to_string(rank) + run);
  result.run.id = run;
  result.run.world_size = world_size;
  result.run.rank = rank;
  return result;
}

std::string line_of(const std::vector<Result>& results) {
  const std::vector<std::string> lines = missing_ranks(results);
  return lines.empty() ? "" : lines.front();
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("the ranks that left no document are named") {
    CHECK(line_of({of_rank(1, 3), of_rank(0, 3), of_rank(2, 3)}) == "");
    CHECK(line_of({of_rank(1, 2)}) ==
          "run run-1 had 2 processes, and the document of rank 0 is not here");
    CHECK(line_of({of_rank(1, 4)}) ==
          "run run-1 had 4 processes, and the documents of ranks 0, 2, 3 are not here");
    CHECK(line_of({of_rank(0, 9)}) ==
          "run run-1 had 9 processes, and the documents of ranks 1, 2, 3, 4 and 4 more are not "
          "here");
  }

  TEST_CASE("each run of several is complete by itself") {
    const auto lines = missing_ranks({of_rank(0, 2, "one"), of_rank(1, 2, "two")});
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "run one had 2 processes, and the document of rank 1 is not here");
    CHECK(lines[1] == "run two had 2 processes, and the document of rank 0 is not here");
  }

  TEST_CASE("a document that knows of no rank misses none") {
    Result on_one_machine = of_rank(0, 4);
    on_one_machine.run.rank.reset();
    CHECK(line_of({on_one_machine}) == "");
    Result imported = of_rank(0, 4);
    imported.imported.emplace();
    CHECK(line_of({imported}) == "");
  }

  TEST_CASE("a run without the document of a rank is not complete") {
    const Profile profile = [] {
      Profile small = small_profile();
      small.requirements = {requirement("complete_run")};
      return small;
    }();
    const auto complete = [&](std::vector<Result> results) {
      return judged(Evidence{std::move(results), &profile, {}}, "complete_run");
    };
    CHECK(complete({of_rank(0, 2), of_rank(1, 2)}).verdict == Verdict::pass);
    const RequirementVerdict alone = complete({of_rank(1, 2)});
    CHECK(alone.verdict == Verdict::not_evaluated);
    CHECK(alone.reason_code == "missing");
    CHECK(alone.reason.find("rank 0 is not here") != std::string::npos);
  }
}

}  // namespace assay::test
