// Recorded answers, changed as other clusters, older and newer API servers and their add-ons would
// have answered.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cluster/clean.h"
#include "harness/cluster/collect.h"
#include "harness/cluster/plan.h"
#include "harness/core/error.h"
#include "tests/cluster/replay.h"

namespace assay::test {

namespace {

using Edit = std::function<void(Json&)>;

/// The first pod of a recorded run, and what is told of it.
cluster::Pod pod_of(const std::string& situation, const Edit& edit) {
  Json list = parse_json(recorded(situation + "/run.json"), situation);
  for (Json& item : list["items"])
    if (item["kind"] == "Pod") {
      edit(item);
      break;
    }
  return cluster::read_snapshot(list.dump()).pods.front();
}

cluster::Cause told(const cluster::Pod& pod) {
  const cluster::Snapshot run;
  const cluster::Inventory inventory = two_nodes();
  return cluster::explain_pod(pod, {run, {}, inventory, {}, {}, {}})
      .value_or(cluster::Cause{"", "", false});
}

bool holds(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

/// What a kubelet leaves of a pod that it did not admit: no container has a status.
Edit failed(const char* reason, const char* message) {
  return [=](Json& pod) {
    pod["status"] = {{"phase", "Failed"}, {"reason", reason}, {"message", message}};
    pod["spec"]["nodeName"] = "node-a";
  };
}

Edit ended_with(const char* reason, int code, const std::string& message) {
  return [=](Json& pod) {
    pod["status"]["phase"] = "Failed";
    pod["status"]["containerStatuses"][0]["state"] = {
        {"terminated", {{"exitCode", code}, {"reason", reason}, {"message", message}}}};
  };
}

/// A mesh has injected containers before and behind that of assay.
void inject(Json& pod) {
  const std::string image = pod["spec"]["containers"][0]["image"];
  const Json own = pod["status"]["containerStatuses"][0];
  pod["spec"]["containers"][0]["name"] = "assay";
  for (const char* name : {"agent", "zipkin-proxy"}) {
    Json status = {{"name", name},
                   {"image", "mesh/proxy:1"},
                   {"imageID", "mesh/proxy@sha256:ff"},
                   {"state", {{"terminated", {{"exitCode", 3}, {"reason", "Error"}}}}}};
    Json& statuses = pod["status"]["containerStatuses"];
    statuses.push_back(status);
    Json& containers = pod["spec"]["containers"];
    containers.insert(*name == 'a' ? containers.begin() : containers.end(),
                      Json{{"name", name}, {"image", "mesh/proxy:1"}});
  }
  pod["status"]["containerStatuses"][0] = own;
  pod["status"]["containerStatuses"][0]["name"] = "assay";
}

std::vector<cluster::Quota> quota(const Json& status, const Json& hard) {
  Json object = {{"metadata", {{"name", "team"}}}, {"spec", {{"hard", hard}}}};
  if (!status.is_null()) object["status"] = status;
  return cluster::read_quotas(Json{{"items", {object}}}.dump());
}

cluster::Plan plan_for(const cluster::Inventory& inventory,
                       const std::function<void(cluster::Wishes&)>& wish = {}) {
  cluster::Wishes wanted;
  wanted.profile = "quick";
  wanted.image = "registry.example/assay:1";
  wanted.name_space = "bench";
  wanted.nodes = 2;
  if (wish) wish(wanted);
  return cluster::make_plan(wanted, inventory, "r1");
}

/// A namespace that has nothing.
class EmptyNamespace : public KubectlOnPaper {
 public:
  cluster::Answer answer{0, R"({"items": []})", ""};
  cluster::Answer ask(const cluster::Call& call) override {
    keep(call);
    return answer;
  }
};

std::string joined(const std::vector<std::string>& lines) {
  return fmt::format("{}", fmt::join(lines, "; "));
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a pod that its kubelet does not admit is told by its status alone") {
    const cluster::Cause cause =
        told(pod_of("job-completes",
                    failed("UnexpectedAdmissionError",
                           "Allocate failed due to requested number of devices unavailable for "
                           "nvidia.com/gpu. Requested: 8, Available: 7, which is unexpected")));
    CHECK(
        holds(cause.text, "the kubelet of node node-a does not admit it: Allocate failed due to"));
    CHECK(holds(cause.text, "Requested: 8, Available: 7"));
    CHECK(cause.hopeless);
    CHECK(holds(told(pod_of("job-completes",
                            failed("Evicted", "The node was low on resource: ephemeral-storage.")))
                    .text,
                "the kubelet of node node-a ended it: The node was low on resource"));
  }

  TEST_CASE("a program that the runtime cannot start is told by the runtime") {
    const std::string absent =
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
        "runc create failed: unable to start container process: exec: \"assay\": executable file "
        "not found in $PATH: unknown";
    CHECK(holds(told(pod_of("job-completes", ended_with("StartError", 128, absent))).text,
                "does not hold the program: failed to create containerd task"));
    const std::string hook =
        "failed to create shim task: OCI runtime create failed: nvidia-container-cli: "
        "initialization error: driver rpc error";
    CHECK(holds(told(pod_of("job-completes", ended_with("StartError", 128, hook))).text,
                "cannot start its container: failed to create shim task"));
    CHECK(holds(told(pod_of("job-completes", ended_with("Error", 3, "bye"))).text,
                "it exited with 3"));
    CHECK(holds(told(pod_of("job-completes", ended_with("Error", 139, ""))).text,
                "it exited with 139, of signal 11"));
  }

  TEST_CASE("containers that a mesh injects are not taken for that of assay") {
    const cluster::Pod plain = pod_of("job-completes", [](Json&) {});
    const cluster::Pod pod = pod_of("job-completes", inject);
    CHECK(pod.container == "assay");
    CHECK(pod.running);
    CHECK(pod.image_id == plain.image_id);
    CHECK(pod.image == plain.image);
    CHECK_FALSE(pod.exit_code);
    CHECK(told(pod).text.empty());
  }

  TEST_CASE("the results are asked of the container of assay by its name") {
    Replay kubectl("exec-stream");
    cluster::Memory memory;
    const cluster::Pace pace = kubectl.pace(1);
    CHECK_THROWS(cluster::collect(kubectl, {"bench", "r1"}, two_nodes(), pace, memory, "unused"));
    CHECK(holds(joined(kubectl.calls), " -c bench -- assay export /results --held"));
  }

  TEST_CASE("a pod that scheduling gates hold back is not one that finds no node") {
    const cluster::Cause cause = told(pod_of("node-cordoned", [](Json& pod) {
      pod["spec"].erase("nodeName");
      pod["spec"]["schedulingGates"] = {{{"name", "kueue.x-k8s.io/topology"}}};
      pod["status"] = {
          {"phase", "Pending"},
          {"conditions",
           {{{"type", "PodScheduled"},
             {"status", "False"},
             {"reason", "SchedulingGated"},
             {"message", "Scheduling is blocked due to non-empty scheduling gates"}}}}};
    }));
    CHECK(holds(cause.text, "its scheduling gates (kueue.x-k8s.io/topology) hold it back"));
    CHECK_FALSE(cause.hopeless);
  }

  TEST_CASE("what a queue of Kueue can never take is told of older versions too") {
    const auto told = [](const char* reason, const std::string& added) {
      Json list = parse_json(recorded("kueue-quotas-short/run.json"), "run");
      for (Json& item : list["items"])
        if (item["kind"] == "Workload")
          for (Json& one : item["status"]["conditions"])
            if (one["type"] == "QuotaReserved") {
              one["reason"] = reason;
              one["message"] = one["message"].get<std::string>() + added;
            }
      const cluster::Snapshot run = cluster::read_snapshot(list.dump());
      const cluster::Inventory inventory = two_nodes();
      return cluster::explain_workload(run.workloads.at(0), {run, {}, inventory, {}, {}, {}})
          .value();
    };
    CHECK(told("Pending", "").hopeless);
    const char* busy = ", insufficient unused quota for cpu in flavor large, 1 more needed";
    CHECK_FALSE(told("Pending", busy).hopeless);
    CHECK_FALSE(told("WaitingForQuota", busy).hopeless);
    const cluster::Cause taint = told("NoMatchingFlavor", ", untolerated taint in flavor large");
    CHECK(taint.hopeless);
    CHECK(holds(taint.text, "no flavor of its queue suits the run: couldn't assign flavors"));
  }

  TEST_CASE("every reason of the scheduler is told") {
    const cluster::Pod pod = pod_of("node-cordoned", [](Json&) {});
    const cluster::Snapshot run;
    cluster::Inventory inventory = two_nodes();
    const auto unschedulable = [&](const char* message) {
      return cluster::explain_unschedulable(pod, message, {run, {}, inventory, {}, {}, {}}).text;
    };
    const std::string both = unschedulable(
        "0/3 nodes are available: 1 Insufficient memory, 2 Insufficient nvidia.com/gpu. "
        "preemption: 0/3 nodes are available: 3 Insufficient memory.");
    CHECK(holds(both, "no node has enough memory free for the pod; no node offers nvidia.com/gpu"));
    CHECK(both.find("memory", both.find("memory") + 1) == std::string::npos);
    CHECK(holds(
        unschedulable("1 node(s) had untolerated taint {a: }, 2 node(s) had untolerated taint "
                      "{example.com/gpu: present}."),
        "may not tolerate (a: , example.com/gpu: present)"));
    CHECK(holds(unschedulable("0/2 nodes are available: 2 Insufficient example.com/gpu."),
                "DRA does not serve it by DeviceClass gpu.example.com"));
  }

  TEST_CASE("a Job that is complete and whose pods are gone waits for nothing") {
    Json list = parse_json(recorded("job-completes/run.json"), "run");
    Json job = *std::find_if(list["items"].begin(), list["items"].end(),
                             [](const Json& item) { return item["kind"] == "Job"; });
    job["status"] = {{"conditions",
                      {{{"type", "SuccessCriteriaMet"}, {"status", "True"}},
                       {{"type", "Complete"}, {"status", "True"}}}}};
    const cluster::Snapshot run = cluster::read_snapshot(Json{{"items", {job}}}.dump());
    const cluster::Inventory inventory = two_nodes();
    const auto causes = cluster::explain({run, {}, inventory, {}, {}, {}});
    REQUIRE(causes.size() == 1);
    CHECK(holds(causes.front().text, "have ended well and its pods are gone"));
  }

  TEST_CASE("amounts are read as the API writes them") {
    cluster::Inventory inventory = two_nodes();
    for (const auto& [hard, used, fits] :
         std::vector<std::tuple<const char*, const char*, bool>>{{"1k", "998", true},
                                                                 {"1k", "999", false},
                                                                 {"2", "0", true},
                                                                 {"2", "1", false},
                                                                 {"4e3", "3k", true}}) {
      const Json limits = {{"pods", hard}};
      inventory.quotas = quota({{"hard", limits}, {"used", {{"pods", used}}}}, limits);
      CHECK(plan_for(inventory).faults.empty() == fits);
    }
    inventory.quotas = quota(Json(), {{"pods", "1"}});
    CHECK(holds(joined(plan_for(inventory).faults),
                "it allows pods=1, 0 is used and 2 more is needed"));
    inventory = two_nodes();
    inventory.device_classes.clear(), inventory.devices.clear();
    for (cluster::Node& node : inventory.nodes) node.allocatable["nvidia.com/gpu"] = "1k";
    CHECK(plan_for(inventory).devices == 1000);
  }

  TEST_CASE("an API that is served in another version is not called absent") {
    cluster::Inventory inventory = two_nodes();
    inventory.api_versions.push_back("kueue.x-k8s.io/v1beta1");
    const auto kueue = [](cluster::Wishes& wishes) { wishes.gang = "kueue"; };
    CHECK(holds(joined(plan_for(inventory, kueue).faults),
                "does not serve kueue.x-k8s.io/v1beta2: it serves kueue.x-k8s.io/v1beta1, which "
                "nothing here uses"));
    CHECK(holds(joined(plan_for(inventory).reasons),
                "Kueue is installed, but the cluster does not serve kueue.x-k8s.io/v1beta2"));
    inventory.api_versions.pop_back();
    CHECK(holds(joined(plan_for(inventory, kueue).faults), "it is not installed"));
    CHECK_FALSE(holds(joined(plan_for(inventory).reasons), "Kueue"));
  }

  TEST_CASE("a plan says what of DRA and of nodes is not there") {
    cluster::Inventory inventory = two_nodes();
    CHECK_FALSE(holds(joined(plan_for(inventory).reasons), "the cluster has no node"));
    inventory.nodes.clear();
    CHECK(holds(joined(plan_for(inventory).reasons), "the cluster has no node: pods wait"));
    inventory.api_versions = {"batch/v1", "resource.k8s.io/v1beta1", "resource.k8s.io/v1beta2"};
    inventory.device_classes.clear(), inventory.devices.clear();
    CHECK(holds(joined(plan_for(inventory).reasons),
                "which the cluster does not serve: it serves resource.k8s.io/v1beta1"));
  }

  TEST_CASE("devices that every node reaches are not there once for each") {
    cluster::Inventory inventory = two_nodes();
    std::erase_if(inventory.devices,
                  [](const cluster::Device& one) { return one.pool == "node-b"; });
    for (cluster::Device& one : inventory.devices) one.pool = "fabric", one.node = "";
    CHECK(holds(joined(plan_for(inventory).reasons),
                "16 devices are wanted in all, and 8 published"));
    CHECK_FALSE(holds(joined(plan_for(two_nodes()).reasons), "wanted in all"));
  }

  TEST_CASE("a number that no count can be is none") {
    Json list = parse_json(recorded("job-completes/run.json"), "run");
    for (Json& item : list["items"])
      if (item["kind"] == "Job") item["spec"]["completions"] = 1e300;
    CHECK(cluster::read_snapshot(list.dump()).jobs.at(0).completions == 0);
  }

  TEST_CASE("a condition without a message is told of in words") {
    Json list = parse_json(recorded("kueue-pending-quota/run.json"), "run");
    for (Json& item : list["items"])
      if (item["kind"] == "Workload")
        for (Json& one : item["status"]["conditions"]) one["message"] = "";
    const cluster::Snapshot run = cluster::read_snapshot(list.dump());
    const auto causes = cluster::explain({run, {}, two_nodes(), {}, {}, {}});
    REQUIRE_FALSE(causes.empty());
    for (const cluster::Cause& cause : causes) CHECK_FALSE(cause.text.empty());
  }

  TEST_CASE("what kubectl logs of itself is not the reason") {
    CHECK(cluster::reason_of({1, "",
                              "W1129 17:00:00.000000   1 warnings.go:70] resource.k8s.io/v1beta1 "
                              "ResourceSlice is deprecated\nI1129 17:00:00.0 1 x.go:1] tried\n"
                              "Error from server (Forbidden): no\n"}) ==
          "Error from server (Forbidden): no");
  }

  TEST_CASE("claims are asked for only where the wishes are for one") {
    const auto faults = [](const std::function<void(cluster::Wishes&)>& wish) {
      return joined(plan_for(two_nodes(), wish).faults);
    };
    CHECK(holds(
        faults([](cluster::Wishes& one) { one.allocation = "none", one.devices_per_node = 2; }),
        "--devices-per-node 2: allocation none claims no devices"));
    CHECK(holds(faults([](cluster::Wishes& one) {
                  one.allocation = "none", one.device_class = "gpu.example.com";
                }),
                "--device-class gpu.example.com: allocation none claims from no DeviceClass"));
  }

  TEST_CASE("another run that is in the way is named with its namespace") {
    const cluster::Snapshot run = cluster::read_snapshot(recorded("devices-all-in-use/run.json"));
    Json others = parse_json(recorded("devices-all-in-use/run.json"), "others");
    for (Json& item : others["items"]) {
      item["metadata"]["labels"]["assay.io/run"] = "r0";
      item["metadata"]["namespace"] = "team-b";
    }
    const std::vector<cluster::Claim> claims = cluster::read_snapshot(others.dump()).claims;
    const auto cause = cluster::explain_other_runs({run, {}, two_nodes(), claims, {}, {}});
    REQUIRE(cause);
    CHECK(holds(cause->text, "`assay cluster clean --namespace team-b --run r0`"));
  }

  TEST_CASE("what is not found is named with where it was looked for") {
    EmptyNamespace kubectl;
    cluster::Memory memory;
    std::string told;
    try {
      cluster::collect(kubectl, {"team-a", "r9"}, two_nodes(), kubectl.pace(5), memory, "unused");
    } catch (const Error& error) {
      told = error.what();
    }
    CHECK(holds(told, "nothing of run r9 is in namespace team-a: it was cleaned"));
    CHECK(holds(told, "or it is in another namespace"));
  }

  TEST_CASE("a run of which nothing is in the namespace is not one that was deleted") {
    EmptyNamespace kubectl;
    const cluster::Target target{"assay", "r1"};
    CHECK_FALSE(cluster::may_be_there(kubectl, target, two_nodes()));
    kubectl.answer = {1, "", "Error from server (Forbidden): jobs.batch is forbidden\n"};
    CHECK(cluster::may_be_there(kubectl, target, two_nodes()));
    kubectl.answer = {0, recorded("job-completes/run.json"), ""};
    CHECK(cluster::may_be_there(kubectl, target, two_nodes()));
  }
}

}  // namespace assay::test
