// The commands that a stranger types first: how long they take, and that what they leave is in
// order.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <thread>

#include "tests/cli/workplace.h"
#include "tests/not_run.h"

namespace assay::test {

namespace {

/// Where others take the cores, the time says nothing about us.
void refuse_busy_machine() {
  double load = 0;
  const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
  if (getloadavg(&load, 1) == 1 && load > 2.0 * cores)
    not_run("others are using this machine: load " + std::to_string(load) + " on " +
            std::to_string(cores) + " cores");
}

/// Of the cases of a list or the measurements of a document.
std::set<std::string> ids(const nlohmann::ordered_json& cases) {
  std::set<std::string> ids;
  for (const auto& one : cases)
    ids.insert(one["case"].get<std::string>() + " " + one["series"].get<std::string>());
  return ids;
}

}  // namespace

TEST_SUITE("timing") {
  TEST_CASE("training and inference over two ranks end in a verdict in under 90 seconds") {
    for (const std::string profile : {"training", "inference"}) {
      CAPTURE(profile);
      refuse_busy_machine();
      const Workplace workplace;
      Launch launch = workplace.launch({"run", "--profile", profile, "--backend", "host",
                                        "--local-ranks", "2", "-o", "results"});
      launch.one_core = false;
      const Outcome run = run_process(launch);
      INFO(run.err);
      CHECK(run.exit_code == 0);
      MESSAGE("seconds: ", run.seconds);
      CHECK(run.seconds < 90);
      const Outcome check = workplace.assay({"check", "results"});
      INFO(check.out);
      CHECK(check.exit_code == 0);
    }
  }

  TEST_CASE("the quick profile on the host takes under 60 seconds") {
    refuse_busy_machine();
    const Workplace workplace;
    Launch launch =
        workplace.launch({"run", "--profile", "quick", "--backend", "host", "-o", "result.json"});
    launch.one_core = false;
    const Outcome run = run_process(launch);
    INFO(run.err);
    CHECK(run.exit_code == 0);
    MESSAGE("seconds: ", run.seconds);
    CHECK(run.seconds < 60);
    CHECK(workplace.assay({"validate", "result.json"}).exit_code == 0);
    const Outcome list = workplace.assay({"list", "--profile", "quick", "--backend", "host",
                                          "--world-size", "1", "--format", "json"});
    CHECK(ids(nlohmann::ordered_json::parse(list.out)["cases"]) ==
          ids(read_json(workplace.path("result.json"))["measurements"]));
  }
}

}  // namespace assay::test
