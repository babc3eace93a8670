// The portable binary does the whole job: it measures and it judges.
#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/cli/workplace.h"
#include "tests/not_run.h"

namespace assay::test {

namespace {

std::filesystem::path portable_binary() {
  const char* named = std::getenv("ASSAY_PORTABLE_BINARY");
  const std::filesystem::path path =
      named ? named : std::string(ASSAY_SOURCE_DIR) + "/build/portable/assay";
  if (!std::filesystem::exists(path))
    not_run(
        "no portable binary is built: cmake --preset portable && cmake --build --preset portable");
  return path;
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("the portable binary measures and judges") {
    const std::filesystem::path binary = portable_binary();
    const Workplace workplace;
    Launch launch = workplace.launch(
        {"run", "--profile", profile_path("tiny"), "--backend", "host", "-o", "result.json"});
    launch.executable = binary;
    const Outcome run = run_process(launch);
    INFO(run.err);
    REQUIRE(run.exit_code == 0);
    launch.words = {"check", "result.json", "--profile", profile_path("tiny")};
    const Outcome check = run_process(launch);
    INFO(check.out);
    CHECK(check.exit_code == 0);
  }
}

}  // namespace assay::test
