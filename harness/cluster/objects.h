// What Assay looks at of the objects of a cluster; everything else of them is left out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace assay::cluster {

struct Condition {
  std::string type, status, reason, message;
};
using Conditions = std::vector<Condition>;
using Texts = std::map<std::string, std::string>;

struct Share {  // of a counter that devices of a pool have in common
  double used = 0, of = 0;
};

/// One of a ResourceSlice, or one that was allocated (then without attributes).
struct Device {
  std::string driver, pool, name, request;
  Texts attributes;
  Texts types = {};                          // of the attributes: string, bool, int or version
  Texts capacities = {};                     // quantities as the API writes them
  std::string node = {};                     // that alone reaches it; empty: by its pool's name
  std::vector<std::string> taints = {};      // key=value:effect, of those that keep claims away
  std::map<std::string, Share> shares = {};  // by `set/counter`; a partition of a device has some

  const std::string& place() const { return node.empty() ? pool : node; }
  std::string id() const { return driver + "/" + pool + "/" + name; }
};

/// Fewer slices of its newest generation are seen than it has.
struct IncompletePool {
  std::string driver, name;
  long seen = 0, slices = 0;
};

/// What ResourceSlices publish.
struct Published {
  std::vector<Device> devices;
  std::vector<IncompletePool> incomplete;
};

struct TaintRule {  // a DeviceTaintRule; empty texts: of any
  std::string driver, pool, device, device_class, taint;
  std::vector<std::string> selectors = {};  // in CEL, of older versions
};

struct DeviceRequest {
  std::string name, device_class;
  long count = 1;
  std::vector<std::string> selectors = {};  // in CEL, beside those of the class
};

struct MatchConstraint {  // devices of these requests share one value; no requests: of all
  std::string attribute;
  std::vector<std::string> requests = {};
};

struct Claim {
  std::string name, run;          // `run`: our label; a claim of an extended resource has none
  std::vector<std::string> pods;  // the one that owns it, or those that it is reserved for
  std::vector<DeviceRequest> requests;
  std::vector<MatchConstraint> constraints;
  std::vector<Device> allocated;
  std::string name_space = {};
  bool of(const std::string& pod) const;
};

inline constexpr const char* kOwnContainer = "assay";  // manifests/base/job.yaml

struct Pod {
  std::string name, run, node, phase, owner, image, image_id;  // `run`: our label
  int rank = -1;
  bool deleted = false;
  Conditions conditions;
  std::string container;  // that of assay; others may have been injected
  std::string waiting_reason, waiting_message, ended_reason, ended_message, ended_container;
  std::string refused_reason, refused_message;  // by its kubelet, before or while it ran
  std::vector<std::string> gates;               // that keep the scheduler from looking at it
  std::optional<int> exit_code;
  std::optional<std::vector<std::string>> unclaimed;  // what its container without a claim saw
  std::string preparing;                              // the container that runs before its own
  bool running = false;                               // by the last that its node told
  bool silent = false;                                // its node no longer tells anything
  std::string pod_group;
  Texts limits;                                           // resources of its container
  std::map<std::string, std::string> extended_resources;  // that DRA serves, with their claim
};

struct Job {
  std::string name, owner, queue, failed_indexes, created;
  long completions = 0;
  bool suspended = false;
  Conditions conditions;
};

struct Workload {  // Kueue's
  std::string name, queue, owner;
  Conditions conditions;
};

struct PodGroup {
  std::string name, run, owner;  // `run`: our label; one that the Job controller made has none
  long min_count = 0;
  Conditions conditions;
};

struct Controller {  // a JobSet or TrainJob, which makes the Job
  std::string kind, name, queue;
  Conditions conditions;
};

/// The objects of one run at one moment.
struct Snapshot {
  std::vector<Job> jobs;
  std::vector<Pod> pods;
  std::vector<Claim> claims;
  std::vector<Workload> workloads;
  std::vector<PodGroup> pod_groups;
  std::vector<Controller> controllers;
};

/// An object that is still there after it was deleted.
struct Remnant {
  std::string kind, name, run, node;
  std::vector<std::string> owners, reserved_for, finalizers;
  bool deleted = false;
};

struct Event {
  std::string reason, kind, name, message;
  std::string host = {};  // the node whose kubelet wrote it
};

struct Node {
  std::string name;
  Texts labels, allocatable;
  bool ready = false, cordoned = false;
  std::vector<std::string> taints;  // key=value:effect
};

struct DeviceClass {
  std::string name, extended_resource;
  std::vector<std::string> selectors;
};

struct Queue {  // LocalQueue or ClusterQueue
  std::string kind, name, cluster_queue;
  Conditions conditions;
  std::vector<std::string> quotas = {};  // `4 of example.com/gpu in flavor default`
};

struct Quota {  // a ResourceQuota: numbers as the API writes them, by what is counted
  std::string name;
  Texts hard, used;
};

const Condition* find(const Conditions& conditions, const std::string& type);
bool holds(const Conditions& conditions, const std::string& type);  // it is there and True

// `text` is what `kubectl get … -o json` printed. All throw Error naming what could not be read.
Snapshot read_snapshot(const std::string& text);
std::vector<Remnant> read_remnants(const std::string& text);
std::vector<Event> read_events(const std::string& text);
std::vector<Node> read_nodes(const std::string& text);
std::vector<DeviceClass> read_device_classes(const std::string& text);
Published read_slices(const std::string& text);
/// Those whose taints keep claims away.
std::vector<TaintRule> read_taint_rules(const std::string& text);
std::vector<Queue> read_queues(const std::string& text);
/// Those that hold for all pods of the namespace, whatever their priority.
std::vector<Quota> read_quotas(const std::string& text);

struct Versions {
  int client_minor = 0;
  std::string client, server;
};
Versions read_versions(const std::string& text);

}  // namespace assay::cluster
