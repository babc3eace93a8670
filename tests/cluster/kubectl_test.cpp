// The kubectl of PATH, here a script that answers nothing.
#include "harness/cluster/kubectl.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "tests/core/scratch_folder.h"

namespace assay::test {

namespace {

/// What is told of a call that gets no answer.
std::string told_of(const std::vector<std::string>& words) {
  const ScratchFolder folder;
  std::ofstream(folder / "kubectl") << "#!/bin/sh\nexec sleep 60\n";
  chmod((folder / "kubectl").c_str(), 0755);
  const std::string before = std::getenv("PATH");
  setenv("PATH", (folder.path().string() + ":" + before).c_str(), 1);
  const std::atomic<bool> stop = false;
  std::string told;
  try {
    cluster::installed_kubectl(&stop)->ask({words, 0.05});
  } catch (const cluster::Unreachable& problem) {
    told = problem.what();
  }
  setenv("PATH", before.c_str(), 1);
  return told;
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a call that gets no answer is named by what it asks for") {
    CHECK(told_of({"get", "resourceslices", "-o", "json"}) ==
          "kubectl get resourceslices gave no answer within 0 s");
    CHECK(told_of({"get", "job,pods", "-n", "bench", "-l", "assay.io/run=r1", "-o", "json"}) ==
          "kubectl get job,pods gave no answer within 0 s");
    CHECK(told_of({"get", "--raw", "/api/v1/x"}) ==
          "kubectl get --raw /api/v1/x gave no answer within 0 s");
    CHECK(told_of({"patch", "node", "a", "--subresource=status", "-p", "{\"status\": 1}"}) ==
          "kubectl patch node a gave no answer within 0 s");
  }
}

}  // namespace assay::test
