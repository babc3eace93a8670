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

/// A taint of nodes or devices that is no obstacle; without a value, or with an empty text: any.
struct Toleration {
  std::string key;
  std::optional<std::string> value;
  std::string effect;

  bool tolerates(const std::string& taint) const;  // `key=value:effect`
  bool operator==(const Toleration&) const = default;
};

using Amounts = std::map<std::string, double>;

/// How much of a capacity of a shared device an allocation consumes.
struct RequestPolicy {
  std::optional<double> by_default;  // where it asks for none; else all of it
  std::vector<double> values;        // ascending; the next of them
  std::optional<double> least, most, step;
};

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
  bool is_shared = false;                    // several claims get it, as far as its capacities go
  std::map<std::string, RequestPolicy> policies = {};  // of a shared one, by capacity
  Amounts consumed = {};                               // of a shared one's capacities, by its claim
  bool for_admin = false;                              // allocated to look at: nobody is kept away
  Texts rules = {};                                    // DeviceTaintRules, by the taints they added

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
  std::string driver, pool, device, device_class, taint, name;
  std::vector<std::string> selectors = {};  // in CEL, of older versions
};

struct DeviceRequest {
  std::string name, device_class;
  long count = 1;
  std::vector<std::string> selectors = {};   // in CEL, in addition to the class's
  std::vector<Toleration> tolerations = {};  // of taints of devices
  Texts capacity = {};                       // that each device has to have or to have left
  bool for_all = false;                      // of a node, in place of a count
  bool for_admin = false;                    // to look at: allocated ones too
};

struct MatchConstraint {  // devices of these requests share one value; no requests: of all
  std::string attribute;
  std::vector<std::string> requests = {};
};

struct Consumer {  // of a claim: a pod, or a PodGroup for all of its pods
  std::string kind, name;

  std::string text() const { return kind + " " + name; }
};

struct Pod;

struct Claim {
  std::string name, run;          // `run`: our label; a claim of an extended resource has none
  std::vector<std::string> pods;  // the one that owns it, or those that it is reserved for
  std::vector<DeviceRequest> requests;
  std::vector<MatchConstraint> constraints;
  std::vector<Device> allocated;
  std::string name_space = {};
  std::vector<Consumer> reserved_for = {};
  bool of(const Pod& pod) const;
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
  bool running = false;                               // by the last report of its node
  bool silent = false;                                // its node no longer reports anything
  std::string pod_group, scheduler;
  std::vector<std::string> claims;                        // by name, of its own or of its group
  Texts limits;                                           // resources of its container
  std::map<std::string, std::string> extended_resources;  // that DRA serves, with their claim
};

struct Job {
  std::string name, owner, queue, failed_indexes, created;
  long completions = 0;
  bool suspended = false, is_seen = false;  // by the Job controller
  Conditions conditions;
};

struct Workload {  // Kueue's
  std::string name, queue, owner;
  Conditions conditions;
  std::vector<std::string> unpassed = {};  // admission checks, each with its message
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
  std::vector<std::string> owners, finalizers;
  std::vector<Consumer> reserved_for;
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

/// Of a namespace: it takes nothing new and ends what it has.
bool is_terminating(const std::string& text);

struct Versions {
  int client_minor = 0;
  std::string client, server;
};
Versions read_versions(const std::string& text);

}  // namespace assay::cluster
