// A run's objects, what is left of them, and events, from kubectl's JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "harness/cluster/cel_value.h"
#include "harness/cluster/json_fields.h"
#include "harness/cluster/objects.h"

namespace assay::cluster {

namespace {

std::string run_of(const Json& object) {
  return text(object, {"metadata", "labels", "assay.io/run"});
}

std::string queue_of(const Json& object) {
  return text(object, {"metadata", "labels", "kueue.x-k8s.io/queue-name"});
}

std::vector<std::string> names_in(const Json& list) {
  std::vector<std::string> names;
  for (const Json& one : list) names.push_back(text(one, {"name"}));
  return names;
}

/// A resource in the plural, as a user calls one of it.
std::string kind_of(const Json& reference) {
  const std::string resource = text(reference, {"resource"});
  if (resource == "podgroups") return "PodGroup";
  if (resource == "workloads") return "Workload";
  return resource.empty() || resource == "pods" ? "pod" : resource;
}

std::vector<Consumer> consumers_of(const Json& claim) {
  std::vector<Consumer> consumers;
  for (const Json& one : at(claim, {"status", "reservedFor"}))
    consumers.push_back({kind_of(one), text(one, {"name"})});
  return consumers;
}

Toleration toleration_in(const Json& json) {
  Toleration found{text(json, {"key"}), text(json, {"value"}), text(json, {"effect"})};
  if (text(json, {"operator"}) == "Exists") found.value.reset();
  return found;
}

DeviceRequest request_of(const Json& request) {
  const Json& exactly = at(request, {"exactly"});
  DeviceRequest found;
  found.name = text(request, {"name"});
  found.device_class = text(exactly, {"deviceClassName"});
  found.count = exactly.contains("count") ? number(exactly, {"count"}) : 1;
  found.selectors = selectors_of(exactly);
  for (const Json& one : at(exactly, {"tolerations"}))
    found.tolerations.push_back(toleration_in(one));
  found.capacity = texts(at(exactly, {"capacity", "requests"}));
  found.for_all = text(exactly, {"allocationMode"}) == "All";
  found.for_admin = truth(exactly, {"adminAccess"});
  return found;
}

Device allocated_in(const Json& result) {
  Device device{text(result, {"driver"}),
                text(result, {"pool"}),
                text(result, {"device"}),
                text(result, {"request"}),
                {}};
  for (const auto& [capacity, amount] : texts(at(result, {"consumedCapacity"})))
    device.consumed[capacity] = cel::amount_of(amount);
  device.for_admin = truth(result, {"adminAccess"});
  return device;
}

Claim claim_of(const Json& object) {
  Claim claim;
  claim.name = text(object, {"metadata", "name"});
  claim.run = run_of(object);
  claim.name_space = text(object, {"metadata", "namespace"});
  for (const Json& owner : at(object, {"metadata", "ownerReferences"}))
    if (text(owner, {"kind"}) == "Pod") claim.pods = {text(owner, {"name"})};
  claim.reserved_for = consumers_of(object);
  if (claim.pods.empty())
    for (const Consumer& one : claim.reserved_for)
      if (one.kind == "pod") claim.pods.push_back(one.name);
  const Json& devices = at(object, {"spec", "devices"});
  for (const Json& request : at(devices, {"requests"}))
    if (request.contains("exactly")) claim.requests.push_back(request_of(request));
  for (const Json& constraint : at(devices, {"constraints"}))
    if (const std::string attribute = text(constraint, {"matchAttribute"}); !attribute.empty())
      claim.constraints.push_back({attribute, strings(at(constraint, {"requests"}))});
  for (const Json& result : at(object, {"status", "allocation", "devices", "results"}))
    claim.allocated.push_back(allocated_in(result));
  return claim;
}

/// What keeps a container from running.
void add_waiting(const Json& status, Pod& pod) {
  const std::string reason = text(status, {"state", "waiting", "reason"});
  const bool after_another = reason == "PodInitializing" && !pod.waiting_reason.empty();
  if (!reason.empty() && !after_another) {
    pod.waiting_reason = reason;
    pod.waiting_message = text(status, {"state", "waiting", "message"});
  }
}

/// The same, or what it ended with.
void add_state(const Json& status, Pod& pod) {
  add_waiting(status, pod);
  const Json& ended = at(status, {"state", "terminated"});
  if (ended.is_null()) return;
  pod.exit_code = static_cast<int>(number(ended, {"exitCode"}));
  pod.ended_reason = text(ended, {"reason"});
  pod.ended_message = text(ended, {"message"});
  pod.ended_container = text(status, {"name"});
}

/// The container `unclaimed` of the allocation components has written what it sees, one a line.
void add_unclaimed(const Json& status, Pod& pod) {
  const Json& ended = at(status, {"state", "terminated"});
  if (text(status, {"name"}) != "unclaimed" || ended.is_null()) return;
  std::istringstream seen(text(ended, {"message"}));
  pod.unclaimed.emplace();
  for (std::string line; std::getline(seen, line);)
    if (!line.empty() && line != "none") pod.unclaimed->push_back(line);
}

void add_containers(const Json& object, Pod& pod) {
  for (const Json& status : at(object, {"status", "initContainerStatuses"})) {
    const bool passed = number(status, {"state", "terminated", "exitCode"}) == 0 &&
                        !at(status, {"state", "terminated"}).is_null();
    if (!passed) add_state(status, pod);
    if (at(status, {"state"}).contains("running")) pod.preparing = text(status, {"name"});
    add_unclaimed(status, pod);
  }
  for (const Json& status : at(object, {"status", "containerStatuses"})) {
    if (!pod.container.empty() && text(status, {"name"}) != pod.container) {
      add_waiting(status, pod);
      continue;
    }
    pod.image = text(status, {"image"});
    pod.image_id = text(status, {"imageID"});
    add_state(status, pod);
    pod.running = at(status, {"state"}).contains("running");
  }
}

/// The container of assay: meshes and agents inject others before and behind it.
const Json& own_container(const Json& object) {
  static const Json kNone;
  const Json& all = at(object, {"spec", "containers"});
  for (const Json& one : all)
    if (text(one, {"name"}) == kOwnContainer) return one;
  return all.empty() ? kNone : all.front();
}

std::string owner_of(const Json& object) {
  for (const Json& owner : at(object, {"metadata", "ownerReferences"}))
    return text(owner, {"name"});
  return "";
}

/// Those that it names itself, and those that were made for it or for its group.
void add_claims(const Json& object, Pod& pod) {
  for (const auto& path : {std::make_pair("spec", "resourceClaims"),
                           std::make_pair("status", "resourceClaimStatuses")})
    for (const Json& one : at(object, {path.first, path.second}))
      if (const std::string name = text(one, {"resourceClaimName"}); !name.empty())
        pod.claims.push_back(name);
}

Pod pod_of(const Json& object) {
  Pod pod;
  pod.name = text(object, {"metadata", "name"});
  pod.run = run_of(object);
  pod.deleted = at(object, {"metadata"}).contains("deletionTimestamp");
  pod.node = text(object, {"spec", "nodeName"});
  pod.phase = text(object, {"status", "phase"});
  pod.owner = owner_of(object);
  const std::string index =
      text(object, {"metadata", "labels", "batch.kubernetes.io/job-completion-index"});
  if (!index.empty()) pod.rank = std::atoi(index.c_str());
  pod.conditions = conditions(object);
  pod.pod_group = text(object, {"spec", "schedulingGroup", "podGroupName"});
  pod.scheduler = text(object, {"spec", "schedulerName"});
  add_claims(object, pod);
  const Json& container = own_container(object);
  pod.container = text(container, {"name"});
  pod.image = text(container, {"image"});
  pod.limits = texts(at(container, {"resources", "limits"}));
  pod.gates = names_in(at(object, {"spec", "schedulingGates"}));
  if (pod.phase == "Failed") {
    pod.refused_reason = text(object, {"status", "reason"});
    pod.refused_message = text(object, {"status", "message"});
  }
  add_containers(object, pod);
  const Json& extended = at(object, {"status", "extendedResourceClaimStatus"});
  for (const Json& one : at(extended, {"requestMappings"}))
    pod.extended_resources[text(one, {"resourceName"})] = text(extended, {"resourceClaimName"});
  // The node controller takes Ready away from the pods of a node that is not heard of; the rest of
  // the status stays as the kubelet last wrote it.
  const Condition* ready = find(pod.conditions, "Ready");
  pod.silent = pod.running && holds(pod.conditions, "ContainersReady") && ready != nullptr &&
               ready->status == "False";
  return pod;
}

Job job_of(const Json& object) {
  Job job;
  job.name = text(object, {"metadata", "name"});
  job.created = text(object, {"metadata", "creationTimestamp"});
  job.owner = owner_of(object);
  job.queue = queue_of(object);
  job.failed_indexes = text(object, {"status", "failedIndexes"});
  job.completions = number(object, {"spec", "completions"});
  job.suspended = truth(object, {"spec", "suspend"});
  job.is_seen = !at(object, {"status", "startTime"}).is_null();
  job.conditions = conditions(object);
  return job;
}

std::vector<std::string> unpassed_of(const Json& workload) {
  std::vector<std::string> checks;
  for (const Json& one : at(workload, {"status", "admissionChecks"})) {
    const std::string message = text(one, {"message"});
    if (text(one, {"state"}) != "Ready")
      checks.push_back(text(one, {"name"}) + (message.empty() ? "" : ": " + message));
  }
  return checks;
}

void add(const Json& object, Snapshot& snapshot) {
  const std::string kind = text(object, {"kind"}), name = text(object, {"metadata", "name"});
  const std::string version = text(object, {"apiVersion"});
  if (kind == "Job") {
    snapshot.jobs.push_back(job_of(object));
  } else if (kind == "Pod") {
    snapshot.pods.push_back(pod_of(object));
  } else if (kind == "ResourceClaim") {
    snapshot.claims.push_back(claim_of(object));
  } else if (kind == "Workload" && version.starts_with("kueue")) {
    snapshot.workloads.push_back({name, text(object, {"spec", "queueName"}), owner_of(object),
                                  conditions(object), unpassed_of(object)});
  } else if (kind == "PodGroup") {
    const Json& spec = at(object, {"spec"});
    const long native = number(spec, {"schedulingPolicy", "gang", "minCount"});
    snapshot.pod_groups.push_back({name, run_of(object), owner_of(object),
                                   native ? native : number(spec, {"minMember"}),
                                   conditions(object)});
  } else if (kind == "JobSet" || kind == "TrainJob") {
    snapshot.controllers.push_back({kind, name, queue_of(object), conditions(object)});
  }
}

Remnant remnant_of(const Json& object) {
  const Json& metadata = at(object, {"metadata"});
  Remnant found;
  found.kind = text(object, {"kind"});
  found.name = text(metadata, {"name"});
  found.run = run_of(object);
  found.node = text(object, {"spec", "nodeName"});
  found.owners = names_in(at(metadata, {"ownerReferences"}));
  found.reserved_for = consumers_of(object);
  for (const Json& one : at(metadata, {"finalizers"})) found.finalizers.push_back(one);
  found.deleted = metadata.contains("deletionTimestamp");
  return found;
}

}  // namespace

bool Claim::of(const Pod& pod) const {
  return std::find(pods.begin(), pods.end(), pod.name) != pods.end() ||
         std::find(pod.claims.begin(), pod.claims.end(), name) != pod.claims.end();
}

const Condition* find(const Conditions& conditions, const std::string& type) {
  for (const Condition& one : conditions)
    if (one.type == type) return &one;
  return nullptr;
}

bool holds(const Conditions& conditions, const std::string& type) {
  const Condition* found = find(conditions, type);
  return found != nullptr && found->status == "True";
}

Snapshot read_snapshot(const std::string& list) {
  Snapshot snapshot;
  each(list, "the run", [&](const Json& object) { add(object, snapshot); });
  return snapshot;
}

std::vector<Remnant> read_remnants(const std::string& list) {
  std::vector<Remnant> remnants;
  each(list, "what is left", [&](const Json& object) { remnants.push_back(remnant_of(object)); });
  return remnants;
}

std::vector<Event> read_events(const std::string& list) {
  std::vector<Event> events;
  each(list, "events", [&](const Json& event) {
    events.push_back({text(event, {"reason"}), text(event, {"involvedObject", "kind"}),
                      text(event, {"involvedObject", "name"}), text(event, {"message"}),
                      text(event, {"source", "host"})});
  });
  return events;
}

}  // namespace assay::cluster
