// What could not be listed is named with its reason, and never taken for absent.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cluster/idle_run.h"
#include "harness/cluster/plan.h"
#include "harness/cluster/watch.h"
#include "harness/core/error.h"
#include "tests/cluster/replay.h"

namespace assay::test {

namespace {

constexpr const char* kTimeout =
    "Error from server (Timeout): the server was unable to return a response in the time allotted, "
    "but may still be processing the request\n";
constexpr const char* kInternal =
    "Error from server (InternalError): an error on the server (\"etcdserver: leader changed\") "
    "has prevented the request from succeeding\n";
constexpr const char* kNotServed =
    "Error from server (NotFound): the server could not find the requested resource\n";
constexpr const char* kForbidden =
    "Error from server (Forbidden): resourceslices.resource.k8s.io is forbidden: User \"alice\" "
    "cannot list resource \"resourceslices\" in API group \"resource.k8s.io\" at the cluster "
    "scope\n";

using Change = std::function<void(cluster::Wishes&)>;
const Change kNoChange = [](cluster::Wishes&) {};

cluster::Plan plan_made(Discovered& kubectl, const Change& change = kNoChange) {
  cluster::Wishes wanted;
  wanted.profile = "quick";
  wanted.image = "registry.example/assay:1";
  wanted.name_space = "bench";
  wanted.nodes = 2;
  change(wanted);
  return cluster::make_plan(wanted, cluster::discover(kubectl, "bench"), "r1");
}

std::string faults_of(const cluster::Plan& plan) {
  return fmt::format("{}", fmt::join(plan.faults, "; "));
}

bool tells(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("devices that could not be listed are not taken for none and the reason is told") {
    const std::pair<const char*, const char*> kTold[] = {
        {kTimeout, "unable to return a response in the time allotted"},
        {kInternal, "etcdserver: leader changed"},
        {kNotServed, "the server lists its API and does not serve it"},
        {kForbidden, "user alice may not list resourceslices.resource.k8s.io"}};
    for (const auto& [answer, told] : kTold) {
      Discovered kubectl;
      kubectl.failing["resourceslices"] = answer;
      const cluster::Plan plan = plan_made(kubectl);
      CHECK(plan.allocation == "dra");
      CHECK(tells(faults_of(plan), "how many devices of gpu.example.com a node has is not known"));
      CHECK(tells(faults_of(plan), told));
      CHECK(tells(faults_of(plan), "name --devices-per-node"));
      const cluster::Plan counted = plan_made(kubectl, [](auto& one) { one.devices_per_node = 4; });
      CHECK(faults_of(counted) == "");
      CHECK(counted.devices == 4);
      CHECK(tells(counted.reasons.back(), "nothing is known of resourceslices"));
    }
  }

  TEST_CASE("a cluster that does not say whether it has accelerators gets no run without them") {
    for (const char* kind : {"deviceclasses", "nodes"}) {
      Discovered kubectl;
      if (std::string(kind) == "nodes") kubectl.device_classes = "no-deviceclasses.json";
      kubectl.failing[kind] = kTimeout;
      CHECK(tells(faults_of(plan_made(kubectl)), "whether there are accelerators is not known: "));
      CHECK(faults_of(plan_made(kubectl, [](auto& one) { one.allocation = "none"; })) == "");
    }
    Discovered kubectl;
    kubectl.failing["deviceclasses"] = kInternal;
    CHECK(tells(faults_of(plan_made(kubectl, [](auto& one) { one.allocation = "dra"; })),
                "which DeviceClass to claim from is not known: deviceclasses could not be listed"));
    kubectl.failing = {{"nodes", kInternal}};
    const auto plugin = [](auto& one) { one.allocation = "device-plugin"; };
    CHECK(
        tells(faults_of(plan_made(kubectl, plugin)), "of nvidia.com/gpu a node has is not known"));
    CHECK_FALSE(tells(faults_of(plan_made(kubectl, plugin)), "is the device plugin running"));
  }

  TEST_CASE("a NIC is refused only where it is known to be absent or apart") {
    const auto with_nic = [](auto& one) {
      one.nic_class = "dra.net", one.alignment = "pcieRoot", one.devices_per_node = 2;
    };
    Discovered kubectl;
    CHECK(tells(faults_of(plan_made(kubectl, with_nic)),
                "DeviceClass dra.net of the NICs is absent"));
    kubectl.failing = {{"deviceclasses", kTimeout}, {"resourceslices", kTimeout}};
    CHECK(faults_of(plan_made(kubectl, [&](auto& one) {
            with_nic(one);
            one.device_class = "gpu.example.com";
          })) == "");
  }

  TEST_CASE("a queue is not taken for absent because queues could not be listed") {
    Discovered kubectl;
    kubectl.api_versions = "api-versions-kueue.txt";
    kubectl.failing[cluster::kClusterQueues] = kForbidden;  // as a user of one namespace gets it
    CHECK(plan_made(kubectl).queue == "bench");
    CHECK(faults_of(plan_made(kubectl)) == "");
    kubectl.failing[cluster::kLocalQueues] = kTimeout;
    CHECK(tells(faults_of(plan_made(kubectl)), "a queue of Kueue is not known: localqueues"));
    CHECK(faults_of(plan_made(kubectl, [](auto& one) { one.gang = "none"; })) == "");
    CHECK(tells(faults_of(plan_made(kubectl, [](auto& one) { one.gang = "kueue"; })),
                "which queue to take is not known"));
    CHECK(faults_of(plan_made(kubectl, [](auto& one) { one.gang = "kueue", one.queue = "q"; })) ==
          "");
  }

  TEST_CASE("a run that waits is not told that devices or queues are absent where nobody saw") {
    const auto told = [](const char* situation, const char* kind) {
      cluster::Inventory inventory = two_nodes();
      inventory.devices.clear();
      inventory.queues.clear();
      if (kind != nullptr) inventory.unseen[kind] = "it gave no answer";
      const cluster::Snapshot run =
          cluster::read_snapshot(recorded(std::string(situation) + "/run.json"));
      const auto events = cluster::read_events(recorded(std::string(situation) + "/events.json"));
      return cluster::explain({run, events, inventory}).front();
    };
    CHECK(told("claim-too-many-devices", nullptr).hopeless);
    const cluster::Cause devices = told("claim-too-many-devices", "resourceslices");
    CHECK_FALSE(devices.hopeless);
    CHECK(tells(devices.text, "resourceslices could not be listed (it gave no answer)"));
    CHECK(tells(told("kueue-queue-missing", nullptr).text, "is missing in the namespace"));
    CHECK_FALSE(told("kueue-queue-missing", cluster::kLocalQueues).hopeless);
    CHECK(tells(told("device-plugin-resource-absent", nullptr).text, "no node offers nvidia.com"));
    CHECK_FALSE(told("device-plugin-resource-absent", "nodes").hopeless);
  }

  TEST_CASE("events that could not be listed are named where nothing else says why") {
    Discovered kubectl;
    kubectl.failing["events"] = kInternal;
    const cluster::Snapshot run =
        cluster::read_snapshot(recorded("claim-template-missing/run.json"));
    const auto causes = cluster::ask_why(kubectl, "bench", run, two_nodes());
    REQUIRE(causes.size() == 1);
    CHECK(tells(cluster::sentence(causes), "events: they could not be listed, and may say why: "));
    CHECK(tells(cluster::sentence(causes), "etcdserver: leader changed"));
  }

  TEST_CASE("devices are not taken for free because claims could not be listed") {
    Discovered kubectl;
    const cluster::Plan plan = plan_made(kubectl);
    CHECK(cluster::free_hosts(kubectl, plan, two_nodes()).size() == 2);
    kubectl.failing["resourceclaims"] = kTimeout;
    CHECK_THROWS_WITH_AS(cluster::free_hosts(kubectl, plan, two_nodes()),
                         doctest::Contains("which devices are free is not known"), Error);
  }

  TEST_CASE("what could not be listed once is known when it is listed later") {
    Discovered kubectl;
    kubectl.failing["resourceslices"] = kTimeout;
    cluster::Inventory inventory = cluster::discover(kubectl, "bench");
    cluster::refresh(kubectl, inventory);
    CHECK_FALSE(inventory.saw("resourceslices"));
    kubectl.failing = {{"nodes", kTimeout}};
    cluster::refresh(kubectl, inventory);
    CHECK(inventory.saw("resourceslices"));
    CHECK(inventory.devices.size() == 16);
    CHECK(inventory.saw("nodes"));  // they were listed before
    CHECK(inventory.nodes.size() == 2);
  }
}

}  // namespace assay::test
