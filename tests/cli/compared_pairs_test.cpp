// Pairs of real runs: `scripts/soak compare` counts how often a comparison is wrong.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <thread>

#include "tests/cli/workplace.h"

namespace assay::test {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kPairShape = "m256_n256_k400";
constexpr const char* kMoreWork = "m256_n256_k420";  // 5 % more

/// Pairs of each kind. Few are enough to see that the way from run to verdict holds; counts of
/// verdicts are held to only where scripts/soak asks for many.
int asked_pairs() {
  const char* asked = std::getenv("ASSAY_SOAK_COUNT");
  return asked == nullptr ? 1 : std::max(1, std::atoi(asked));
}
constexpr int kEnoughToCount = 50;

void measure_side(const Workplace& workplace, const std::string& name, const std::string& shape) {
  Launch launch = workplace.launch({"run", "--profile", profile_path("pairs"), "--backend", "host",
                                    "--filter", shape, "--force", "-o", name});
  launch.one_core = false;
  const Outcome outcome = run_process(launch);
  REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
}

/// Gives the document's one case the name of the other shape: really more work by the same name.
void rename_case(const std::filesystem::path& path) {
  std::string text = read_text(path);
  for (const auto& [from, to] : {std::pair(std::string(kMoreWork), std::string(kPairShape)),
                                 std::pair(std::string("\"k\": 420"), std::string("\"k\": 400"))}) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
  }
  write_text_file(path, text);
}

bool sides_are_stable(const std::filesystem::path& path) {
  const Json document = read_json(path);
  for (const Json& one : document["measurements"]) {
    const std::string reason = one["samples"]["stop_reason"];
    if (reason != "stable" && reason != "noise_stable") return false;
  }
  return true;
}

struct PairVerdict {
  std::string verdict, code;
};

PairVerdict compare_pair(const Workplace& workplace) {
  const Outcome outcome = workplace.assay({"compare", "a.json", "b.json", "--format", "json"});
  REQUIRE_MESSAGE((outcome.out.starts_with("{")), outcome.err);
  const Json one = Json::parse(outcome.out)["cases"][0];
  const std::string verdict = one["verdict"];
  CHECK((outcome.exit_code == 1) == (verdict == "worse"));
  return {verdict, one.value("reason_code", "")};
}

/// A process for half of the processors, each turning in a circle while it lives.
class HalfBusy {
 public:
  HalfBusy() {
    const unsigned half = std::max(1u, std::thread::hardware_concurrency() / 2);
    for (unsigned i = 0; i < half; ++i) {
      const pid_t pid = fork();
      if (pid == 0) {
        std::atomic<unsigned> turns = 0;
        for (;;) ++turns;
      }
      pids_.push_back(pid);
    }
  }
  ~HalfBusy() {
    for (const pid_t pid : pids_) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
  }
  HalfBusy(const HalfBusy&) = delete;
  HalfBusy& operator=(const HalfBusy&) = delete;

 private:
  std::vector<pid_t> pids_;
};

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("pairs of runs of the same case do not differ") {
    const Workplace workplace;
    std::map<std::string, int> counts;
    for (int i = 0; i < asked_pairs(); ++i) {
      measure_side(workplace, "a.json", kPairShape);
      measure_side(workplace, "b.json", kPairShape);
      const PairVerdict found = compare_pair(workplace);
      ++counts[found.code == "noise" ? "noise" : found.verdict];
    }
    for (const auto& [verdict, count] : counts) MESSAGE(verdict << ": " << count);
    if (asked_pairs() >= kEnoughToCount)
      CHECK((counts["worse"] + counts["better"]) * 100 <= 3 * asked_pairs());
  }

  TEST_CASE("pairs of runs of which one does 5 percent more work are worse") {
    const Workplace workplace;
    int worse = 0, counted = 0;
    for (int i = 0; i < asked_pairs(); ++i) {
      measure_side(workplace, "a.json", kPairShape);
      measure_side(workplace, "b.json", kMoreWork);
      rename_case(workplace.path("b.json"));
      const PairVerdict found = compare_pair(workplace);
      if (asked_pairs() >= kEnoughToCount) CHECK(found.verdict != "better");
      const bool counts = found.code != "noise" && sides_are_stable(workplace.path("a.json")) &&
                          sides_are_stable(workplace.path("b.json"));
      if (!counts) continue;
      ++counted;
      worse += found.verdict == "worse" ? 1 : 0;
    }
    MESSAGE(worse << " of " << counted << " pairs that count are worse");
    if (asked_pairs() >= kEnoughToCount) {
      CHECK(counted * 2 >= asked_pairs());
      CHECK(worse * 100 >= 90 * counted);
    }
  }

  TEST_CASE("pairs of runs of which one shared the processor differ only with the reason") {
    const Workplace workplace;
    for (int i = 0; i < asked_pairs(); ++i) {
      measure_side(workplace, "a.json", kPairShape);
      {
        const HalfBusy burner;
        measure_side(workplace, "b.json", kPairShape);
      }
      const PairVerdict found = compare_pair(workplace);
      MESSAGE(found.verdict << " " << found.code);
      if (asked_pairs() >= kEnoughToCount) {
        CHECK(found.verdict != "worse");
        CHECK(found.verdict != "better");
      }
    }
  }
}

}  // namespace assay::test
