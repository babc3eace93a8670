// Two runs that each hold what the other waits for: recorded answers of one run, given to both.
#include <doctest/doctest.h>

#include "harness/cluster/watch.h"
#include "harness/core/error.h"
#include "tests/cluster/replay.h"

namespace assay::test {

namespace {

/// Half of a run is bound and half of it waits; the answers do not change. Runs are told apart by
/// the ends of their objects' names.
class TwoHalves : public KubectlOnPaper {
 public:
  explicit TwoHalves(const std::vector<std::string>& runs) {
    for (const std::string& run : runs) {
      std::string text = recorded("no-gang-partial-start/run.json");
      for (const std::string& name : {std::string("\"bench"), std::string("\"r1")})
        for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += run.size())
          text.replace(at, name.size(), "\"" + run);
      const Json list = parse_json(text, run);
      for (const Json& item : list["items"]) items_.push_back(item);
    }
  }

  cluster::Answer ask(const cluster::Call& call) override {
    const std::string line = keep(call);
    if (line.starts_with("get events") || line.starts_with("get nodes") ||
        line.starts_with("get resourceslices"))
      return {1, "", "not recorded\n"};
    Json chosen = Json::array();
    const std::size_t at = line.find("assay.io/run=");
    const std::string run = at == std::string::npos ? "" : line.substr(at + 13, 2);
    for (const Json& item : items_)
      if (run.empty() || item["metadata"]["labels"]["assay.io/run"] == run) chosen.push_back(item);
    return {0, asked_for(call.words, Json{{"items", chosen}}), ""};
  }

 private:
  Json items_ = Json::array();
};

struct Ended {
  std::string why;
  double after_s;
};

Ended wait_of(const std::string& run, const std::vector<std::string>& runs) {
  TwoHalves kubectl(runs);
  cluster::Memory memory;
  try {
    cluster::wait_until_running(kubectl, {"bench", run}, 2, two_nodes(), kubectl.pace(600), memory);
  } catch (const Error& error) {
    return {error.what(), kubectl.now_s};
  }
  return {"it runs", kubectl.now_s};
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("of two runs that wait for each other the later gives way within seconds") {
    const Ended later = wait_of("r2", {"r1", "r2"});
    INFO(later.why);
    CHECK(later.after_s < 20);
    CHECK(later.why.find("run r1 of Assay holds 8 devices on 1 node and waits too") !=
          std::string::npos);
    CHECK(later.why.find("this run is the later one and gives way") != std::string::npos);
    const Ended earlier = wait_of("r1", {"r1", "r2"});
    INFO(earlier.why);
    CHECK(earlier.after_s >= 600);
    CHECK(earlier.why.find("run r2 of Assay holds") != std::string::npos);
  }

  TEST_CASE("of three runs that wait for each other the latest alone gives way") {
    CHECK(wait_of("r3", {"r1", "r2", "r3"}).after_s < 20);
    CHECK(wait_of("r2", {"r1", "r2", "r3"}).after_s >= 600);
  }

  TEST_CASE("a run that waits alone is not told of another") {
    const Ended alone = wait_of("r2", {"r2"});
    CHECK(alone.after_s >= 600);
    CHECK(alone.why.find("of Assay holds") == std::string::npos);
  }

  TEST_CASE("a run that holds nothing waits for one that does") {
    const cluster::Snapshot all =
        cluster::read_snapshot(recorded("no-gang-partial-start/run.json"));
    cluster::Snapshot ours;
    for (const cluster::Pod& pod : all.pods)
      if (pod.node.empty()) ours.pods.push_back(pod);
    ours.pods.front().run = "r2";
    const auto cause = cluster::explain_other_runs({ours, {}, two_nodes(), all.claims, all.pods});
    REQUIRE(cause.has_value());
    CHECK_FALSE(cause->hopeless);
    CHECK(cause->text == "run r1 of Assay holds 8 devices on 1 node");
  }
}

}  // namespace assay::test
