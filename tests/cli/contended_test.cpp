// A machine that others use never passes in silence.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "tests/cli/workplace.h"

namespace assay::test {

namespace {

/// One for each processor, until it goes.
class BusyLoops {
 public:
  explicit BusyLoops(const Workplace& workplace) {
    Launch loop;
    loop.executable = "/bin/sh";
    loop.words = {"-c", "while :; do :; done"};
    loop.folder = workplace.folder();
    loop.one_core = false;
    for (unsigned i = 0; i < std::max(std::thread::hardware_concurrency(), 1U); ++i)
      loops_.push_back(std::make_unique<Process>(loop));
  }

 private:
  std::vector<std::unique_ptr<Process>> loops_;
};

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("busy loops on every processor are no pass and the verdict says why") {
    const Workplace workplace;
    {
      const BusyLoops others(workplace);
      const Outcome run = workplace.assay({"run", "--profile", profile_path("contended"),
                                           "--backend", "host", "-o", "result.json"});
      REQUIRE_MESSAGE(run.exit_code == 0, run.err);
    }
    const auto document = read_json(workplace.path("result.json"));
    const auto& measurement = document["measurements"][0];
    REQUIRE_MESSAGE(measurement.contains("samples"), measurement.dump());
    const auto& samples = measurement["samples"];
    CHECK(samples["discarded"] > 0);
    CHECK(samples["stop_reason"] == "max_time");
    CHECK(samples["pass_medians_s"].size() == 2);
    workplace.assay({"check", "result.json", "--profile", profile_path("contended"), "--format",
                     "json", "-o", "verdict.json"});
    const auto verdict = read_json(workplace.path("verdict.json"));
    CHECK(verdict["verdict"] == "warn");
    int contended = 0;
    for (const auto& one : verdict["requirements"]) {
      if (one["id"] != "contention") continue;
      ++contended;
      CHECK(one["reason_code"] == "contended");
      CHECK(one["action"] == "quiet_machine");
      CHECK(contains(one["reason"].get<std::string>(), "cpu_"));
    }
    CHECK(contended == 1);
  }
}

}  // namespace assay::test
