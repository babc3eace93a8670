// What is told of a run whose volume of results is not there.
#include <doctest/doctest.h>

#include "tests/cluster/recordings.h"

namespace assay::test {

namespace {

cluster::Cause unschedulable(const std::string& message) {
  const cluster::Snapshot run;
  return cluster::explain_unschedulable({}, message, {run, {}, two_nodes()});
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE(
      "a claim for results that is missing is named and one that is not bound is waited for") {
    const auto missing = unschedulable(
        "0/2 nodes are available: persistentvolumeclaim \"results\" not found. not found");
    CHECK(missing.text.find("PersistentVolumeClaim results is missing") != std::string::npos);
    CHECK(missing.hopeless);
    CHECK_FALSE(unschedulable("0/2 nodes are available: pod has unbound immediate "
                              "PersistentVolumeClaims. not found")
                    .hopeless);
  }
}

}  // namespace assay::test
