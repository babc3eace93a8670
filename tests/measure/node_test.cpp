// What a node says of itself inside a cluster and outside.
#include "harness/measure/node.h"

#include <doctest/doctest.h>

#include <cstdlib>

namespace assay::test {

TEST_SUITE("unit") {
  TEST_CASE("a pod knows its namespace and name and the node that it is on") {
    setenv("ASSAY_NAMESPACE", "bench", 1);
    setenv("ASSAY_POD", "assay-r1-0-x7k2p", 1);
    setenv("NODE_NAME", "node-a", 1);
    const auto facts = kubernetes_facts();
    REQUIRE(facts);
    CHECK(facts->kube_namespace == "bench");
    CHECK(facts->pod == "assay-r1-0-x7k2p");
    CHECK(facts->allocated.empty());
    CHECK(node_name() == "node-a");
    unsetenv("NODE_NAME");
    CHECK(node_name() != "node-a");
  }

  TEST_CASE("outside a cluster a node has no facts of Kubernetes") {
    unsetenv("ASSAY_NAMESPACE");
    setenv("ASSAY_POD", "assay-r1-0-x7k2p", 1);
    CHECK_FALSE(kubernetes_facts());
    setenv("ASSAY_NAMESPACE", "", 1);
    CHECK_FALSE(kubernetes_facts());
  }
}

}  // namespace assay::test
