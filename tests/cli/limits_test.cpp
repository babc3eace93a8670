// Limits that a pod sets on a run: on its threads and on its memory.
#include <doctest/doctest.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/measure/sanitized.h"
#include "tests/cli/workplace.h"
#include "tests/not_run.h"

namespace assay::test {

namespace {

constexpr int kNotRun = 77;

/// A run under `script` of tests/cli/cases.
Outcome run_under(const std::string& script, const std::string& limit, const Workplace& workplace,
                  const std::string& profile, const std::string& filter,
                  const char* executable = ASSAY_BINARY) {
  Launch launch = workplace.launch({});
  launch.executable = executable;
  launch.words = {std::string(ASSAY_TEST_CASES) + "/" + script,
                  limit,
                  launch.executable.string(),
                  "run",
                  "--profile",
                  profile,
                  "--backend",
                  "host",
                  "--filter",
                  filter,
                  "-o",
                  "x.json"};
  launch.executable = "/bin/sh";
  launch.environment["ASSAY_LOCK_DIR"] = workplace.folder().string();
  launch.one_core = false;
  return run_process(launch);
}

void check_each_limit_on_threads(const std::string& filter) {
  const Workplace workplace;
  chmod(workplace.folder().c_str(), 0777);
  // The user of the limit may not look into the folder of this checkout, such as root's own.
  const auto executable = workplace.path("assay"), profile = workplace.path("tiny.json");
  std::filesystem::copy_file(ASSAY_BINARY, executable);
  std::filesystem::copy_file(profile_path("tiny"), profile);
  bool was_refused = false;
  for (int limit = 1;; ++limit) {
    REQUIRE_MESSAGE(limit <= 64, "no limit was enough");
    const Outcome outcome = run_under("thread_limit.sh", std::to_string(limit), workplace, profile,
                                      filter, executable.c_str());
    CAPTURE(limit);
    CAPTURE(outcome.err);
    if (outcome.exit_code == 0) break;
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, "cannot start "));
    CHECK(contains(outcome.err, "ulimit -u is " + std::to_string(limit) + "; raise"));
    was_refused = was_refused || contains(outcome.err, "cannot start thread 2 of ");
  }
  CHECK(was_refused);
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a run that may not start its threads names the thread and the limit") {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2)
      not_run("one core needs one thread");
    if (geteuid() != 0) not_run("becoming a user of one process needs root");
    check_each_limit_on_threads("memory_copy");
    check_each_limit_on_threads("openblas");
  }

  TEST_CASE("a case that needs more memory than the control group leaves is not applicable") {
    if (kSanitized) not_run("a sanitizer keeps what is freed, which the limit counts");
    const Workplace workplace;
    const Outcome outcome = run_under("memory_limit.sh", std::to_string(400 << 20), workplace,
                                      "quick", "memory_(read|copy)");
    if (outcome.exit_code == kNotRun) not_run("making a control group needs root");
    CAPTURE(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    const auto document = read_json(workplace.path("x.json"));
    REQUIRE(document["measurements"].size() == 2);
    for (const auto& measurement : document["measurements"]) {
      const bool is_copy = measurement["workload"] == "memory_copy";
      CHECK(measurement["status"] == (is_copy ? "not_applicable" : "measured"));
      if (!is_copy) continue;
      const std::string reason = measurement["reason"];
      CAPTURE(reason);
      CHECK(reason.starts_with("needs 408 MiB at its peak, "));  // two arrays, answer, process
      CHECK(reason.ends_with(" MiB are free"));
    }
  }

  TEST_CASE("a case that the kernel kills for memory costs that case and the limit is named") {
    const Workplace workplace;
    const Outcome outcome =
        run_under("memory_limit.sh", std::to_string(500 << 20), workplace, profile_path("soak"),
                  "blocked.m(256|320)|hungry", ASSAY_PLANTED_BINARY);
    if (outcome.exit_code == kNotRun) not_run("making a control group needs root");
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 1);
    const auto document = read_json(workplace.path("x.json"));
    CHECK(document["status"] == "complete");
    for (const auto& one : document["measurements"]) {
      CAPTURE(one["case"].get<std::string>());
      if (one["implementation"] == "blocked") CHECK(one["status"] == "measured");
      if (one["implementation"] != "planted_hungry") continue;
      CHECK(one["reason"] == "killed by signal 9 (Killed); the cgroup's limit is 500 MiB");
    }
  }
}

}  // namespace assay::test
