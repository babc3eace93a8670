// Faults at seeded moments of a run: it ends in time, loses no group, and accuses no sound case.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <random>
#include <set>

#include "harness/measure/sanitized.h"
#include "tests/cli/workplace.h"

namespace assay::test {

namespace {

using Random = std::mt19937_64;

// That a run may take on a busy machine; a process that is stopped while it opens its devices has
// two minutes.
constexpr double kLimit_s = 300;

int number_from(const char* variable, int otherwise) {
  const char* asked = std::getenv(variable);
  return asked ? std::atoi(asked) : otherwise;
}

double moment_s(Random& random) { return std::uniform_real_distribution<double>(0, 3)(random); }

Launch faulty_run(const Workplace& workplace, const std::string& filter) {
  Launch launch =
      workplace.launch({"run", "--profile", profile_path("soak"), "--backend", "host", "--filter",
                        filter, "--case-deadline", "4", "-o", "result.json"});
  launch.executable = ASSAY_PLANTED_BINARY;
  return launch;
}

void set_limit(int resource, rlim_t value) {
  const rlimit limit{value, value};
  setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

/// What must hold of the document, whatever happened; `charged`: cases that may be errors.
void document_is_sound(const Workplace& workplace, const Outcome& outcome, std::size_t charged,
                       std::size_t cases = 4) {
  CAPTURE(outcome.exit_code);
  CAPTURE(outcome.err);
  if (workplace.documents().empty()) {
    CHECK(outcome.exit_code != 0);
    return;
  }
  const Outcome valid = workplace.assay({"validate", "result.json"});
  INFO(valid.err);
  CHECK(valid.exit_code == 0);
  const auto document = read_json(workplace.path("result.json"));
  std::set<std::string> seen;
  std::size_t broken = 0;
  for (const auto& one : document["measurements"]) {
    CHECK(seen.insert(one["case"].get<std::string>()).second);  // no case is there twice
    if (one["status"] == "error") ++broken;
  }
  CHECK(broken <= charged);
  if (document["status"] == "complete") CHECK(seen.size() == cases);  // none is lost
  if (document["status"] == "complete" && broken == 0) CHECK(outcome.exit_code == 0);
}

/// A signal to the worker at a seeded moment: at most the case under way is charged with it.
void signal_worker(Random& random, int signal) {
  const Workplace workplace;
  Process run(faulty_run(workplace, "blocked"));
  sleep_s(moment_s(random));
  if (const pid_t worker = worker_of(run); worker > 0) kill(worker, signal);
  const Outcome outcome = run.wait(kLimit_s);
  document_is_sound(workplace, outcome, 1);
  if (!workplace.documents().empty()) {
    const auto status = read_json(workplace.path("result.json"))["status"];
    CHECK((status == "complete" || outcome.exit_code == 2));
  }
}

void signal_supervisor(Random& random, int signal) {
  const Workplace workplace;
  Process run(faulty_run(workplace, "blocked"));
  sleep_s(moment_s(random));
  run.send(signal);
  document_is_sound(workplace, run.wait(kLimit_s), 0);
}

/// A case that never returns or takes its process down, among sound ones.
void break_a_case(Random& random) {
  constexpr const char* kFaults[] = {"hang", "abort", "kill", "illegal", "exit", "lost"};
  const std::string fault = kFaults[random() % std::size(kFaults)];
  const Workplace workplace;
  const Outcome outcome = Process(faulty_run(workplace, "blocked|planted_" + fault)).wait(kLimit_s);
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 1);
  std::size_t measured = 0;
  const auto document = read_json(workplace.path("result.json"));
  for (const auto& one : document["measurements"]) {
    const bool planted = one["implementation"] == "planted_" + fault;
    CHECK((one["status"] == "error") == planted);
    measured += planted ? 0 : 1;
  }
  CHECK(measured == 4);
}

/// Limits that stand for a full disk and for a machine out of memory.
void run_out_of(Random& random, int resource, rlim_t least, rlim_t most) {
  const Workplace workplace;
  Launch launch = faulty_run(workplace, "blocked");
  const rlim_t limit = least + random() % (most - least);
  launch.in_child = [resource, limit] { set_limit(resource, limit); };
  document_is_sound(workplace, Process(launch).wait(kLimit_s), 4);
}

/// A pod's number of threads; the limit counts all processes of a user, so that the run is one.
void run_out_of_threads(Random& random) {
  if (geteuid() != 0) return;  // becoming a user of few processes needs root
  const Workplace workplace;
  chmod(workplace.folder().c_str(), 0777);
  Launch launch = faulty_run(workplace, "blocked");
  launch.environment["ASSAY_LOCK_DIR"] = workplace.folder().string();
  launch.one_core = false;
  const rlim_t limit = 1 + random() % 6;
  const uid_t user = 200'000 + static_cast<uid_t>(getpid()) % 100'000;
  launch.in_child = [limit, user] {
    if (setresgid(user, user, user) != 0 || setresuid(user, user, user) != 0) _exit(1);
    set_limit(RLIMIT_NPROC, limit);
  };
  document_is_sound(workplace, Process(launch).wait(kLimit_s), 0);
}

/// A control group in which one case takes all that there is.
void run_out_of_memory(Random& random) {
  constexpr int kNoGroup = 77;
  const Workplace workplace;
  Launch launch = faulty_run(workplace, "blocked|planted_hungry");
  const std::uint64_t limit = (std::uint64_t{40} + random() % 460) << 20;
  launch.words.insert(launch.words.begin(), {std::string(ASSAY_TEST_CASES) + "/memory_limit.sh",
                                             std::to_string(limit), launch.executable.string()});
  launch.executable = "/bin/sh";
  const Outcome outcome = Process(launch).wait(kLimit_s);
  if (outcome.exit_code != kNoGroup) document_is_sound(workplace, outcome, 5, 5);
}

/// What an environment does to a run costs no case.
void survive(std::map<std::string, std::string> environment) {
  if (kSanitized) return;  // a sanitizer wants to be loaded first
  const Workplace workplace;
  Launch launch = faulty_run(workplace, "blocked");
  workplace.preload(std::move(environment), launch);
  const Outcome outcome = Process(launch).wait(kLimit_s);
  REQUIRE(workplace.was_preloaded());
  document_is_sound(workplace, outcome, 0);
  CHECK(outcome.exit_code == 0);
}

void slow_disk(Random& random) {
  survive({{"ASSAY_TEST_SLOW_SYNC", std::to_string(1 + random() % 12)},
           {"ASSAY_TEST_SLOW_SYNC_S", std::to_string(random() % 9)}});
}

void clock_step(Random& random) {
  const std::string sign = random() % 2 == 0 ? "-" : "";
  survive({{"ASSAY_TEST_CLOCK_STEP_S", sign + std::to_string(1 + random() % 100'000)},
           {"ASSAY_TEST_CLOCK_STEP_AFTER_S", std::to_string(moment_s(random))}});
}

void one_fault(Random& random) {
  switch (random() % 12) {
    case 0:
      return signal_worker(random, SIGKILL);
    case 1:
      return signal_worker(random, SIGSTOP);
    case 2:
      return signal_worker(random, SIGSEGV);
    case 3:
      return signal_supervisor(random, SIGKILL);
    case 4:
      return signal_supervisor(random, SIGTERM);
    case 5:
      return break_a_case(random);
    case 6:
      return run_out_of(random, RLIMIT_FSIZE, 100, 20000);
    case 7:
      return run_out_of(random, RLIMIT_AS, rlim_t{200} << 20, rlim_t{1200} << 20);
    case 8:
      return run_out_of_threads(random);
    case 9:
      return run_out_of_memory(random);
    case 10:
      return slow_disk(random);
    default:
      return clock_step(random);
  }
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("seeded faults against a run end in time and lose no group") {
    const int first = number_from("ASSAY_SOAK_FIRST", 0);
    const int end = first + number_from("ASSAY_SOAK_COUNT", 6);
    for (int seed = first; seed < end; ++seed) {
      CAPTURE(seed);
      Random random(static_cast<std::uint64_t>(seed));
      one_fault(random);
    }
  }
}

}  // namespace assay::test
