// A machine whose disk hangs for a while and whose wall clock is set: no case pays for either.
#include <doctest/doctest.h>

#include <ctime>

#include "tests/cli/workplace.h"

namespace assay::test {

namespace {

Launch troubled_run(const Workplace& workplace, const std::string& deadline_s,
                    std::map<std::string, std::string> environment) {
  Launch launch =
      workplace.launch({"run", "--profile", profile_path("soak"), "--backend", "host", "--filter",
                        "blocked", "--case-deadline", deadline_s, "-o", "result.json"});
  launch.executable = ASSAY_PLANTED_BINARY;
  workplace.preload(std::move(environment), launch);
  return launch;
}

void all_is_measured(const Workplace& workplace, const Outcome& outcome) {
  CAPTURE(outcome.err);
  REQUIRE(workplace.was_preloaded());
  CHECK(outcome.exit_code == 0);
  const auto document = read_json(workplace.path("result.json"));
  CHECK(document["status"] == "complete");
  CHECK(document["measurements"].size() == 4);
  for (const auto& one : document["measurements"]) CHECK(one["status"] == "measured");
}

/// Of a time in UTC such as 2026-11-23T17:40:00.123Z.
double second_of(const std::string& time) {
  std::tm utc{};
  REQUIRE(strptime(time.c_str(), "%Y-%m-%dT%H:%M:%S", &utc) != nullptr);
  return static_cast<double>(timegm(&utc)) + std::stod("0" + time.substr(19, 4));
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a disk that hangs for longer than a case may costs no case") {
    const Workplace workplace;
    const Outcome outcome = run_process(troubled_run(
        workplace, "2", {{"ASSAY_TEST_SLOW_SYNC", "4"}, {"ASSAY_TEST_SLOW_SYNC_S", "4"}}));
    all_is_measured(workplace, outcome);
    CHECK(outcome.seconds >= 4);
  }

  TEST_CASE("a wall clock that is set in the middle of a run changes no duration") {
    for (const std::string step_s : {"-86400", "86400"}) {
      CAPTURE(step_s);
      const Workplace workplace;
      const Outcome outcome =  // within a deadline that a busy machine keeps and no day does
          run_process(troubled_run(
              workplace, "20",
              {{"ASSAY_TEST_CLOCK_STEP_S", step_s}, {"ASSAY_TEST_CLOCK_STEP_AFTER_S", "0.7"}}));
      all_is_measured(workplace, outcome);
      const auto document = read_json(workplace.path("result.json"));
      const double took_s =
          second_of(document["run"]["finished"]) - second_of(document["run"]["started"]);
      CHECK(took_s >= 0);
      CHECK(took_s < 3600);
      for (const auto& one : document["measurements"]) {
        const double median_s = one["samples"]["median_s"];
        CHECK(median_s > 0);
        CHECK(median_s < 1);
      }
      CHECK(workplace.assay({"validate", "result.json"}).exit_code == 0);
    }
  }
}

}  // namespace assay::test
