// Every cause that a real cluster gave, against what a user must be told of it.
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "harness/cluster/kubectl.h"
#include "harness/cluster/watch.h"
#include "tests/cluster/recordings.h"

namespace assay::test {

namespace {

struct Row {
  const char* situation;
  const char* told;  // null: nothing is wrong
  bool hopeless;     // of the cause that is told first
};

constexpr Row kRows[] = {
    {"all-nodes-cordoned", "cordoned: node-a, node-b", false},
    {"all-nodes-tainted", "node-a has assay.io/unverified=true:NoSchedule", false},
    {"apply-kustomize-suffix", "ResourceClaimTemplate bench is missing", true},
    {"claim-constraint-unmet", "publishes resource.kubernetes.io/pcieRoot", true},
    {"claim-first-available", nullptr, false},
    {"claim-prepare-race", "tries again within 90 s", false},
    {"claim-selector-error", "reads what the devices do not publish", true},
    {"claim-selector-mismatch", "matches the selector of request gpu", true},
    {"claim-template-missing", "ResourceClaimTemplate bench is missing", true},
    {"claim-too-many-devices", "no node has 12 devices of class gpu.example.com: the most is 8",
     true},
    {"claim-shared-by-name", nullptr, false},
    {"command-missing", "exited with 127: the image does not hold the program", true},
    {"container-exits-1", "exited with 1", true},
    {"container-exits-1-per-index", "(rank 1): it exited with 1", true},
    {"container-oom-killed", "OOMKilled", true},
    {"device-class-missing", "DeviceClass gpu.nvidia.com is absent", true},
    {"device-plugin-resource-absent", "no node offers nvidia.com/gpu", true},
    {"devices-all-in-use", "too few are free: 16 of 16", false},
    {"driver-gone", "DRA driver gpu.example.com is not running on node", true},
    {"extended-resource-short", "no node has 9 devices of class gpu.example.com", true},
    {"gang-native-devices-short", "the gang needs 3 pods at once and 2 would fit", false},
    {"gang-native-fits", nullptr, false},
    {"gang-native-podgroup-missing", "PodGroup bench is missing", true},
    {"gang-native-short", "the gang needs", false},
    {"gang-native-too-few-pods", "wants 3 pods at once and the run has 2", true},
    {"gang-native-two-contend", "the gang needs 2 pods at once and 0 would fit", false},
    {"gang-native-workload-with-job",
     "the gang that the Job controller made needs 2 pods at once and 1 would fit", false},
    {"image-forbidden", "may not be pulled: name a Secret of the namespace for its registry", true},
    {"image-name-invalid", "is no name of an image", true},
    {"image-never", "imagePullPolicy is Never", true},
    {"image-not-found", "image registry.example/missing:1 was not found", true},
    {"image-registry-unreachable", "cannot be reached from node", true},
    {"image-runs-as-root", "has no numeric user other than root", true},
    {"insufficient-cpu", "no node has enough cpu free", false},
    {"job-completes", nullptr, false},
    {"job-deadline-exceeded", "own deadline (activeDeadlineSeconds) has passed", true},
    {"job-extended-resource", nullptr, false},
    {"job-suspended", "is suspended and no queue controller", true},
    {"jobset-completes", nullptr, false},
    {"jobset-fails", "JobSet bench: it failed: jobset failed due to reaching max number", true},
    // Kueue had not made a Workload when this was recorded.
    {"jobset-kueue-pending-quota",
     "for LocalQueue bench and Kueue has made no Workload of its JobSet: Kueue is down, or JobSet "
     "is not among its integrations.frameworks; its 2 pods wait for quota of ClusterQueue "
     "bench-cq, which has 2 of cpu in flavor default, 4Gi of memory in flavor default, 4 of "
     "example.com/gpu-claims in flavor default",
     true},
    {"kueue-admitted", nullptr, false},
    {"kueue-cluster-queue-inactive", "ClusterQueue broken-cq is misconfigured", true},
    {"kueue-device-class-unmapped", "must add it to deviceClassMappings", true},
    {"kueue-job-without-queue-label", nullptr, false},
    {"kueue-pending-quota",
     "needs 8 of example.com/gpu-claims and the quota of flavor default is 4", true},
    {"kueue-quotas-short",
     "needs 2 of cpu and the quota of flavor default is 100m; it needs 2 of example.com/gpu-claims "
     "and the quota of flavor default is 1; it needs 4Gi of memory and the quota of flavor default "
     "is 1Mi",
     true},
    {"kueue-resource-uncovered", "its ClusterQueue has no quota of memory", true},
    {"kueue-queue-missing", "is missing in the namespace", true},
    {"kueue-queue-stopped", "ClusterQueue bench-cq is stopped", true},
    {"kueue-second-waits", "waits in its queue for quota that another run holds", false},
    {"kueue-selector-matches-nothing", "0 device(s) match in the cluster but 4 requested", true},
    {"no-gang-partial-start", "cordoned", false},
    {"node-cordoned", "cordoned: node-b", false},
    {"node-deleted", "was removed from the cluster", true},
    {"node-drained", "bench-1-4zrpc (rank 1): it was evicted from node node-b, which is cordoned",
     true},
    {"node-lost", "node node-b is lost", true},
    {"node-lost-ignored-disruption", "is lost", true},
    {"node-lost-per-index", "node node-b is lost", true},
    {"node-selector-mismatch", "no node has the labels", true},
    {"pod-security-refused", "Pod Security level restricted:latest refuses the pods", true},
    {"preempted", "preempted by another workload", true},
    {"quota-claims", "quota limits is too small: it allows count/resourceclaims.resource.k8s.io=1",
     true},
    {"quota-cpu", "quota limits is too small: it allows requests.cpu=150m", true},
    {"quota-devices",
     "quota limits is too small: it allows gpu.example.com.deviceclass.resource.k8s.io/devices=2",
     true},
    {"quota-pods", "quota limits is too small: it allows pods=1", true},
    {"sandbox-cannot-start",
     "cannot start containers: exclude it (... failed to create containerd task: failed to create "
     "shim task: OCI runtime create "
     "failed: runc create failed: unable to start container process: can't get final child's PID "
     "from pipe: EOF)",
     true},
    {"secret-key-missing-env", "Secret", true},
    {"secret-missing", "Secret bench-token is missing", true},
    {"service-account-missing", "is missing: no pod can be made", true},
};

/// What the recording's cluster had beside its usual state, which was not asked for there.
cluster::Inventory inventory_of(const std::string& situation) {
  cluster::Inventory inventory = two_nodes();
  for (cluster::Node& node : inventory.nodes) {
    node.cordoned = situation == "all-nodes-cordoned" ||
                    (node.name == "node-b" &&
                     (situation == "node-cordoned" || situation == "no-gang-partial-start" ||
                      situation == "node-drained"));
    if (situation == "all-nodes-tainted") node.taints = {"assay.io/unverified=true:NoSchedule"};
  }
  if (is_recorded(situation + "/queues.json"))
    inventory.queues = cluster::read_queues(recorded(situation + "/queues.json"));
  return inventory;
}

std::vector<cluster::Cause> explained(const std::string& situation) {
  const cluster::Snapshot run = cluster::read_snapshot(recorded(situation + "/run.json"));
  const auto events = cluster::read_events(recorded(situation + "/events.json"));
  return cluster::explain({run, events, inventory_of(situation)});
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a claim that was made after all is not told to lack its template") {
    cluster::Snapshot run = cluster::read_snapshot(recorded("claim-template-missing/run.json"));
    const auto events = cluster::read_events(recorded("claim-template-missing/events.json"));
    REQUIRE_FALSE(cluster::explain({run, events, two_nodes()}).empty());
    for (const cluster::Pod& pod : run.pods) {
      run.claims.emplace_back();
      run.claims.back().pods = {pod.name};
    }
    CHECK(cluster::explain({run, events, two_nodes()}).empty());
  }

  TEST_CASE("every recorded situation is explained in the words of its row") {
    for (const Row& row : kRows) {
      const auto causes = explained(row.situation);
      const std::string told = cluster::sentence(causes);
      INFO(std::string(row.situation), ": ", told);
      if (row.told == nullptr) {
        CHECK(causes.empty());
        continue;
      }
      CHECK_FALSE(causes.empty());
      if (causes.empty()) continue;
      CHECK(told.find(row.told) != std::string::npos);
      CHECK(causes.front().hopeless == row.hopeless);
      CHECK(told.find('\n') == std::string::npos);
    }
  }

  TEST_CASE("a failure that the kubelet got past is told no more") {
    const cluster::Snapshot run = cluster::read_snapshot(recorded("secret-missing/run.json"));
    auto events = cluster::read_events(recorded("secret-missing/events.json"));
    CHECK_FALSE(cluster::explain({run, events, two_nodes()}).empty());
    for (const cluster::Pod& pod : run.pods)
      events.push_back({"Pulling", "Pod", pod.name, "Pulling image \"registry.example/bench:1\""});
    CHECK(cluster::explain({run, events, two_nodes()}).empty());
  }

  TEST_CASE("a pod that is gone is told as evicted only where its Job did not delete it") {
    const cluster::Snapshot run = cluster::read_snapshot(recorded("node-drained/run.json"));
    auto events = cluster::read_events(recorded("node-drained/events.json"));
    const cluster::Inventory inventory = two_nodes();  // the node is back
    const auto told = [&] { return cluster::sentence(cluster::explain({run, events, inventory})); };
    CHECK(told().find("bench-1-4zrpc (rank 1): it was evicted from node node-b or deleted, and not "
                      "by its Job") != std::string::npos);
    events.push_back({"Preempted", "Pod", "bench-1-4zrpc", "Preempted by pod x on node node-b"});
    CHECK(told().find("preempted by another workload") != std::string::npos);
    events.push_back({"SuccessfulDelete", "Job", "bench", "Deleted pod: bench-1-4zrpc"});
    CHECK(told().find("a rank ended, was evicted, preempted or lost its node") !=
          std::string::npos);
  }

  TEST_CASE("a rank that failed and left no pod ends the wait for it") {
    cluster::Snapshot run = cluster::read_snapshot(recorded("node-silent/run.json"));
    CHECK(cluster::explain({run, {}, two_nodes()}).size() == 1);
    std::erase_if(run.pods, [](const cluster::Pod& pod) { return pod.rank == 0; });
    run.jobs.front().failed_indexes = "0";
    const auto causes = cluster::explain({run, {}, two_nodes()});
    REQUIRE(causes.size() == 1);
    CHECK(causes.front().hopeless);
    CHECK(causes.front().text.find("its index 0 failed and no pod is left") == 0);
  }

  TEST_CASE("a volume whose mount fails for no lasting reason is waited for") {
    const cluster::Snapshot run = cluster::read_snapshot(recorded("secret-missing/run.json"));
    const std::vector<cluster::Event> events = {
        {"FailedMount", "Pod", run.pods.front().name,
         "MountVolume.SetUp failed for volume \"token\" : failed to sync secret cache: timed out "
         "waiting for the condition"}};
    const auto causes = cluster::explain({run, events, two_nodes()});
    REQUIRE(causes.size() == 1);
    CHECK_FALSE(causes.front().hopeless);
  }

  TEST_CASE("a registry that cannot be reached is told with the fault itself") {
    const std::string told = cluster::sentence(explained("image-registry-unreachable"));
    CHECK(told.find("dial tcp: lookup other.example on 10.99.0.1:53: no such host") !=
          std::string::npos);
    CHECK(told.find("Back-off") == std::string::npos);
  }

  TEST_CASE("an API server that is restarted is told as one that does not answer") {
    CHECK(cluster::connection_fault(
              "E1128 18:34:05.100000   37 memcache.go:265] \"Unhandled Error\"\n"
              "The connection to the server 10.99.0.1:6443 was refused - did you specify the right "
              "host or port?\n") == "nobody answers at the API server's address");
  }

  TEST_CASE("what kubectl logs of its own tries is not taken for the reason in any month") {
    for (const char* log : {"E0301 12:00:00.000000  1 memcache.go:265] x", "E1128 12:00:00.1 1 y"})
      CHECK(cluster::reason_of({1, "", std::string(log) + "\nerror: z\n"}) == "error: z");
  }

  TEST_CASE("no recorded state is without its row") {
    std::istringstream names(recorded("situations.txt"));
    for (std::string name; std::getline(names, name);) {
      INFO(name);
      CHECK(is_recorded(name + "/run.json") ==
            std::any_of(std::begin(kRows), std::end(kRows),
                        [&](const Row& row) { return name == row.situation; }));
    }
  }

  TEST_CASE("one text of the scheduler is told apart by slices and claims") {
    for (const char* situation : {"claim-too-many-devices", "claim-selector-mismatch",
                                  "claim-constraint-unmet", "devices-all-in-use"})
      for (const cluster::Pod& pod :
           cluster::read_snapshot(recorded(std::string(situation) + "/run.json")).pods)
        if (const auto* scheduled = cluster::find(pod.conditions, "PodScheduled");
            scheduled->status == "False")
          CHECK(scheduled->message.find("cannot allocate all claims") != std::string::npos);
    CHECK(explained("claim-too-many-devices").front().text !=
          explained("claim-selector-mismatch").front().text);
    CHECK(explained("claim-constraint-unmet").front().text !=
          explained("devices-all-in-use").front().text);
  }

  TEST_CASE("a refused apply is told in the words of its row") {
    const Json refusals = parse_json(recorded("texts.json"), "texts.json")["refusals"];
    const auto told = [&](const char* situation) {
      return cluster::refusal(refusals.at(situation).get<std::string>());
    };
    const auto has = [&](const char* situation, const char* text) {
      INFO(std::string(situation), ": ", told(situation));
      CHECK(told(situation).find(text) != std::string::npos);
    };
    has("claim-admin-access-refused", "lacks the label resource.kubernetes.io/admin-access");
    has("claim-selector-invalid", "is no valid CEL");
    has("gang-native-gate-off", "the native gang is not enabled there");
    has("kueue-webhook-down", "Kueue is down");
    has("namespace-terminating", "is being deleted");
    has("quota-jobs", "it allows count/jobs.batch=0");
    has("rbac-refused", "user alice may not get services");
  }

  TEST_CASE("each of six broken connections is told apart") {
    const Json faults = parse_json(recorded("texts.json"), "texts.json")["faults"];
    std::vector<std::string> told;
    for (const auto& [name, text] : faults.items()) {
      told.push_back(cluster::connection_fault(text.get<std::string>()));
      INFO(name, ": ", told.back());
      CHECK_FALSE(told.back().empty());
    }
    std::sort(told.begin(), told.end());
    CHECK(told.size() == 6);
    CHECK(std::unique(told.begin(), told.end()) == told.end());
    CHECK(cluster::connection_fault("Error in configuration: context was not found for specified "
                                    "context: b\n")
              .find("config get-contexts") != std::string::npos);
    CHECK(cluster::connection_fault("Unable to connect to the server: net/http: TLS handshake "
                                    "timeout\n") == "the API server does not answer in time");
    CHECK(cluster::connection_fault("Unable to connect to the server: EOF\n") ==
          "the API server cannot be reached from here");
    CHECK(cluster::connection_fault("Error from server (NotFound): pods \"x\" not found\n") == "");
  }
}

}  // namespace assay::test
