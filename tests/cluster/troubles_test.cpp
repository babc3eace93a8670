// What goes wrong around a run on clusters other than the recorded one: recorded answers with the
// words of other schedulers, runtimes, queues and API servers in them.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cluster/clean.h"
#include "harness/cluster/plan.h"
#include "harness/core/error.h"
#include "tests/cluster/recorded_run.h"

namespace assay::test {

namespace {

using TroubleEdit = std::function<void(Json&)>;

/// A message of the cluster, and what of it a user is told.
struct Told {
  const char *message, *text;
  bool hopeless;
};

bool has_text(const std::string& text, const std::string& part) {
  INFO(text);
  INFO(part);
  return text.find(part) != std::string::npos;
}

/// The run of a recording, its objects of a kind changed.
cluster::Snapshot changed(const std::string& file, const char* kind, const TroubleEdit& change) {
  Json list = parse_json(recorded(file), file);
  for (Json* item : of_kind(list, kind)) change(*item);
  return cluster::read_snapshot(list.dump());
}

cluster::Cause first_of(const cluster::Snapshot& run, const std::vector<cluster::Event>& events,
                        const cluster::Inventory& inventory = two_nodes()) {
  const std::vector<cluster::Cause> causes = cluster::explain({run, events, inventory});
  return causes.empty() ? cluster::Cause{"", "", false} : causes.front();
}

void check(const cluster::Cause& cause, const Told& row) {
  INFO(row.message);
  CHECK(has_text(cause.text, row.text));
  CHECK(cause.hopeless == row.hopeless);
  CHECK(cause.text.find('\n') == std::string::npos);
}

cluster::Snapshot waiting_for_image(const std::string& message) {
  return changed("image-not-found/run.json", "Pod", [&](Json& pod) {
    pod["status"]["containerStatuses"][0]["state"] = {
        {"waiting", {{"reason", "ErrImagePull"}, {"message", message}}}};
  });
}

/// A Workload of Kueue whose conditions are these.
cluster::Cause of_workload(const Json& conditions, const Json& checks = Json::array()) {
  cluster::Snapshot run = changed("kueue-second-waits/run.json", "Workload", [&](Json& workload) {
    workload["status"]["conditions"] = conditions;
    workload["status"]["admissionChecks"] = checks;
  });
  run.jobs.clear(), run.pods.clear();
  return first_of(run, {});
}

Json condition(const char* type, const char* status, const char* reason, const char* message) {
  return {{"type", type}, {"status", status}, {"reason", reason}, {"message", message}};
}

/// A cluster whose namespace is in a phase.
class InPhase : public Discovered {
 public:
  const char* phase = "Active";
  cluster::Answer ask(const cluster::Call& call) override {
    if (call.words.size() > 1 && call.words.at(1) == "namespace")
      return {0, Json{{"kind", "Namespace"}, {"status", {{"phase", phase}}}}.dump(), ""};
    return Discovered::ask(call);
  }
};

/// A run that nobody explains: the one usual cause of its first pod or Job.
std::string usual(const cluster::Snapshot& run, const std::vector<cluster::Event>& events = {}) {
  const cluster::Inventory inventory = two_nodes();
  const std::vector<cluster::Cause> causes = cluster::explain_usual({run, events, inventory});
  return causes.empty() ? "" : causes.front().subject + ": " + causes.front().text;
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("what other schedulers and their plugins say of a pod is told in a user's words") {
    const cluster::Snapshot run;
    const cluster::Pod pod;
    for (const Told& row : std::vector<Told>{
             {"0/2 nodes are available: 2 node(s) didn't find available persistent volumes to "
              "bind.",
              "no PersistentVolume fits its PersistentVolumeClaim", false},
             {"0/2 nodes are available: 2 node(s) had volume node affinity conflict.",
              "its volume is on a node or in a zone that takes no pod", false},
             {"0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
              "its PersistentVolumeClaim is bound to no volume yet", false},
             {"0/2 nodes are available: node(s) unavailable due to one or more pvc(s) bound to "
              "non-existent pv(s).",
              "the volume of its PersistentVolumeClaim is gone", false},
             {"0/2 nodes are available: resourceclaim \"bench-0-devices-x\" is being deleted.",
              "its claim bench-0-devices-x is being deleted: somebody deleted it", false},
             {"0/2 nodes are available: resourceclaim.resource.k8s.io \"c\" not found.",
              "its claim c is gone: somebody deleted it", false},
             {"claim bench/c: number of requested devices 40 exceeds the claim limit of 32",
              "its claim asks for 40 devices, and Kubernetes allocates at most 32 to one claim",
              true},
             {"0/2 nodes are available: 2 Too many pods.", "2 Too many pods", false},
             {"0/2 nodes are available: 1 node(s) had untolerated taint "
              "{node.kubernetes.io/disk-pressure: }.",
              "nodes that are not well take no pods (node.kubernetes.io/disk-pressure: )", false}})
      check(cluster::explain_unschedulable(pod, row.message, {run, {}, two_nodes()}), row);
  }

  TEST_CASE("a taint of a node that is not well is no taint to tolerate") {
    cluster::Inventory inventory = two_nodes();
    inventory.nodes.front().taints = {"node.kubernetes.io/memory-pressure=:NoSchedule"};
    const cluster::Snapshot run;
    const auto told = [&] {
      return cluster::explain_unschedulable({}, "2 node(s) had untolerated taint(s)",
                                            {run, {}, inventory})
          .text;
    };
    CHECK(has_text(told(),
                   "nodes that are not well take no pods (node-a has "
                   "node.kubernetes.io/memory-pressure=:NoSchedule)"));
    CHECK_FALSE(has_text(told(), "--toleration"));
    inventory.nodes.back().taints = {"nvidia.com/gpu=:NoSchedule"};
    CHECK(has_text(told(), "(node-b has nvidia.com/gpu=:NoSchedule): name one with --toleration"));
  }

  TEST_CASE("what keeps an image from being pulled is told whatever digits its name has") {
    const std::string digest = "registry.example/a@sha256:4014034010000000000000000000000000000000";
    for (const Told& row : std::vector<Told>{
             {"failed to pull and unpack image \"registry.example/a:403\": not found",
              "was not found in its registry", true},
             {"unexpected status from HEAD request to https://registry.example/v2/a: 403 Forbidden",
              "may not be pulled: name a Secret", true},
             {"reading manifest 1 in a: StatusCode: 401, no", "may not be pulled: name a Secret",
              true},
             {"pull: no basic auth credentials", "may not be pulled: name a Secret", true},
             {"insufficient_scope: authorization failed", "may not be pulled: name a Secret", true},
             {"toomanyrequests: You have reached your pull rate limit",
              "its registry lets nobody pull so often", false},
             {"no match for platform in manifest: not found",
              "it has no variant for the processors of the node", true},
             {"tls: failed to verify certificate: x509: certificate signed by unknown authority",
              "the node does not trust its registry's certificate", true},
             {"http: server gave HTTP response to HTTPS client", "its registry speaks HTTP alone",
              true},
             {"write /var/lib/containerd/x: no space left on device",
              "the node has no space left for it", false}})
      check(first_of(waiting_for_image(row.message), {}), row);
    CHECK(has_text(first_of(waiting_for_image(digest + ": not found"), {}).text, "was not found"));
  }

  TEST_CASE("a Secret for an image that is missing is named") {
    const cluster::Snapshot run = waiting_for_image("pull access denied: 401 Unauthorized");
    const std::vector<cluster::Event> events = {
        {"FailedToRetrieveImagePullSecret", "Pod", run.pods.front().name,
         "Unable to retrieve some image pull secrets (regcred); attempting to pull the image may "
         "not succeed."}};
    CHECK(has_text(first_of(run, events).text, "Secret regcred, which is to let it, is missing"));
  }

  TEST_CASE("a volume that another node has is told") {
    const cluster::Snapshot run = changed("secret-missing/run.json", "Pod", [](Json&) {});
    const std::vector<cluster::Event> events = {
        {"FailedAttachVolume", "Pod", run.pods.front().name,
         "Multi-Attach error for volume \"pv-1\" Volume is already used by pod(s) other-0"}};
    CHECK(has_text(first_of(run, events).text, "a volume cannot be attached: Multi-Attach error"));
  }

  TEST_CASE("why a Job makes no pods is told by its event") {
    const cluster::Snapshot run = changed("quota-pods/run.json", "Job", [](Json&) {});
    const std::string creating = "Error creating: pods \"bench-0-x\" is forbidden: ";
    for (const Told& row : std::vector<Told>{
             {"failed quota: team: must specify limits.cpu for: assay; limits.memory for: assay",
              "the namespace's quota team wants every container to set limits.cpu for: assay",
              true},
             {"unable to create new content in namespace bench because it is being terminated",
              "the namespace is being deleted: choose another", true},
             {"Internal error occurred: failed calling webhook \"vjob.example.com\": EOF",
              "an admission webhook does not answer", true},
             {"no PriorityClass with name high was found", "no PriorityClass with name high",
              true}})
      check(first_of(run, {{"FailedCreate", "Job", run.jobs.front().name, creating + row.message}}),
            row);
  }

  TEST_CASE("a Workload that Kueue admitted in part or evicted says which") {
    const Json has_quota = condition("QuotaReserved", "True", "QuotaReserved", "Quota reserved");
    const cluster::Cause checked =
        of_workload(Json::array({has_quota}),
                    {{{"name", "nodes"}, {"state", "Pending"}, {"message", "no node yet"}},
                     {{"name", "budget"}, {"state", "Ready"}}});
    CHECK(
        checked.text ==
        "it has its quota and waits for admission checks of its ClusterQueue (nodes: no node yet)");
    CHECK_FALSE(checked.hopeless);
    const Json no_quota = condition("QuotaReserved", "False", "Pending", "evicted");
    const cluster::Cause preempted = of_workload(
        {no_quota, condition("Evicted", "True", "Preempted", "Preempted to accommodate another")});
    CHECK(preempted.text ==
          "Kueue took its quota back: Preempted to accommodate another (Preempted)");
    CHECK_FALSE(preempted.hopeless);
    CHECK(of_workload({no_quota, condition("Evicted", "True", "DeactivatedDueToRequeuingLimit",
                                           "exceeded the maximum number of re-queuing retries")})
              .hopeless);
  }

  TEST_CASE("a namespace that is being deleted is refused before anything else") {
    InPhase kubectl;
    CHECK_NOTHROW(cluster::discover(kubectl, "bench"));
    kubectl.phase = "Terminating";
    CHECK_THROWS_WITH_AS(cluster::discover(kubectl, "bench"),
                         "namespace bench is being deleted: choose another", Error);
  }

  TEST_CASE("a connection that fails in the words of any kubectl is no refusal of the cluster") {
    const auto meaning = [](const char* err) { return cluster::connection_fault(err); };
    CHECK(has_text(meaning("Unable to connect to the server: tls: failed to verify certificate: "
                           "x509: certificate has expired or is not yet valid: current time "
                           "2020-01-01T00:00:00Z is before 2026-11-01T00:00:00Z"),
                   "this machine's clock is behind"));
    CHECK(has_text(meaning("Unable to connect to the server: x509: certificate has expired or is "
                           "not yet valid: current time 2026-11-29T00:00:00Z is after 2026-11-01"),
                   "a certificate has expired"));
    for (const char* err :
         {"Unable to connect to the server: http2: client connection lost", "error: unexpected EOF",
          "error: read tcp 10.0.0.1:5->10.0.0.2:6443: connection reset by peer"})
      CHECK(meaning(err) == "the connection to the API server was cut");
    CHECK(has_text(meaning("dial tcp 10.0.0.1:6443: connect: no route to host"), "be reached"));
    CHECK(meaning("Error from server (ServiceUnavailable): unexpected EOF").empty());
  }

  TEST_CASE("what a start waits for without any fault is named when it lasts") {
    const auto pods = [](const TroubleEdit& change) {
      cluster::Snapshot run = changed("job-completes/run.json", "Pod", [&](Json& pod) {
        pod["status"].erase("containerStatuses");
        pod["status"]["phase"] = "Pending";
        change(pod);
      });
      run.jobs.clear();
      return run;
    };
    const auto unscheduled = [](Json& pod) {
      pod["spec"].erase("nodeName");
      pod["status"].erase("conditions");
      pod["spec"]["schedulerName"] = "volcano";
    };
    CHECK(has_text(usual(pods(unscheduled)),
                   "scheduler volcano has not looked at it: it is busy, or not running"));
    const cluster::Snapshot bound = pods([](Json&) {});
    const cluster::Pod& first = bound.pods.front();
    CHECK(has_text(usual(bound), fmt::format("the kubelet of node {} has not started its container "
                                             "yet",
                                             first.node)));
    const cluster::Event pulling{"Pulling", "Pod", first.name, "Pulling image"};
    const cluster::Event pulled{"Pulled", "Pod", first.name, "Pulled image"};
    CHECK(has_text(usual(bound, {pulling}),
                   fmt::format("node {} still pulls image {}", first.node, first.image)));
    CHECK(has_text(usual(bound, {pulling, pulled}), "has not started its container yet"));
    CHECK(has_text(usual(pods([](Json& pod) {
                     pod["metadata"]["deletionTimestamp"] = "2026-11-29T00:00:00Z";
                   })),
                   "it is being deleted"));
    cluster::Snapshot job = changed("job-completes/run.json", "Job", [](Json& one) {
      one["status"] = {{"startTime", "2026-11-29T00:00:00Z"}};
    });
    const std::vector<cluster::Pod> made = job.pods;
    job.pods.clear();
    CHECK(has_text(usual(job), "the Job controller has made 0 of its 4 pods"));
    job.jobs.front().is_seen = false;
    CHECK(has_text(usual(job), "the Job controller has not looked at it: kube-controller-manager"));
    job.pods = made;
    CHECK(usual(job).find("job ") == std::string::npos);
  }

  TEST_CASE("a run that somebody deletes while it starts ends with that as its cause") {
    const Json list = recorded_list("devices-all-in-use/run.json");
    RecordedRun kubectl({{0, list}, {6, Json{{"items", Json::array()}}}},
                        parse_json(recorded("discovery/resourceslices.json"), "slices"));
    cluster::Memory memory;
    std::string why;
    try {
      cluster::wait_until_running(kubectl, {"bench", "r1"}, 3, two_nodes(), kubectl.pace(600),
                                  memory);
    } catch (const Error& error) {
      why = error.what();
    }
    CHECK(why ==
          "the run cannot start: run: nothing of it is in the namespace: somebody deleted "
          "it");
    CHECK(kubectl.now_s < 30);
  }

  TEST_CASE("who has the devices that are waited for is named whatever holds the claim") {
    const auto told = [](const Json& reference) {
      const cluster::Snapshot run =
          changed("devices-all-in-use/run.json", "ResourceClaim", [&](Json& claim) {
            if (!claim["status"].contains("reservedFor")) return;
            claim["status"]["reservedFor"] =
                reference.is_null() ? Json::array() : Json::array({reference});
          });
      for (const cluster::Pod& pod : run.pods)
        if (pod.node.empty())
          return cluster::explain_unschedulable(pod, "2 cannot allocate all claims.",
                                                {run, {}, two_nodes()})
              .text;
      return std::string();
    };
    CHECK(has_text(told({{"resource", "pods"}, {"name", "a-0"}}),
                   "(allocated to pod a-0 of namespace bench)"));
    CHECK(has_text(
        told({{"apiGroup", "scheduling.k8s.io"}, {"resource", "podgroups"}, {"name", "train"}}),
        "(allocated to PodGroup train of namespace bench"));
    CHECK(has_text(told({{"apiGroup", "example.com"}, {"resource", "workers"}, {"name", "w"}}),
                   "(allocated to workers w of namespace bench"));
    CHECK(has_text(told(Json()), ", which nobody uses"));
  }

  TEST_CASE("a claim that is reserved for a PodGroup is one of its pods and no pod of that name") {
    const cluster::Snapshot run =
        changed("job-completes/run.json", "ResourceClaim", [](Json& claim) {
          claim["metadata"]["ownerReferences"] = {{{"kind", "PodGroup"}, {"name", "train"}}};
          claim["status"]["reservedFor"] = {
              {{"apiGroup", "scheduling.k8s.io"}, {"resource", "podgroups"}, {"name", "train"}}};
        });
    for (const cluster::Claim& claim : run.claims) CHECK(claim.pods.empty());
    std::map<std::string, cluster::PodFacts> facts;
    cluster::remember(run, two_nodes(), facts);
    for (const auto& [pod, one] : facts) CHECK(one.allocated.size() == 2);
    CHECK_FALSE(facts.empty());
    Json left = parse_json(recorded("job-completes/run.json"), "run");
    for (Json* claim : of_kind(left, "ResourceClaim"))
      (*claim)["status"]["reservedFor"] = {{{"resource", "podgroups"}, {"name", "train"}}};
    for (const cluster::Remnant& one : cluster::read_remnants(left.dump()))
      if (one.kind == "ResourceClaim") CHECK(one.reserved_for.front().text() == "PodGroup train");
  }

  TEST_CASE("a claim of more than 32 partitions is refused with what to do") {
    cluster::Inventory inventory = two_nodes();
    const std::vector<cluster::Device> devices = inventory.devices;
    for (int part = 1; part < 7; ++part)
      for (cluster::Device device : devices) {
        device.name += fmt::format("-part-{}", part);
        inventory.devices.push_back(device);
      }
    cluster::Wishes wanted;
    wanted.profile = "quick", wanted.image = "registry.example/assay:1";
    wanted.name_space = "bench", wanted.nodes = 2;
    const char* refused =
        "56 devices are wanted in the ResourceClaim of a pod, and Kubernetes allocates at most 32 "
        "to one claim: name fewer with --devices-per-node";
    CHECK(cluster::make_plan(wanted, inventory, "r1").faults == std::vector<std::string>{refused});
    inventory.device_classes.front().extended_resource = "nvidia.com/gpu";
    wanted.allocation = "device-plugin";
    CHECK(cluster::make_plan(wanted, inventory, "r1").faults == std::vector<std::string>{refused});
    wanted.devices_per_node = 32;
    CHECK(cluster::make_plan(wanted, inventory, "r1").faults.empty());
  }

  TEST_CASE("lists of any form are read") {
    for (
        const char* list :
        {"", R"({"items": null})", R"({"items": [], "metadata": {"resourceVersion": "7"}})",
         R"({"kind": "NodeList", "items": [], "metadata": {"continue": "", "resourceVersion": ""}})"})
      CHECK(cluster::read_nodes(list).empty());
    const std::string longest(253, 'n');
    Json node = parse_json(recorded("discovery/nodes.json"), "nodes")["items"][0];
    node["metadata"]["name"] = longest;
    node["metadata"]["labels"]["example.com/ort"] = "Zürich";
    const std::vector<cluster::Node> nodes = cluster::read_nodes(Json{{"items", {node}}}.dump());
    CHECK(nodes.front().name == longest);
    CHECK(nodes.front().labels.at("example.com/ort") == "Zürich");
  }
}

}  // namespace assay::test
