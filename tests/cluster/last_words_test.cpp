// What a failed container wrote, and what follows from it for the image.
#include "harness/cluster/last_words.h"

#include <doctest/doctest.h>

#include "harness/cluster/archive.h"
#include "harness/cluster/collect.h"
#include "harness/core/error.h"
#include "harness/core/version.h"
#include "tests/cluster/replay.h"
#include "tests/core/scratch_folder.h"

namespace assay::test {

namespace {

/// Pods that run or have failed, and what their log and their assay answer.
class Speaking : public KubectlOnPaper {
 public:
  std::string run, in_image = "assay 0.0.9\ncompiler  12\n";
  cluster::Answer log, held;

  cluster::Answer ask(const cluster::Call& call) override {
    const std::string line = keep(call);
    if (line.starts_with("logs")) return log;
    if (line.ends_with("assay version")) return {0, in_image, ""};
    if (line.starts_with("exec")) return held;
    if (line.starts_with("get events")) return {0, R"({"items": []})", ""};
    return {0, asked_for(call.words, parse_json(run, "run")), ""};
  }
};

std::string why_nothing_is_collected(Speaking& kubectl) {
  const ScratchFolder scratch;
  cluster::Memory memory;
  try {
    cluster::collect(kubectl, {"bench", "r1"}, two_nodes(), kubectl.pace(60), memory,
                     scratch.path() / "out");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

bool has_words(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a container that failed is told with its last lines and not with blank ones") {
    Speaking kubectl;
    kubectl.run = recorded("container-exits-1-per-index/run.json");
    kubectl.log = {0, "first\n\nlast\x1b[31m\n", ""};
    const cluster::Snapshot run = cluster::read_snapshot(kubectl.run);
    const auto causes = cluster::ask_why(kubectl, "bench", run, two_nodes());
    REQUIRE_FALSE(causes.empty());
    CHECK(has_words(causes.front().text, "it exited with 1; its last words: first | last?[31m"));
    CHECK_FALSE(has_words(causes.front().text, "its image"));
    kubectl.log = {1, "", "Error from server (Forbidden): pods \"x\" is forbidden\n"};
    CHECK(has_words(cluster::ask_why(kubectl, "bench", run, two_nodes()).front().text,
                    "(its log cannot be read: Error from server (Forbidden)"));
  }

  TEST_CASE(
      "the log of the container that failed is read and of a pod that runs the one of assay") {
    Speaking kubectl;
    cluster::Pod pod;
    pod.name = "assay-r1-0";
    cluster::last_words(kubectl, "bench", pod);
    CHECK(kubectl.calls.back() == "logs assay-r1-0 -n bench -c assay --tail=4");
    pod.ended_container = "unclaimed";
    cluster::last_words(kubectl, "bench", pod);
    CHECK(kubectl.calls.back() == "logs assay-r1-0 -n bench -c unclaimed --tail=4");
  }

  TEST_CASE("a run that wrote no document is told with its words and the version of its image") {
    Speaking kubectl;
    kubectl.run = recorded("job-completes/run.json");
    const ScratchFolder empty;
    kubectl.held = {0, cluster::pack(empty.path()), ""};
    kubectl.log = {0, "assay: no memory\nassay: the run ended with 2; /results is held\n", ""};
    const std::string why = why_nothing_is_collected(kubectl);
    CHECK(has_words(why,
                    "(rank 0): its run ended without a document; its last words: assay: no "
                    "memory | assay: the run ended with 2"));
    CHECK(has_words(why, "its image holds assay 0.0.9 and this is assay " + version()));
    CHECK(kubectl.now_s < 10);
    kubectl.in_image = "assay " + version() + "\n";
    CHECK_FALSE(has_words(why_nothing_is_collected(kubectl), "its image holds"));
  }

  TEST_CASE("an image whose assay cannot export is not asked again") {
    Speaking kubectl;
    kubectl.run = recorded("job-completes/run.json");
    kubectl.held = {2, "", "assay: 'export' is not a command: there are run, check, and help\n"};
    CHECK(has_words(why_nothing_is_collected(kubectl), "its image holds assay 0.0.9"));
    CHECK(kubectl.now_s < 10);
  }
}

}  // namespace assay::test
