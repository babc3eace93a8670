// A run that is ended from outside, at any moment, leaves whole documents or none.
#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <random>

#include "tests/cli/workplace.h"

namespace assay::test {

namespace {

/// Two groups: enough for a document between them.
std::vector<std::string> tiny_run() {
  return {"run",        "--profile", profile_path("tiny"),     "--backend",
          "host",       "--filter",  "m32_n32_k32|bytes65536", "-o",
          "result.json"};
}

int moments() {
  const char* asked = std::getenv("ASSAY_SOAK_COUNT");
  return asked ? std::atoi(asked) : 5;
}

/// How long an undisturbed run takes here and now.
double run_time_s() {
  const Workplace workplace;
  const Outcome outcome = workplace.assay(tiny_run());
  REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
  return outcome.seconds;
}

/// A run of which one sample takes a minute.
Launch slow_run(const Workplace& workplace) {
  Launch launch = workplace.launch(
      {"run", "--profile", profile_path("slow"), "--backend", "host", "-o", "result.json"});
  launch.executable = ASSAY_PLANTED_BINARY;
  return launch;
}

/// Sends `signal` to a fresh run after `delay_s`.
Outcome run_and_signal(const Workplace& workplace, int signal, double delay_s) {
  Process process(workplace.launch(tiny_run()));
  sleep_s(delay_s);
  process.send(signal);
  return process.wait();
}

void every_document_is_whole(const Workplace& workplace) {
  for (const auto& path : workplace.documents()) {
    const Outcome outcome = workplace.assay({"validate", path.string()});
    INFO(outcome.err);
    CHECK(outcome.exit_code == 0);
  }
}

/// What must hold after a signal that the run can handle, whenever it came.
void ended_in_order(const Workplace& workplace, const Outcome& outcome) {
  CAPTURE(outcome.exit_code);
  CAPTURE(outcome.err);
  every_document_is_whole(workplace);
  CHECK(workplace.leftovers().empty());
  const bool document = !workplace.documents().empty();
  if (outcome.exit_code == -1) {
    CHECK_FALSE(document);  // it came before there was anything to save
  } else if (outcome.exit_code == 0) {
    REQUIRE(document);
    CHECK(read_json(workplace.path("result.json"))["status"] == "complete");
  } else {
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_line(outcome.err));
    REQUIRE(document);
    CHECK(read_json(workplace.path("result.json"))["status"] == "interrupted");
  }
}

void at_seeded_moments(int signal, void (*check)(const Workplace&, const Outcome&)) {
  const double whole_s = run_time_s();
  std::mt19937_64 random(static_cast<std::uint64_t>(signal));
  std::uniform_real_distribution<double> moment(0, 1.1 * whole_s);
  for (int i = 0; i < moments(); ++i) {
    const Workplace workplace;
    const double delay_s = moment(random);
    CAPTURE(i);
    CAPTURE(delay_s);
    check(workplace, run_and_signal(workplace, signal, delay_s));
  }
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("Ctrl-C at any moment leaves an interrupted document or a complete one") {
    at_seeded_moments(SIGINT, ended_in_order);
  }

  TEST_CASE("SIGTERM at any moment leaves an interrupted document or a complete one") {
    at_seeded_moments(SIGTERM, ended_in_order);
  }

  TEST_CASE("kill -9 at any moment leaves the last whole document or none") {
    at_seeded_moments(SIGKILL, [](const Workplace& workplace, const Outcome&) {
      every_document_is_whole(workplace);
      // What a killed writer could not remove is hidden and is no document.
      for (const auto& path : workplace.leftovers())
        CHECK(path.filename().string().rfind(".result.json.", 0) == 0);
    });
  }

  TEST_CASE("Ctrl-C in the middle of a group keeps the groups before it and says where they are") {
    const Workplace workplace;
    Launch launch = workplace.launch(
        {"run", "--profile", profile_path("long"), "--backend", "host", "-o", "result.json"});
    launch.one_core = false;  // the signal may reach any of the threads
    Process process(launch);
    REQUIRE(appears(workplace.path("result.json")));
    process.send(SIGINT);
    const Outcome outcome = process.wait(50);  // the group alone would take a minute
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, "SIGINT"));
    CHECK(contains(outcome.err, "result.json"));
    CHECK(read_json(workplace.path("result.json"))["status"] == "interrupted");
    const Outcome check =
        workplace.assay({"check", "result.json", "--profile", profile_path("long")});
    CHECK(check.exit_code == 1);
  }

  TEST_CASE("a killed run reads as interrupted and is never judged a pass") {
    const Workplace workplace;
    {
      Process process(workplace.launch(
          {"run", "--profile", profile_path("long"), "--backend", "host", "-o", "result.json"}));
      REQUIRE(appears(workplace.path("result.json")));
      process.send(SIGKILL);
      CHECK(process.wait().signal == SIGKILL);
    }
    CHECK(read_json(workplace.path("result.json"))["status"] == "running");
    const Outcome check =
        workplace.assay({"check", "result.json", "--profile", profile_path("long")});
    CHECK(check.exit_code == 1);
    CHECK(contains(check.out, "interrupted"));
  }

  TEST_CASE("a second Ctrl-C ends a run at once even inside a long sample") {
    const Workplace workplace;
    Process process(slow_run(workplace));
    REQUIRE(appears(workplace.path("inside-a-sample")));
    const double start = now_s();
    while (process.running() && now_s() - start < 20) {  // one sample alone takes a minute
      process.send(SIGINT);
      sleep_s(0.1);
    }
    CHECK_FALSE(process.running());
    const Outcome outcome = process.wait(1);
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, "second signal"));
    every_document_is_whole(workplace);
  }

  TEST_CASE("a signal to a run and at once to its group is one request") {
    const Workplace workplace;
    Launch launch = slow_run(workplace);
    launch.in_child = [] { setpgid(0, 0); };
    Process process(launch);
    REQUIRE(appears(workplace.path("inside-a-sample")));
    process.send(SIGTERM);  // as GNU timeout does
    sleep_s(0.05);          // or the kernel makes one of both
    kill(-process.pid(), SIGTERM);
    sleep_s(0.5);
    CHECK(process.running());
    const Outcome outcome = process.wait(60);
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, "ended by SIGTERM"));
    CHECK(read_json(workplace.path("result.json"))["status"] == "interrupted");
  }

  TEST_CASE("another signal within a second ends a run at once") {
    const Workplace workplace;
    Process process(slow_run(workplace));
    REQUIRE(appears(workplace.path("inside-a-sample")));
    process.send(SIGTERM);
    process.send(SIGINT);
    CHECK(contains(process.wait(60).err, "second signal"));
  }

  TEST_CASE("the warning of a batch system ends a run in order") {
    for (const auto& [number, name] :
         {std::pair(SIGUSR1, "SIGUSR1"), std::pair(SIGUSR2, "SIGUSR2")}) {
      const Workplace workplace;
      Launch launch = workplace.launch(
          {"run", "--profile", profile_path("long"), "--backend", "host", "-o", "result.json"});
      launch.in_child = [] { setpgid(0, 0); };
      Process process(launch);
      REQUIRE(appears(workplace.path("result.json")));
      kill(-process.pid(), number);
      const Outcome outcome = process.wait(60);
      CHECK(outcome.exit_code == 2);
      CHECK(contains(outcome.err, std::string("ended by ") + name));
      CHECK(read_json(workplace.path("result.json"))["status"] == "interrupted");
    }
  }

  TEST_CASE("a signal that the parent ignores stays ignored") {
    const Workplace workplace;
    Launch launch = workplace.launch(
        {"run", "--profile", profile_path("long"), "--backend", "host", "-o", "result.json"});
    launch.in_child = [] { signal(SIGHUP, SIG_IGN); };  // what nohup does
    Process process(launch);
    REQUIRE(appears(workplace.path("result.json")));
    process.send(SIGHUP);
    sleep_s(0.5);
    CHECK(process.running());
    process.send(SIGTERM);
    const Outcome outcome = process.wait();
    CHECK(outcome.exit_code == 2);
    CHECK(contains(outcome.err, "SIGTERM"));
  }
}

}  // namespace assay::test
