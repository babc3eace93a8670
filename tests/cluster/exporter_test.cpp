// An exporter's text before, while and after a load, and exporters that monitor nothing.
#include "harness/cluster/exporter.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "harness/core/error.h"
#include "tests/cluster/replay.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

/// Two devices of node-a; from 100 s to 200 s of its clock they are under load.
class Exporter : public KubectlOnPaper {
 public:
  bool moves = true, falls = true, has_memory = true, answers = true;
  std::string other_uuid = "GPU-1";

  cluster::Answer ask(const cluster::Call& call) override {
    const std::string line = keep(call);
    if (line.starts_with("get pods -n monitoring -l app=exporter")) return {0, pods(), ""};
    CHECK(line == "get --raw /api/v1/namespaces/monitoring/pods/exporter-x:9400/proxy/metrics");
    if (!answers) return {1, "", "Error from server (ServiceUnavailable): unable to connect\n"};
    return {0, text(), ""};
  }

 private:
  static std::string pods() {
    return R"({"items": [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "exporter-x"},
      "spec": {"nodeName": "node-a"},
      "status": {"containerStatuses": [{"state": {"running": {}}}]}}]})";
  }

  std::string text() const {
    const bool on = moves && now_s >= 100 && (now_s < 200 || !falls);
    std::string lines =
        "# HELP DCGM_FI_DEV_GPU_UTIL GPU utilization (in %).\n"
        "# TYPE DCGM_FI_DEV_GPU_UTIL gauge\n";
    for (const std::string& uuid : {std::string("GPU-0"), other_uuid}) {
      const std::string labels = fmt::format(
          "{{gpu=\"0\",UUID=\"{}\",modelName=\"NVIDIA H200 \\\"x\\\"\",Hostname=\"node-a\"}}",
          uuid);
      lines += fmt::format("DCGM_FI_DEV_GPU_UTIL{} {}\n", labels, on ? 93 : 0);
      lines +=
          fmt::format("DCGM_FI_DEV_ENC_UTIL{} 0\nDCGM_FI_DEV_MEM_COPY_UTIL{} 1\n", labels, labels);
      if (has_memory) lines += fmt::format("DCGM_FI_DEV_FB_USED{} {}\n", labels, on ? 70000 : 4);
    }
    return lines;
  }
};

RequirementVerdict verdict_on(Exporter& kubectl, const std::string& workload = "gemm") {
  const cluster::Pace pace = kubectl.pace(3600);
  cluster::ExporterWatch watch(kubectl, cluster::exporter_address("monitoring/app=exporter:9400"),
                               pace);
  watch.before();
  for (kubectl.now_s = 100; kubectl.now_s < 200; kubectl.now_s += 2) watch.during({"node-a"});
  Result result = passing_result(small_profile(), "cuda", 2);
  NodeFacts& node = result.nodes.front();
  node.name = "node-a";
  node.kubernetes = KubernetesFacts{"bench", "assay-0", "", "claim", {"GPU-0", "GPU-1"}};
  for (Measurement& one : result.measurements) one.id.workload = workload;
  ClusterFacts facts;
  facts.exporter = watch.after();
  set_cluster_facts(facts, result);
  return judged(result, requirement("kubernetes_exported_metrics"));
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("metrics that follow the load of every claimed device pass") {
    Exporter kubectl;
    const RequirementVerdict verdict = verdict_on(kubectl);
    INFO(verdict.reason);
    CHECK(verdict.verdict == Verdict::pass);
    CHECK(verdict.figures["devices"][0]["utilization"] == Json({0.0, 93.0, 0.0}));
    CHECK(verdict.figures["devices"][0]["memory_metric"] == "DCGM_FI_DEV_FB_USED");
    CHECK(kubectl.calls.size() < 60);  // every five seconds and not at every look
  }

  TEST_CASE("metrics that stand still fail") {
    Exporter still;
    still.moves = false;
    CHECK(verdict_on(still).reason_code == "does_not_rise");
    Exporter stuck;
    stuck.falls = false;
    CHECK(verdict_on(stuck).reason_code == "does_not_fall");
  }

  TEST_CASE("a claimed device that is not exported or has no memory metric fails") {
    Exporter other;
    other.other_uuid = "GPU-of-another";
    CHECK(verdict_on(other).reason_code == "not_exported");
    Exporter silent;
    silent.answers = false;
    const RequirementVerdict verdict = verdict_on(silent);
    CHECK(verdict.reason_code == "not_exported");
    CHECK(verdict.reason.find("unable to connect") != std::string::npos);
    Exporter bare;
    bare.has_memory = false;
    CHECK(verdict_on(bare).reason_code == "no_core_metric");
  }

  TEST_CASE("metrics are no evidence where no GEMM was the load") {
    Exporter kubectl;
    CHECK(verdict_on(kubectl, "memory_copy").verdict == Verdict::not_evaluated);
  }

  TEST_CASE("an exposition is read with its quotes and refused where it is none") {
    const auto samples =
        cluster::read_exposition("a{x=\"1,}\\\\\",y=\"q\\\"\\n\"} 2.5 1700000000\nb 1e3\n\n# c\n");
    REQUIRE(samples.size() == 2);
    CHECK(samples[0].labels == std::map<std::string, std::string>{{"x", "1,}\\"}, {"y", "q\"\n"}});
    CHECK(samples[0].value == 2.5);
    CHECK(samples[1].value == 1000);
    for (const char* bad : {"a{x=\"1", "a{x=1} 2", "a", "a{x=\"1\"} two", "{} 1", "a{x=\"1\\"})
      CHECK_THROWS_AS(cluster::read_exposition(bad), Error);
  }

  TEST_CASE("a value that is no number is no reading") {
    CHECK(cluster::read_devices_of_exporter("fb_used{uuid=\"a\"} NaN\ngpu_util{uuid=\"b\"} +Inf\n")
              .empty());
  }

  TEST_CASE("an address of an exporter that is none is refused in one line") {
    for (const char* bad :
         {"monitoring", "a/b:1", "a/b=c", "A/b=c:1", "a/b=c:x", "a/b=c:1/metrics"})
      CHECK_THROWS_AS(cluster::exporter_address(bad), Error);
    CHECK(cluster::exporter_address("a/app.kubernetes.io/name=b:9400").label ==
          "app.kubernetes.io/name");
  }
}

}  // namespace assay::test
