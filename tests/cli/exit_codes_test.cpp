// The exit codes that others build on, and one clear line for each thing typed wrong.
#include <doctest/doctest.h>

#include "tests/cli/workplace.h"
#include "tests/not_run.h"

namespace assay::test {

namespace {

void words_refused(const Workplace& workplace, const std::vector<std::string>& words,
                   const std::string& named, int exit_code = 2) {
  const Outcome outcome = workplace.assay(words);
  CAPTURE(words);
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == exit_code);
  CHECK(is_one_line(outcome.err));
  CHECK(contains(outcome.err, named));
  CHECK(outcome.out == "");
}

const std::vector<std::string> kTinyRun = {"run", "--profile", profile_path("tiny"), "--backend",
                                           "host"};

std::vector<std::string> tiny_run_with(std::vector<std::string> more) {
  std::vector<std::string> words = kTinyRun;
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// In a function of its own, so that its folder is gone when a test ends as not run.
bool sees_cuda_driver() {
  const Outcome devices = Workplace().assay({"devices", "--format", "json"});
  const auto document = nlohmann::json::parse(devices.out);
  for (const auto& backend : document["backends"])
    if (backend["backend"] == "cuda") return !backend.contains("missing");
  return true;
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a run that measured everything exits 0 and its document is judged a pass") {
    sanitize_children_in_full();
    const Workplace workplace;
    const Outcome run = workplace.assay(tiny_run_with({"-o", "result.json"}));
    INFO(run.err);
    REQUIRE(run.exit_code == 0);
    CHECK(run.err == "");
    CHECK(contains(run.out, "gemm.f32.openblas/m32_n32_k32"));
    CHECK(read_json(workplace.path("result.json"))["status"] == "complete");
    const Outcome check =
        workplace.assay({"check", "result.json", "--profile", profile_path("tiny")});
    INFO(check.out);
    CHECK(check.err == "");
    CHECK(check.exit_code == 0);
  }

  TEST_CASE("without an output file the document is named by profile and time") {
    const Workplace workplace;
    REQUIRE(workplace.assay(kTinyRun).exit_code == 0);
    REQUIRE(workplace.documents().size() == 1);
    const std::string name = workplace.documents().front().filename().string();
    CHECK(name.rfind("assay-tiny-2", 0) == 0);
    CHECK(name.size() == std::string("assay-tiny-20261123T174000Z.json").size());
  }

  TEST_CASE("the seed and the command are recorded and a filter keeps only what it matches") {
    const Workplace workplace;
    REQUIRE(
        workplace
            .assay(tiny_run_with({"--seed", "42", "--filter", "blocked/m(32|48)_", "-o", "r.json"}))
            .exit_code == 0);
    const auto document = read_json(workplace.path("r.json"));
    CHECK(document["run"]["seed"] == 42);
    CHECK(document["run"]["command"].size() == 12);
    CHECK(document["measurements"].size() == 2);
    for (const auto& measurement : document["measurements"])
      CHECK(measurement["implementation"] == "blocked");
  }

  TEST_CASE("a filtered run is judged as incomplete and never as a pass") {
    const Workplace workplace;
    REQUIRE(workplace.assay(tiny_run_with({"--filter", "memory_copy", "-o", "r.json"})).exit_code ==
            0);
    CHECK(workplace.assay({"check", "r.json", "--profile", profile_path("tiny")}).exit_code == 1);
  }

  TEST_CASE("each wrong flag ends in one line and exit code 2") {
    const Workplace workplace;
    words_refused(workplace, {}, "assay help");
    words_refused(workplace, {"measure"}, "measure");
    words_refused(workplace, {"run"}, "--profile");
    words_refused(workplace, {"run", "--profile"}, "profile");
    words_refused(workplace, {"run", "--prof", "quick"}, "prof");
    words_refused(workplace, {"run", "--profile", "quick", "--profile", "node"}, "profile");
    words_refused(workplace, {"run", "--profile", "no-such-profile"}, "no-such-profile");
    words_refused(workplace, tiny_run_with({"extra"}), "extra");
    words_refused(workplace, tiny_run_with({"--seed", "-1"}), "--seed");
    words_refused(workplace, tiny_run_with({"--seed", "1e3"}), "--seed");
    words_refused(workplace, tiny_run_with({"--seed", "18446744073709551616"}), "--seed");
    words_refused(workplace, tiny_run_with({"--nics", "eth0"}), "--rendezvous");
    words_refused(workplace, tiny_run_with({"--filter", "("}), "regular expression");
    words_refused(workplace, tiny_run_with({"--filter", std::string(50000, '(')}),
                  "regular expression");
    words_refused(workplace, tiny_run_with({"--filter", "(([a-z0-9_./]+)+)+!"}),
                  "(([a-z0-9_./]+)+)+!");
    words_refused(workplace, tiny_run_with({"--filter", "nothing-of-that-name"}),
                  "matches no case");
    words_refused(workplace, {"run", "--profile", "quick", "--backend", "rocm"}, "rocm");
    words_refused(workplace, {"check"}, "PATH");
    words_refused(workplace, {"check", "absent.json"}, "absent.json");
    words_refused(workplace, {"check", "absent.json", "--format", "xml"}, "xml");
    words_refused(workplace, {"check", "absent.json", "--fail-on", "pass"}, "pass");
    words_refused(workplace, {"validate", "absent.json"}, "absent.json");
    words_refused(workplace, {"list", "--format", "yaml"}, "yaml");
    words_refused(workplace, {"list", "--profile", "fabric", "--world-size", "0"}, "--world-size");
    words_refused(workplace, {"list", "--profile", "burn", "--backend", "host"}, "not for host");
    words_refused(workplace, {"devices", "--format", "xml"}, "xml");
    words_refused(workplace, {"version", "now"}, "now");
    words_refused(workplace, {"help", "measure"}, "measure");
  }

  TEST_CASE("network interfaces that a run cannot use are refused before anybody is waited for") {
    const Workplace workplace;
    write_text_file(workplace.path("token"), "a token of this test\n");
    const auto refused = [&](const std::string& profile, const std::string& nics,
                             const std::string& part) {
      words_refused(
          workplace,
          {"run", "--profile", profile, "--backend", "host", "--rendezvous", "127.0.0.1:29999",
           "--rank", "1", "--world-size", "2", "--token-file", "token", "--nics", nics},
          part);
    };
    refused("fabric", "no-such-nic", "no-such-nic");
    refused("fabric", "lo,lo", "--nics names lo twice");
    refused(profile_path("tiny"), "lo", "measures no pairs");
  }

  TEST_CASE("a launcher's rank matters only to a profile that measures between ranks") {
    const Workplace workplace;
    Launch launch = workplace.launch(tiny_run_with({"-o", "result.json"}));
    launch.environment["JOB_COMPLETION_INDEX"] = "3";
    const Outcome alone = run_process(launch);
    CHECK_MESSAGE(alone.exit_code == 0, alone.err);
    launch.words = {"run", "--profile", "fabric", "--backend", "host"};
    const Outcome fabric = run_process(launch);
    CHECK(fabric.exit_code == 2);
    CHECK(is_one_line(fabric.err));
    CHECK(contains(fabric.err, "JOB_COMPLETION_INDEX gives a rank but nothing gives the world"));
  }

  TEST_CASE("collectives of a world of one are refused with what to do") {
    const Workplace workplace;
    write_text_file(workplace.path("token"), "a token of this test\n");
    const std::vector<std::string> fabric = {"run", "--profile", "fabric", "--backend", "host"};
    std::vector<std::string> of_one = fabric;
    of_one.insert(of_one.end(), {"--world-size", "1", "--rank", "0"});
    std::vector<std::string> met = of_one;
    met.insert(met.end(), {"--rendezvous", "127.0.0.1:29998", "--token-file", "token"});
    for (const auto& words : {fabric, of_one, met})
      words_refused(workplace, words, "between ranks and this is one process");
  }

  TEST_CASE("an output that cannot be written is refused before anything is measured") {
    const Workplace workplace;
    const double before = now_s();
    words_refused(workplace,
                  {"run", "--profile", profile_path("long"), "--backend", "host", "-o", "."},
                  "folder");
    words_refused(
        workplace,
        {"run", "--profile", profile_path("long"), "--backend", "host", "-o", "no/r.json"},
        "no/r.json");
    CHECK(now_s() - before < 30);  // a measurement would take a minute
    CHECK(workplace.documents().empty());
  }

  TEST_CASE("what cannot be printed is an error and not a success") {
    const Workplace workplace;
    Launch launch = workplace.launch({"list"});
    launch.executable = "/bin/sh";
    launch.words = {"-c", "\"$0\" list >/dev/full", ASSAY_BINARY};
    const Outcome outcome = run_process(launch);
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, "standard output"));
  }

  TEST_CASE("a profile for another backend is refused by name") {
    const Workplace workplace;
    auto profile = read_json(profile_path("tiny"));
    profile["backends"] = {"cuda"};
    profile["cases"].erase(0);
    profile["cases"].erase(0);
    write_text_file(workplace.path("cuda-only.profile"), profile.dump());
    words_refused(workplace, {"run", "--profile", "./cuda-only.profile", "--backend", "host"},
                  "cuda");
  }

  TEST_CASE("without a CUDA driver a run of cuda exits 3 and names what is missing") {
    if (sees_cuda_driver()) not_run("this machine has a CUDA driver");
    const Workplace workplace;
    words_refused(workplace, {"run", "--profile", "quick", "--backend", "cuda"}, "cuda", 3);
    words_refused(workplace, {"tune", "-o", "sweep.csv"}, "CUDA", 3);
    CHECK(workplace.documents().empty());
  }
}

}  // namespace assay::test
