// Waiting, collecting and cleaning up against a kubectl that answers by a script.
#include <doctest/doctest.h>

#include <algorithm>

#include "harness/cluster/archive.h"
#include "harness/cluster/clean.h"
#include "harness/cluster/collect.h"
#include "harness/core/error.h"
#include "tests/cluster/replay.h"
#include "tests/core/full_result.h"
#include "tests/core/scratch_folder.h"

namespace assay::test {

namespace {

/// Answers every call by its verb.
class Scripted : public KubectlOnPaper {
 public:
  std::string run, events = "", exec_out;
  cluster::Answer exec{1, "", "assay: the run has not ended yet\n"};
  int looks_until_empty = 0;
  bool is_deleted = false;
  double away_from_s = 0, away_until_s = 0;  // the API server does not answer

  cluster::Answer ask(const cluster::Call& call) override {
    const std::string line = keep(call);
    if (now_s >= away_from_s && now_s < away_until_s)
      throw cluster::Unreachable("nobody answers at the API server's address");
    if (line.starts_with("get events")) return {0, events, ""};
    if (line.starts_with("exec")) return line.ends_with("--held") ? exec : cluster::Answer{};
    if (line.starts_with("delete")) {
      is_deleted = true;
      return {0, "", ""};
    }
    if (line.find(" -n ") == std::string::npos) return {1, "", "not allowed\n"};
    if (line.find("services") != std::string::npos) --looks_until_empty;
    const bool gone = is_deleted && looks_until_empty < 0;
    return {0, gone ? "" : asked_for(call.words, parse_json(run, "run")), ""};
  }

  bool was_asked(const std::string& part) const { return has(calls, part); }
  bool was_told(const std::string& part) const { return has(said, part); }

 private:
  static bool has(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  }
};

const cluster::Target kTarget{"bench", "r1"};

std::string why_not_running(Scripted& kubectl, double deadline_s, int nodes = 2) {
  cluster::Memory memory;
  try {
    cluster::wait_until_running(kubectl, kTarget, nodes, two_nodes(), kubectl.pace(deadline_s),
                                memory);
  } catch (const Error& error) {
    return error.what();
  }
  return "running";
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE(
      "a stop that came before anybody looked is not forgotten because all runs or has ended") {
    Scripted kubectl;
    kubectl.exec = {0, "nobody should ask for this", ""};
    cluster::Pace pace = kubectl.pace(3600);
    pace.stopped = [] { return true; };
    cluster::Memory memory;
    const ScratchFolder folder;
    CHECK_THROWS_WITH_AS(
        cluster::wait_until_running(kubectl, kTarget, 2, two_nodes(), pace, memory),
        "stopped while the run was starting", Error);
    CHECK_THROWS_WITH_AS(
        cluster::collect(kubectl, kTarget, two_nodes(), pace, memory, folder.path()),
        "stopped before the results were collected", Error);
    CHECK(kubectl.calls.empty());
  }

  TEST_CASE("what waiting will not mend ends the wait long before the deadline") {
    Scripted kubectl;
    kubectl.run = recorded("image-not-found/run.json");
    CHECK(why_not_running(kubectl, 3600).find("the run cannot start") == 0);
    CHECK(kubectl.now_s < 60);
  }

  TEST_CASE("what others may mend is waited for until the deadline which names it") {
    Scripted kubectl;
    kubectl.run = recorded("devices-all-in-use/run.json");
    const std::string why = why_not_running(kubectl, 100, 3);
    CHECK(why.find("did not start within its deadline") != std::string::npos);
    CHECK(why.find("too few are free") != std::string::npos);
    CHECK(kubectl.now_s >= 100);
  }

  TEST_CASE("a first container that never ends is named at the deadline with its image") {
    Scripted kubectl;
    Json run = parse_json(recorded("job-completes/run.json"), "run");
    for (Json& item : run["items"])
      if (item["kind"] == "Pod") {
        item["status"]["containerStatuses"][0]["state"] = {
            {"waiting", {{"reason", "PodInitializing"}}}};
        item["status"]["initContainerStatuses"] = {
            {{"name", "unclaimed"}, {"state", {{"running", {{"startedAt", "now"}}}}}}};
      }
    kubectl.run = run.dump();
    const std::string why = why_not_running(kubectl, 60, 4);
    CHECK(why.find("its container unclaimed still runs, which ends at once where image ") !=
          std::string::npos);
    CHECK(kubectl.now_s >= 60);
  }

  TEST_CASE("an API server that is away for minutes ends no run") {
    Scripted kubectl;
    kubectl.run = recorded("job-completes/run.json");
    kubectl.away_until_s = 200;
    CHECK(why_not_running(kubectl, 3600, 4) == "running");
    CHECK(kubectl.was_told("nobody answers at the API server's address; trying again"));
    CHECK(kubectl.said.size() < 6);  // not a line for every try
    kubectl.away_until_s = 1e9;
    CHECK(why_not_running(kubectl, 36000, 4) == "nobody answers at the API server's address");
    CHECK(kubectl.now_s < 600);
  }

  TEST_CASE("cleaning goes on when the API server answers again") {
    Scripted kubectl;
    kubectl.run = recorded("job-completes/run.json");
    kubectl.away_until_s = 100;
    CHECK(cluster::clean(kubectl, kTarget, two_nodes(), kubectl.pace(60), 60).empty());
    CHECK(kubectl.is_deleted);
  }

  TEST_CASE("a rank whose node is not heard of is named and the next is asked meanwhile") {
    Scripted kubectl;
    kubectl.run = recorded("node-silent/run.json");
    kubectl.away_from_s = 4, kubectl.away_until_s = 8;
    cluster::Memory memory;
    const ScratchFolder scratch;
    CHECK_THROWS_AS(cluster::collect(kubectl, kTarget, two_nodes(), kubectl.pace(20), memory,
                                     scratch.path() / "out"),
                    Error);
    CHECK(kubectl.now_s >= 20);  // the node may come back, and so may the API server
    CHECK(kubectl.was_told("(rank 0): node node-b is not heard of"));
    CHECK(kubectl.was_asked("exec -n bench assay-r1-1-"));
    CHECK_FALSE(kubectl.was_asked("exec -n bench assay-r1-0-"));
  }

  TEST_CASE("where a pod is gone the nodes are looked at again") {
    Scripted kubectl;
    kubectl.run = recorded("node-drained/run.json");
    kubectl.events = recorded("node-drained/events.json");
    const std::string why = why_not_running(kubectl, 3600);
    CHECK(why.find("the run cannot start: pod bench-1-4zrpc (rank 1): it was evicted") == 0);
    CHECK(kubectl.was_asked("get nodes"));
  }

  TEST_CASE("where every node is silent the run is waited for") {
    Scripted kubectl;
    kubectl.run = recorded("node-silent/run.json");
    Json one_pod = parse_json(kubectl.run, "run");
    std::erase_if(one_pod["items"].get_ref<Json::array_t&>(), [](const Json& item) {
      return item["metadata"]["name"].get<std::string>().starts_with("assay-r1-1-");
    });
    kubectl.run = one_pod.dump();
    cluster::Memory memory;
    const ScratchFolder scratch;
    CHECK_THROWS_WITH_AS(cluster::collect(kubectl, kTarget, two_nodes(), kubectl.pace(20), memory,
                                          scratch.path() / "out"),
                         doctest::Contains("no results within the deadline: pod assay-r1-0-q8hsw "
                                           "(rank 0): node node-b is not heard of"),
                         Error);
    CHECK_FALSE(kubectl.was_asked("exec"));
  }

  TEST_CASE("the allocation is remembered while pods run") {
    Scripted kubectl;
    kubectl.run = recorded("job-completes/run.json");
    cluster::Memory memory;
    cluster::wait_until_running(kubectl, kTarget, 4, two_nodes(), kubectl.pace(60), memory);
    CHECK(memory.pods.size() == 4);
    for (const auto& [pod, facts] : memory.pods) {
      CHECK(facts.allocated.size() == 2);
      CHECK(facts.allocated.front().starts_with("gpu-"));  // the UUID of the slice
      CHECK(facts.claim.find(pod) == 0);
    }
  }

  TEST_CASE("results are taken from the lowest rank and then every pod is let go") {
    const ScratchFolder scratch;
    std::filesystem::create_directories(scratch.path() / "in");
    Result result = full_result();
    const auto memory_pod = cluster::read_snapshot(recorded("job-completes/run.json")).pods.front();
    result.nodes.front().kubernetes = KubernetesFacts{"bench", memory_pod.name, "", "", {}};
    write_document(to_json(result), DocumentKind::result, scratch.path() / "in/result.json");
    Scripted kubectl;
    kubectl.run = recorded("job-completes/run.json");
    kubectl.exec = {0, cluster::pack(scratch.path() / "in"), ""};
    cluster::Memory memory;
    cluster::collect(kubectl, kTarget, two_nodes(), kubectl.pace(60), memory,
                     scratch.path() / "out");
    const Result stamped = read_result(scratch.path() / "out/result.json");
    REQUIRE(stamped.nodes.front().kubernetes);
    CHECK(stamped.nodes.front().kubernetes->allocated.size() == 2);
    CHECK_FALSE(stamped.nodes.front().kubernetes->claim.empty());
    CHECK(std::count_if(kubectl.calls.begin(), kubectl.calls.end(), [](const std::string& call) {
            return call.ends_with("--acknowledge");
          }) == 4);
  }

  TEST_CASE("a cut stream is asked for again and never taken") {
    const ScratchFolder scratch;
    std::filesystem::create_directories(scratch.path() / "in");
    write_text("x", scratch.path() / "in/fabric.json");
    Scripted kubectl;
    kubectl.run = recorded("job-completes/run.json");
    kubectl.exec = {0, cluster::pack(scratch.path() / "in").substr(0, 700), ""};
    cluster::Memory memory;
    CHECK_THROWS_AS(cluster::collect(kubectl, kTarget, two_nodes(), kubectl.pace(20), memory,
                                     scratch.path() / "out"),
                    Error);
    CHECK_FALSE(std::filesystem::exists(scratch.path() / "out"));
    CHECK_FALSE(kubectl.was_asked("--acknowledge"));
  }

  TEST_CASE("when a node is lost the next rank is asked") {
    Scripted kubectl;
    kubectl.run = recorded("node-lost-per-index/run.json");
    cluster::Memory memory;
    const ScratchFolder scratch;
    CHECK_THROWS_AS(cluster::collect(kubectl, kTarget, two_nodes(), kubectl.pace(5), memory,
                                     scratch.path() / "out"),
                    Error);
    CHECK(kubectl.was_asked("exec -n bench bench-1-"));
    CHECK_FALSE(kubectl.was_asked("exec -n bench bench-0-"));
  }

  TEST_CASE("cleaning waits until nothing is left and names what stays") {
    Scripted kubectl;
    kubectl.run = recorded("job-completes/run.json");
    kubectl.looks_until_empty = 3;
    CHECK(cluster::clean(kubectl, kTarget, two_nodes(), kubectl.pace(60), 60).empty());
    kubectl.looks_until_empty = 1000;
    const auto left = cluster::clean(kubectl, kTarget, two_nodes(), kubectl.pace(60), 10);
    CHECK(std::count(left.begin(), left.end(), "Job/bench") == 1);
    CHECK(kubectl.was_asked("-l assay.io/run=r1 --cascade=foreground"));
  }
}

}  // namespace assay::test
