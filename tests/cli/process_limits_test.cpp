// Limits of a process on its stack and its CPU time: raised where that is allowed, and named.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/measure/sanitized.h"
#include "tests/cli/workplace.h"
#include "tests/not_run.h"

namespace assay::test {

namespace {

constexpr rlim_t kSmallStack_bytes = rlim_t{64} << 10;

Outcome run_with_limit(const Workplace& workplace, int resource, rlim_t bytes) {
  Launch launch = workplace.launch(
      {"run", "--profile", profile_path("tiny"), "--backend", "host", "-o", "result.json"});
  launch.in_child = [resource, bytes] {
    const rlimit limit{bytes, bytes};
    setrlimit(static_cast<__rlimit_resource>(resource), &limit);
  };
  return run_process(launch);
}

Outcome run_with_stack(const Workplace& workplace, rlim_t most_bytes) {
  Launch launch = workplace.launch(
      {"run", "--profile", profile_path("tiny"), "--backend", "host", "-o", "result.json"});
  launch.one_core = false;  // threads of libraries have stacks too
  launch.in_child = [most_bytes] {
    const rlimit limit{kSmallStack_bytes, most_bytes};
    setrlimit(RLIMIT_STACK, &limit);
  };
  return run_process(launch);
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a low limit on the stack is raised as far as it may be") {
    if (kSanitized) not_run("a sanitizer sets limits of its own");
    const Workplace workplace;
    const Outcome outcome = run_with_stack(workplace, rlim_t{8} << 20);
    CAPTURE(outcome.err);
    CHECK(outcome.signal == 0);
    CHECK(outcome.exit_code == 0);
    CHECK(read_json(workplace.path("result.json"))["status"] == "complete");
  }

  TEST_CASE("a stack of 128 KiB is enough where it may not be larger") {
    if (kSanitized) not_run("a sanitizer sets limits of its own");
    const Workplace workplace;
    const Outcome outcome = run_with_stack(workplace, rlim_t{128} << 10);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 0);
    CHECK(read_json(workplace.path("result.json"))["status"] == "complete");
  }

  TEST_CASE("a stack that may not be large enough ends in one line that names the limit") {
    if (kSanitized) not_run("a sanitizer sets limits of its own");
    const Workplace workplace;
    const Outcome outcome = run_with_stack(workplace, kSmallStack_bytes);
    CHECK(outcome.signal == 0);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err ==
          "assay: the stack may take 64 KiB and 128 KiB are needed: raise ulimit -s\n");
    CHECK(workplace.documents().empty());
  }

  TEST_CASE("a library that would ask for its buffers for ever is not applicable") {
    if (kSanitized) not_run("a sanitizer takes all address space");
    struct Limit {
      int resource;
      rlim_t bytes;  // less than a buffer, beside what the process has already
      const char* name;
    };
    for (const auto& [resource, bytes, name] :
         {Limit{RLIMIT_AS, rlim_t{190} << 20, "ulimit -v"},
          Limit{RLIMIT_DATA, rlim_t{120} << 20, "ulimit -d"}}) {
      const Workplace workplace;
      const Outcome outcome = run_with_limit(workplace, resource, bytes);
      CAPTURE(outcome.err);
      CHECK(outcome.exit_code == 0);
      for (const auto& one : read_json(workplace.path("result.json"))["measurements"]) {
        const std::string reason = one.value("reason", "");
        CAPTURE(reason);
        if (one["implementation"] != "openblas") {
          CHECK(one["status"] == "measured");
          continue;
        }
        CHECK(one["status"] == "not_applicable");
        if (contains(reason, "is missing")) not_run("OpenBLAS is not installed");
        CHECK(reason.starts_with("libopenblas.so.0 takes "));
        CHECK(contains(reason, std::string(" MiB of address space, ") + name + " leaves "));
      }
    }
  }

  TEST_CASE("a case that has no room under a limit on data names that limit") {
    if (kSanitized) not_run("a sanitizer takes all address space");
    const Workplace workplace;
    const Outcome outcome = run_with_limit(workplace, RLIMIT_DATA, rlim_t{20} << 20);
    CAPTURE(outcome.err);
    const auto document = read_json(workplace.path("result.json"));
    const std::string reason = document["measurements"].back()["reason"];
    CAPTURE(reason);
    CHECK(reason.starts_with("needs "));
    CHECK(reason.ends_with(" MiB are free under ulimit -d"));
  }

  TEST_CASE("a case that is killed for its CPU time names that limit") {
    if (kSanitized) not_run("a sanitizer takes much of the time that the sound case has");
    struct Limit {
      rlim_t soft_s, hard_s;
      const char* reason;
    };
    for (const Limit& limit :
         {Limit{3, 3, "killed by signal 9 (Killed); ulimit -t allows 3 s of CPU time"},
          Limit{3, 9,
                "killed by signal 24 (CPU time limit exceeded); ulimit -t allows 3 s of CPU "
                "time"}}) {
      const Workplace workplace;
      // One sound case beside the other: four of them take up to 3 s of CPU time themselves.
      Launch launch =
          workplace.launch({"run", "--profile", profile_path("soak"), "--backend", "host",
                            "--filter", "planted_hang|m320", "-o", "result.json"});
      launch.executable = ASSAY_PLANTED_BINARY;
      launch.in_child = [limit] {
        const rlimit allowed{limit.soft_s, limit.hard_s};
        setrlimit(RLIMIT_CPU, &allowed);
      };
      const Outcome outcome = run_process(launch);
      CAPTURE(outcome.err);
      CHECK(outcome.exit_code == 1);
      const auto document = read_json(workplace.path("result.json"));
      CHECK(document["status"] == "complete");
      CHECK(document["measurements"].size() == 2);
      for (const auto& one : document["measurements"]) {
        CAPTURE(one["case"].get<std::string>());
        const bool hangs = one["implementation"] == "planted_hang";
        CHECK(one["status"] == (hangs ? "error" : "measured"));
        if (hangs) CHECK(one["reason"] == limit.reason);
      }
    }
  }
}

}  // namespace assay::test
