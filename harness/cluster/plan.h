// What a run would apply, and why: the wishes of the user, met by what the cluster has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/cluster/discover.h"

namespace assay::cluster {

/// What was asked for. Empty texts: the plan chooses.
struct Wishes {
  std::string profile;       // a built-in name, or the path of `profile_text` on this machine
  std::string profile_text;  // empty: the image has the profile
  std::string image, name_space, allocation = "auto", gang = "auto", device_class, queue;
  std::string pull_secret;              // for the image's registry; empty: none is needed
  std::string results_claim;            // a PersistentVolumeClaim for the results; empty: none
  std::string nic_class;                // DeviceClass of a NIC to claim beside them; empty: none
  std::string alignment;                // `pcieRoot` or `numaNode` that they share; empty: any
  std::string node;                     // the only one to run on, verified or not; empty: any
  int nodes = 1, devices_per_node = 0;  // 0: all of a node's, or none without accelerators
  int nics_per_node = 0;                // 0: as many as can be met, one a device at the most
  double deadline_s = 3600;
  std::vector<Toleration> tolerations = {};
};

constexpr int kMostOfAClaim = 32;  // devices: AllocationResultsMaxSize of resource.k8s.io

struct Plan {
  Wishes wishes;
  std::string run;  // id, unique; also the suffix of every name
  std::string allocation, gang, device_class, queue;
  std::string extended_resource;  // that DRA serves and no device plugin; empty: another way
  int devices = 0, nics = 0;      // of a pod
  bool idle = false;              // pods claim and hold what they claimed, and measure nothing
  std::vector<std::string> hosts = {};  // the only ones to run on, by `kubernetes.io/hostname`
  std::vector<std::string> reasons;     // one line for every choice
  std::vector<std::string> faults;      // why it cannot work: nothing is applied then

  std::string job() const { return "assay-" + run; }
};

/// Of `KEY[=VALUE][:EFFECT]`. Throws Error for any other text.
Toleration toleration_of(const std::string& text);
/// Those of the wishes, and that of nodes that wait for a verdict where the run is for one of them.
std::vector<Toleration> tolerations_of(const Wishes& wishes);
/// Whether a text names a taint that the cluster sets itself while a node is not well: not-ready,
/// disk-pressure.
bool names_taint_of_state(std::string_view text);
/// Whether a node's taint keeps pods of such a run away.
bool keeps_off(const std::string& taint, const Wishes& wishes);
/// Which taints keep pods off how many nodes, a sentence each. No fault: a queue, an admission
/// plugin or a webhook may add the toleration.
std::vector<std::string> taints_of(const Inventory& inventory, const Wishes& wishes);

/// Pure: the same wishes and inventory give the same plan.
Plan make_plan(const Wishes& wishes, const Inventory& inventory, const std::string& run);

/// A new run id, e.g. `20261127-231508-4f1c`.
std::string new_run_id();

/// Null: none of that name.
const DeviceClass* find_class(const std::string& name, const Inventory& inventory);
/// `a, b`: those that there are.
std::string class_names(const Inventory& inventory);
using Devices = std::vector<const Device*>;
/// Devices that a class selects, tainted or not, with those of which its expressions are not
/// evaluated here; of a class that is not known, those of the driver of its name.
Devices selected_by(const std::string& device_class, const Inventory& inventory);
/// Those of the class of a request that its claim may get: none with a taint that it does not
/// tolerate. Its selectors and capacities are not looked at.
Devices devices_of(const DeviceRequest& request, const Inventory& inventory);
/// The same of a claim that tolerates nothing.
Devices devices_of(const std::string& device_class, const Inventory& inventory);
/// What is not certain of `selected_by`, in a sentence; empty: nothing.
std::string uncertainty_of(const std::string& device_class, const Inventory& inventory);
/// The most of `devices` that can be allocated at the same time, beside those that are `taken`.
Devices together(const Devices& devices, const Devices& taken = {});
/// Those that can be had together beside what `claims` have allocated; one that is shared as often
/// as it has room for a request of that kind, at most `times`: one request gets it once.
Devices not_taken(const Devices& devices, const std::vector<Claim>& claims,
                  const Inventory& inventory, const DeviceRequest& request = {}, long times = 1);
/// How many of `devices` can be had together on the node with the most.
long most_on_a_node(const Devices& devices);

}  // namespace assay::cluster
