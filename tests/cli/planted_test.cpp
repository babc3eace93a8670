// A wrong kernel is caught: planted in an executable that differs from `assay` in nothing else.
#include <doctest/doctest.h>

#include "tests/cli/workplace.h"

namespace assay::test {

TEST_SUITE("integration") {
  TEST_CASE("a planted wrong kernel fails verification and is not timed and the exit code is 1") {
    const Workplace workplace;
    Launch launch = workplace.launch(
        {"run", "--profile", profile_path("planted"), "--backend", "host", "-o", "result.json"});
    launch.executable = ASSAY_PLANTED_BINARY;
    const Outcome run = run_process(launch);
    INFO(run.err);
    CHECK(run.exit_code == 1);
    CHECK(is_one_line(run.err));
    CHECK(contains(run.err, "1 case failed verification"));
    CHECK(contains(run.out, "FAILED VERIFICATION"));

    const auto document = read_json(workplace.path("result.json"));
    CHECK(document["status"] == "complete");
    REQUIRE(document["measurements"].size() == 2);
    for (const auto& measurement : document["measurements"]) {
      const bool planted = measurement["implementation"] == "off_by_one";
      CAPTURE(measurement["case"].get<std::string>());
      CHECK(measurement["status"] == (planted ? "failed_verification" : "measured"));
      CHECK(measurement.contains("samples") == !planted);
      CHECK((measurement["verification"]["status"] == "failed") == planted);
    }

    launch.words = {"check", "result.json", "--profile", profile_path("planted")};
    const Outcome check = run_process(launch);
    CHECK(check.exit_code == 1);
    CHECK(contains(check.out, "off_by_one"));
  }

  TEST_CASE("an implementation that is not built in is named and is never a pass") {
    const Workplace workplace;
    const Outcome run = workplace.assay(
        {"run", "--profile", profile_path("slow"), "--backend", "host", "-o", "result.json"});
    INFO(run.err);
    CHECK(run.exit_code == 1);
    CHECK(is_one_line(run.err));
    CHECK(contains(run.err, "nothing was measured"));
    const auto document = read_json(workplace.path("result.json"));
    REQUIRE(document["measurements"].size() == 1);
    CHECK(document["measurements"][0]["status"] == "not_applicable");
    CHECK(contains(document["measurements"][0]["reason"].get<std::string>(), "planted_slow"));
    CHECK(workplace.assay({"check", "result.json", "--profile", profile_path("slow")}).exit_code ==
          1);
  }
}

}  // namespace assay::test
