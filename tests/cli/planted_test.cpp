// A wrong kernel is caught: planted in an executable that differs from `assay` in nothing else.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

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

  TEST_CASE("a case is told whether the run only verifies when it is prepared") {
    const Workplace workplace;
    Launch launch = workplace.launch(
        {"run", "--profile", profile_path("untimed"), "--backend", "host", "-o", "result.json"});
    launch.executable = ASSAY_PLANTED_BINARY;
    const auto measured = [&] {
      const Outcome run = run_process(launch);
      INFO(run.err);
      return read_json(workplace.path("result.json"))["measurements"][0];
    };
    const auto timed = measured();
    CHECK(timed["status"] == "error");
    CHECK(timed["reason"] == "prepared to be timed");
    launch.words.insert(launch.words.end(), {"--verify-only", "--force"});
    const auto verified = measured();
    CHECK(verified["status"] == "not_applicable");
    CHECK(verified["verification"]["status"] == "exact");
  }

  TEST_CASE("a run that only verifies times nothing and finds the wrong kernel") {
    const Workplace workplace;
    Launch launch = workplace.launch({"run", "--profile", profile_path("planted"), "--backend",
                                      "host", "--verify-only", "-o", "result.json"});
    const auto verified = [&](const char* executable, int exit_code) {
      launch.executable = executable;
      launch.words.back() = std::string(exit_code == 0 ? "right" : "wrong") + ".json";
      const Outcome run = run_process(launch);
      INFO(run.err);
      CHECK(run.exit_code == exit_code);
      const auto document = read_json(workplace.path(launch.words.back()));
      CHECK(document["status"] == "complete");
      for (const auto& measurement : document["measurements"]) {
        CHECK_FALSE(measurement.contains("samples"));
        const bool planted = measurement["implementation"] == "off_by_one";
        CHECK(measurement["status"] == (planted ? "failed_verification" : "not_applicable"));
        if (!planted) CHECK(measurement["verification"]["status"] != "failed");
      }
      return run.out;
    };
    CHECK(contains(verified(ASSAY_PLANTED_BINARY, 1), "FAILED VERIFICATION"));
    launch.words.insert(launch.words.end() - 2, {"--filter", "openblas|blocked"});
    CHECK(contains(verified(ASSAY_PLANTED_BINARY, 0), "not timed"));

    const auto assay = [&](std::vector<std::string> words) {
      launch.words = std::move(words);
      return run_process(launch);
    };
    CHECK(assay({"validate", "right.json", "wrong.json"}).exit_code == 0);
    // What was not timed is no pass.
    CHECK(assay({"check", "right.json", "--profile", profile_path("planted")}).exit_code == 1);
    const Outcome ranks = assay(
        {"run", "--profile", "fabric", "--local-ranks", "2", "--backend", "host", "--verify-only"});
    CHECK(ranks.exit_code == 2);
    CHECK(is_one_line(ranks.err));
  }

  TEST_CASE("a bit that flips while a product is sampled fails it and its tile is named") {
    const Workplace workplace;
    Launch launch = workplace.launch({"run", "--profile", profile_path("planted_flip"), "--backend",
                                      "host", "-o", "result.json"});
    launch.executable = ASSAY_PLANTED_BINARY;
    const Outcome run = run_process(launch);
    INFO(run.err);
    CHECK(run.exit_code == 1);
    const auto document = read_json(workplace.path("result.json"));
    REQUIRE(document["measurements"].size() == 2);
    const auto& flipped = document["measurements"][0];
    CHECK(flipped["status"] == "failed_verification");
    CHECK_FALSE(flipped.contains("samples"));
    CHECK(contains(flipped["reason"].get<std::string>(),
                   "the first is at element (33, 21), in tile (2, 2) of 16x8"));
    CHECK(document["measurements"][1]["status"] == "measured");

    launch.words = {"check", "result.json", "--profile", profile_path("planted_flip")};
    const Outcome check = run_process(launch);
    CHECK(check.exit_code == 1);
    CHECK(contains(check.out, "tile (2, 2)"));
  }

  TEST_CASE("the product holds no planted implementation and nothing that flips a bit") {
    const auto holds = [](const char* executable) {
      std::ifstream file(executable, std::ios::binary);
      std::string bytes(std::filesystem::file_size(executable), '\0');
      REQUIRE(file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())));
      REQUIRE(bytes.size() > 100000);
      return contains(bytes, "planted");
    };
    CHECK(holds(ASSAY_PLANTED_BINARY));  // the search finds what is there
    CHECK_FALSE(holds(ASSAY_BINARY));
  }

  TEST_CASE("an implementation that is not built in is refused by name and leaves no document") {
    const Workplace workplace;
    const Outcome run = workplace.assay(
        {"run", "--profile", profile_path("slow"), "--backend", "host", "-o", "result.json"});
    CAPTURE(run.err);
    CHECK(run.exit_code == 2);
    CHECK(is_one_line(run.err));
    CHECK(contains(run.err, "/cases/0"));
    CHECK(contains(run.err, "planted_slow"));
    CHECK_FALSE(std::filesystem::exists(workplace.path("result.json")));
  }
}

}  // namespace assay::test
