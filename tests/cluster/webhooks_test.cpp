// Custom resources shown to an API server that answers as real ones do.
#include "harness/cluster/webhooks.h"

#include <doctest/doctest.h>

#include "harness/core/error.h"
#include "tests/cluster/replay.h"
#include "tests/conformance/passing_result.h"
#include "tests/core/scratch_folder.h"

namespace assay::test {

namespace {

// What kubectl 1.35 told of a 1.36's answers, to a CustomResourceDefinition of JobSet and a webhook
// that were made for it.
constexpr const char* kDenied =
    "Error from server: error when creating \"resource.yaml\": admission webhook "
    "\"vjobset.kb.io\" denied the request: invalid replicatedJob name 'absent' does not appear in "
    ".spec.ReplicatedJobs\n";
constexpr const char* kBySchema =
    "The JobSet \"assay-probe\" is invalid: spec.replicatedJobs[0].replicas: Invalid value: "
    "\"string\": spec.replicatedJobs[0].replicas in body must be of type integer: \"string\"\n";
constexpr const char* kUnknownField =
    "Error from server (BadRequest): error when creating \"resource.yaml\": JobSet in version "
    "\"v1alpha2\" cannot be handled as a JobSet: strict decoding error: unknown field "
    "\"spec.replicatedJobs[0].replica\"\n";
constexpr const char* kDown =
    "Error from server (InternalError): error when creating \"resource.yaml\": Internal error "
    "occurred: failed calling webhook \"vjobset.kb.io\": failed to call webhook: Post "
    "\"https://127.0.0.1:9443/validate?timeout=10s\": dial tcp 127.0.0.1:9443: connect: connection "
    "refused\n";

/// Tells a bad resource by its one fault.
class Admission : public KubectlOnPaper {
 public:
  cluster::Answer good{0, "jobset/assay-probe\n", ""}, bad{1, "", kDenied};

  cluster::Answer ask(const cluster::Call& call) override {
    const std::string line = keep(call);
    if (line.starts_with("get clustertrainingruntimes")) return {0, "torch-distributed", ""};
    CHECK(line.starts_with("create --dry-run=server -n bench"));
    const std::string text = read_text(call.words.back());
    shown.push_back(text);
    return text.find("absent") == std::string::npos ? good : bad;
  }

  std::vector<std::string> shown;
};

RequirementVerdict verdict_on(Admission& kubectl,
                              const std::string& api = "jobset.x-k8s.io/v1alpha2",
                              const std::filesystem::path& own = {}) {
  cluster::Inventory inventory = two_nodes();
  inventory.api_versions.push_back(api);
  Result result = passing_result(small_profile(), "cuda", 2);
  ClusterFacts facts;
  facts.webhooks = cluster::ask_webhooks(kubectl, inventory, "bench", own);
  set_cluster_facts(facts, result);
  return judged(result, requirement("kubernetes_webhook"));
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a webhook that takes the good resource and denies the bad one passes") {
    Admission kubectl;
    const RequirementVerdict verdict = verdict_on(kubectl);
    CHECK(verdict.verdict == Verdict::pass);
    CHECK(verdict.figures["webhooks"][0]["denied_by"] == "vjobset.kb.io");
    CHECK(kubectl.shown.size() == 2);
  }

  TEST_CASE("a bad resource that is taken fails") {
    Admission kubectl;
    kubectl.bad = kubectl.good;
    CHECK(verdict_on(kubectl).reason_code == "bad_taken");
  }

  TEST_CASE("a refusal by the schema is none by a webhook") {
    for (const char* refusal : {kBySchema, kUnknownField}) {
      Admission kubectl;
      kubectl.bad = {1, "", refusal};
      const RequirementVerdict verdict = verdict_on(kubectl);
      CHECK(verdict.reason_code == "not_by_webhook");
      CHECK(verdict.reason.find("resource.yaml") == std::string::npos);  // a temporary name
    }
  }

  TEST_CASE("a webhook that is down refuses the good resource too and fails") {
    Admission kubectl;
    kubectl.good = kubectl.bad = {1, "", kDown};
    CHECK(verdict_on(kubectl).reason_code == "good_refused");
  }

  TEST_CASE("a good TrainJob names a runtime that the cluster has") {
    Admission kubectl;
    CHECK(verdict_on(kubectl, "trainer.kubeflow.org/v1alpha1").verdict == Verdict::pass);
    CHECK(kubectl.shown.front().find("name: torch-distributed}") != std::string::npos);
  }

  TEST_CASE("a cluster without a known operator gives no verdict and a folder gives one") {
    Admission kubectl;
    CHECK(verdict_on(kubectl, "batch/v1").verdict == Verdict::not_evaluated);
    const ScratchFolder folder;
    write_text("apiVersion: ray.io/v1\nkind: RayJob\nspec: {}\n", folder.path() / "good.yaml");
    write_text("apiVersion: ray.io/v1\nkind: RayJob\nspec: {absent: 1}\n",
               folder.path() / "bad.yaml");
    const RequirementVerdict verdict = verdict_on(kubectl, "batch/v1", folder.path());
    CHECK(verdict.verdict == Verdict::pass);
    CHECK(verdict.figures["webhooks"][0]["resource"] == "RayJob.ray.io");
    CHECK_THROWS_AS(verdict_on(kubectl, "batch/v1", folder.path() / "none"), Error);
  }
}

}  // namespace assay::test
