// Marking a node with its verdict, against what a real cluster answered.
#include "harness/cluster/gate.h"

#include <doctest/doctest.h>

#include "harness/core/error.h"
#include "tests/cluster/recordings.h"

namespace assay::test {

namespace {

/// Answers as recorded in the situation node-gate, where the taint was removed twice.
class Marked : public cluster::Kubectl {
 public:
  std::vector<std::string> calls;
  bool tainted = true, allowed = true;

  cluster::Answer ask(const cluster::Call& call) override {
    std::string line;
    for (const std::string& word : call.words) line += (line.empty() ? "" : " ") + word;
    calls.push_back(line);
    if (!allowed && call.words.front() == "patch")
      return {1, "",
              "Error from server (Forbidden): nodes \"node-b\" is forbidden: User \"alice\" cannot "
              "get resource \"nodes/status\" in API group \"\" at the cluster scope\n"};
    if (line.ends_with("assay.io/unverified-") && !tainted)
      return {1, "", "error: taint \"assay.io/unverified\" not found\n"};
    return {0, "node/node-b changed\n", ""};
  }
};

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a pass is marked before the taint goes and an absent taint is no error") {
    Marked kubectl;
    kubectl.tainted = false;
    cluster::mark_node(kubectl, "node-b", {"pass", "profile node"});
    REQUIRE(kubectl.calls.size() == 3);
    CHECK(kubectl.calls[0] == "label node node-b assay.io/verdict=pass --overwrite");
    CHECK(kubectl.calls[1].starts_with(
        "patch node node-b --subresource=status --type=strategic -p {"));
    CHECK(kubectl.calls[1].find(R"("status":"True","reason":"AssayPass")") != std::string::npos);
    CHECK(kubectl.calls[2] == "taint nodes node-b assay.io/unverified-");
  }

  TEST_CASE("a failure and a missing verdict taint the node first") {
    for (const char* verdict : {"fail", "unknown"}) {
      Marked kubectl;
      cluster::mark_node(kubectl, "node-b", {verdict, "drain: too slow"});
      CHECK(kubectl.calls.front() ==
            "taint nodes node-b assay.io/unverified=true:NoSchedule --overwrite");
      const bool unknown = std::string(verdict) == "unknown";
      CHECK(kubectl.calls.back().find(unknown ? "Unknown" : "AssayFail") != std::string::npos);
      CHECK(kubectl.calls.back().find("drain: too slow") != std::string::npos);
    }
  }

  TEST_CASE("who may not mark nodes is told what is missing") {
    Marked kubectl;
    kubectl.allowed = false;
    CHECK_THROWS_WITH_AS(cluster::mark_node(kubectl, "node-b", {"pass", ""}),
                         doctest::Contains("user alice may not get nodes/status"), Error);
  }

  TEST_CASE("nodes that joined unverified are found by their taint") {
    cluster::Inventory inventory = two_nodes();
    CHECK(cluster::unverified_nodes(inventory).empty());
    inventory.nodes.back().taints = {"assay.io/unverified=true:NoSchedule"};
    CHECK(cluster::unverified_nodes(inventory) == std::vector<std::string>{"node-b"});
    inventory.nodes.back().ready = false;
    CHECK(cluster::unverified_nodes(inventory).empty());
  }
}

}  // namespace assay::test
