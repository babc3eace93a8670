// A case that hangs or takes its process down costs that case; the run goes on and says what it
// was.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "harness/measure/sanitized.h"
#include "tests/cli/workplace.h"
#include "tests/not_run.h"

namespace assay::test {

namespace {

Launch planted_run(const Workplace& workplace, const std::string& profile,
                   std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"run",  "--profile", profile_path(profile), "--backend",
                                    "host", "-o",        "result.json"};
  words.insert(words.end(), more.begin(), more.end());
  Launch launch = workplace.launch(std::move(words));
  launch.executable = ASSAY_PLANTED_BINARY;
  return launch;
}

/// By case id: the status, and the reason of one that was not measured.
std::map<std::string, std::string> outcomes(const Workplace& workplace) {
  std::map<std::string, std::string> found;
  const auto document = read_json(workplace.path("result.json"));
  for (const auto& one : document["measurements"]) {
    std::string& text = found[one["case"].get<std::string>()];
    CHECK(text.empty());  // no case is there twice
    text = one["status"].get<std::string>() + " " + one.value("reason", "");
  }
  return found;
}

bool ends(pid_t pid, double limit_s) {
  const double end_s = now_s() + limit_s;
  while (kill(pid, 0) == 0) {
    if (now_s() > end_s) return false;
    sleep_s(0.01);
  }
  return true;
}

void signal_worker(const Process& run, int signal) {
  const pid_t worker = worker_of(run);
  REQUIRE(worker > 0);  // kill(0) reaches whatever runs this test
  kill(worker, signal);
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a case that hangs or takes its process down costs that case and no other") {
    const Workplace workplace;
    const Outcome run = run_process(planted_run(workplace, "faults", {"--case-deadline", "3"}));
    INFO(run.err);
    CHECK(run.exit_code == 1);
    CHECK(contains(run.err, "6 cases ended in an error"));
    CHECK(read_json(workplace.path("result.json"))["status"] == "complete");
    auto found = outcomes(workplace);
    CHECK(found.size() == 9);
    CHECK(found["gemm.f32.planted_patient/m288_n288_k288"] == "measured ");  // prepared for 4 s
    CHECK(found["gemm.f32.blocked/m256_n256_k256"] == "measured ");
    CHECK(found["gemm.f32.blocked/m320_n320_k320"] == "measured ");
    CHECK(contains(found["gemm.f32.planted_abort/m256_n256_k256"], "error killed by signal 6 ("));
    CHECK(contains(found["gemm.f32.planted_kill/m256_n256_k256"], "error killed by signal 9 ("));
    CHECK(contains(found["gemm.f32.planted_illegal/m256_n256_k256"], "error killed by signal 4 ("));
    CHECK(contains(found["gemm.f32.planted_exit/m256_n256_k256"],
                   "ended by itself with exit code 5"));
    CHECK(found["gemm.f32.planted_hang/m256_n256_k256"] == "error hung: no progress for 3 s");
    const std::string lost = found["gemm.f32.planted_lost/m256_n256_k256"];
    CAPTURE(lost);
    CHECK((contains(lost, "error the device is lost") ||
           contains(lost, "error running a case on the GPU failed: ")));
  }

  TEST_CASE(
      "a library that is short of address space ends the run in time and spoils no other case") {
    if (kSanitized) not_run("a sanitizer takes terabytes of address space");
    // OpenBLAS's first call never returns with too little left; how little that is, is the
    // machine's.
    for (int limit_kib = 400'000; limit_kib < 4'000'000; limit_kib += 400'000) {
      const Workplace workplace;
      Launch launch = workplace.launch(
          {std::string(ASSAY_TEST_CASES) + "/library_hang.sh", std::to_string(limit_kib),
           ASSAY_BINARY, "run", "--profile", "quick", "--backend", "host", "--filter",
           "gemm.f32.(openblas|blocked)/m512", "-o", "result.json", "--case-deadline", "2"});
      launch.executable = "/bin/sh";
      const Outcome run = run_process(launch);
      CAPTURE(limit_kib);
      CAPTURE(run.err);
      if (run.exit_code == 0) return;
      CHECK(run.exit_code > 0);
      CHECK(is_one_line(run.err));
      if (run.exit_code == 2) continue;  // not even the device could be opened
      auto found = outcomes(workplace);
      CHECK(found.size() == 2);
      CHECK_FALSE(contains(found["gemm.f32.blocked/m512_n512_k512"], "hung"));
    }
    FAIL("no limit was enough");
  }

  TEST_CASE("a worker that is killed from outside costs one case") {
    const Workplace workplace;
    Process run(planted_run(workplace, "slow"));
    REQUIRE(appears(workplace.path("inside-a-sample")));
    signal_worker(run, SIGKILL);
    const Outcome outcome = run.wait(60);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 1);
    CHECK(contains(outcomes(workplace)["gemm.f32.planted_slow/m16_n16_k16"], "killed by signal 9"));
  }

  TEST_CASE("a member that has ended is kept when another of its group takes the run down") {
    const Workplace workplace;
    Launch launch = planted_run(workplace, "late");
    launch.in_child = [] { setpgid(0, 0); };
    Process run(launch);
    REQUIRE(appears(workplace.path("inside-a-sample")));
    kill(-run.pid(), SIGKILL);  // as where a pod's whole control group is
    run.wait();
    CHECK(workplace.assay({"validate", "result.json"}).exit_code == 0);
    CHECK(read_json(workplace.path("result.json"))["status"] == "running");
    CHECK(outcomes(workplace) ==
          std::map<std::string, std::string>{{"gemm.f32.blocked/m256_n256_k256", "measured "}});
  }

  TEST_CASE("a member that has ended is not measured again by the next worker") {
    const Workplace workplace;
    Process run(planted_run(workplace, "late"));
    REQUIRE(appears(workplace.path("inside-a-sample")));
    const auto before = read_json(workplace.path("result.json"))["measurements"].at(0);
    signal_worker(run, SIGKILL);
    CHECK(run.wait(60).exit_code == 1);
    const auto after = read_json(workplace.path("result.json"))["measurements"];
    REQUIRE(after.size() == 2);
    CHECK(after.at(0)["samples"] == before["samples"]);  // its fraction of the bound may change
    CHECK(contains(outcomes(workplace)["gemm.f32.planted_late/m256_n256_k256"],
                   "error killed by signal 9"));
  }

  TEST_CASE("a worker that dies while the end of a member is written does not charge it") {
    const Workplace workplace;
    Launch launch = planted_run(workplace, "late", {"--case-deadline", "3"});
    // The document is written when the run begins and when the member ends, each time with a sync
    // of the file and then, when it has its name, one of the folder.
    workplace.preload({{"ASSAY_TEST_SLOW_SYNC", "4"}, {"ASSAY_TEST_SLOW_SYNC_S", "3"}}, launch);
    Process run(launch);
    const double end_s = now_s() + 60;
    while (!contains(read_text(workplace.path("result.json")), "gemm.f32.blocked/") &&
           now_s() < end_s)
      sleep_s(0.01);
    signal_worker(run, SIGKILL);
    CHECK(run.wait(60).exit_code == 1);
    REQUIRE(workplace.was_preloaded());
    auto found = outcomes(workplace);
    CHECK(found.size() == 2);
    CHECK(found["gemm.f32.blocked/m256_n256_k256"] == "measured ");
    CHECK(found["gemm.f32.planted_late/m256_n256_k256"] == "error hung: no progress for 3 s");
  }

  TEST_CASE("a worker that is stopped is hung") {
    const Workplace workplace;
    Process run(planted_run(workplace, "slow", {"--case-deadline", "2"}));
    REQUIRE(appears(workplace.path("inside-a-sample")));
    signal_worker(run, SIGSTOP);
    CHECK(run.wait(60).exit_code == 1);
    CHECK(contains(outcomes(workplace)["gemm.f32.planted_slow/m16_n16_k16"], "hung"));
  }

  TEST_CASE("a worker that ends in a fault under a small stack names that limit") {
    if (kSanitized) not_run("a sanitizer sets limits of its own");
    const Workplace workplace;
    Launch launch = planted_run(workplace, "slow");
    launch.in_child = [] {
      const rlimit limit{rlim_t{256} << 10, rlim_t{256} << 10};
      setrlimit(RLIMIT_STACK, &limit);
    };
    Process run(launch);
    REQUIRE(appears(workplace.path("inside-a-sample")));
    signal_worker(run, SIGSEGV);
    CHECK(run.wait(60).exit_code == 1);
    CHECK(outcomes(workplace)["gemm.f32.planted_slow/m16_n16_k16"] ==
          "error killed by signal 11 (Segmentation fault); ulimit -s allows 256 KiB of stack");
  }

  TEST_CASE("no process is left when a supervisor is killed") {
    const Workplace workplace;
    Process run(planted_run(workplace, "slow"));
    REQUIRE(appears(workplace.path("inside-a-sample")));
    const pid_t worker = worker_of(run);
    REQUIRE(worker > 0);
    run.send(SIGKILL);
    run.wait();
    CHECK(ends(worker, 5));
    CHECK(read_json(workplace.path("result.json"))["status"] == "running");
  }

  TEST_CASE("one Ctrl-C at a terminal reaches both processes and ends the run once") {
    const Workplace workplace;
    Launch launch = workplace.launch(
        {"run", "--profile", profile_path("long"), "--backend", "host", "-o", "result.json"});
    launch.in_child = [] { setpgid(0, 0); };
    Process run(launch);
    REQUIRE(appears(workplace.path("result.json")));
    const pid_t worker = worker_of(run);
    kill(-run.pid(), SIGINT);
    const Outcome outcome = run.wait(60);
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, "ended by SIGINT"));
    CHECK(read_json(workplace.path("result.json"))["status"] == "interrupted");
    CHECK(ends(worker, 5));
  }

  TEST_CASE("a first SIGTERM ends a run whose library never returns") {
    const Workplace workplace;
    Process run(planted_run(workplace, "faults", {"--filter", "planted_hang"}));
    REQUIRE(appears(workplace.path("result.json")));
    sleep_s(0.5);
    run.send(SIGTERM);
    const Outcome outcome = run.wait(60);
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, "ended by SIGTERM"));
    CHECK(read_json(workplace.path("result.json"))["status"] == "interrupted");
  }
}

}  // namespace assay::test
