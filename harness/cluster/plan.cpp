// One question after the other: which devices, how they are claimed, who keeps the gang together.
#include "harness/cluster/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <random>

#include "harness/cluster/cel_value.h"
#include "harness/cluster/device_taints.h"
#include "harness/cluster/nics.h"
#include "harness/cluster/preflight.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/number_of.h"

namespace assay::cluster {

namespace {

// In the order of preference; a class that is none of these must be named by the user.
constexpr const char* kKnownClasses[] = {"gpu.nvidia.com", "gpu.amd.com", "gpu.intel.com",
                                         "gaudi.intel.com", "gpu.example.com"};

constexpr const char* kGangOf135 = "scheduling.k8s.io/v1alpha1";
constexpr const char* kKueue = "kueue.x-k8s.io/v1beta2";

long most_allocatable(const Inventory& inventory, const std::string& resource) {
  long most = 0;
  for (const Node& node : inventory.nodes)
    if (const auto found = node.allocatable.find(resource); found != node.allocatable.end())
      most = std::max(most, static_cast<long>(cel::amount_of(found->second)));
  return most;
}

class Planner {
 public:
  Planner(const Wishes& wishes, const Inventory& inventory, const std::string& run)
      : inventory_(inventory) {
    plan_.wishes = wishes;
    plan_.run = run;
  }

  Plan make() {
    choose_class();
    choose_allocation();
    choose_devices();
    choose_gang();
    for (std::string& line : taints_of(inventory_, plan_.wishes)) because(std::move(line));
    note_uncertainties();
    check_claim();
    note_what_is_there();
    for (std::string& line : preflight(plan_, inventory_)) fault(std::move(line));
    for (const auto& [kind, why] : inventory_.unseen)
      because(fmt::format("nothing is known of {}, which could not be listed: {}", kind, why));
    return std::move(plan_);
  }

 private:
  void because(std::string line) { plan_.reasons.push_back(std::move(line)); }
  void fault(std::string line) { plan_.faults.push_back(std::move(line)); }

  void choose_class() {
    const std::string& wished = plan_.wishes.device_class;
    if (!wished.empty()) {
      plan_.device_class = wished;
      return;
    }
    for (const auto& devices : {devices_of, selected_by})  // tainted ones are better than none
      for (const char* known : kKnownClasses)
        if (find_class(known, inventory_) != nullptr &&
            (!saw("resourceslices") || !devices(known, inventory_).empty())) {
          plan_.device_class = known;
          return;
        }
  }

  bool saw(const char* kind) const { return inventory_.saw(kind); }

  /// `deviceclasses could not be listed (why)`, of those of `kinds` that could not; else empty.
  std::string unseen_of(std::initializer_list<const char*> kinds) const {
    std::vector<std::string> found;
    for (const char* kind : kinds)
      if (!saw(kind))
        found.push_back(
            fmt::format("{} could not be listed ({})", kind, inventory_.unseen.at(kind)));
    return fmt::format("{}", fmt::join(found, ", "));
  }

  std::string devices_text() const {
    return saw("resourceslices")
               ? fmt::format("has {} in published ResourceSlices",
                             number_of(together(devices_of(plan_.device_class, inventory_)).size(),
                                       "device"))
               : "is there";
  }

  void choose_allocation() {
    const std::string& wished = plan_.wishes.allocation;
    const bool has_plugin = most_allocatable(inventory_, "nvidia.com/gpu") > 0;
    if (wished != "auto") {
      plan_.allocation = wished;
      because(fmt::format("allocation {}: asked for", wished));
    } else if (!plan_.device_class.empty()) {
      plan_.allocation = "dra";
      because(fmt::format("allocation dra: DeviceClass {} {}", plan_.device_class, devices_text()));
    } else if (has_plugin) {
      plan_.allocation = "device-plugin";
      because("allocation device-plugin: nodes offer nvidia.com/gpu, and " + no_class());
    } else {
      plan_.allocation = "none";
      because("allocation none: " + no_class() + " and no node offers nvidia.com/gpu");
      if (const std::string unseen = unseen_of({"deviceclasses", "resourceslices", "nodes"});
          !unseen.empty())
        fault(fmt::format("whether there are accelerators is not known: {}; name --allocation",
                          unseen));
    }
    if (plan_.allocation == "dra") check_dra();
    if (plan_.allocation == "device-plugin" && !has_plugin && !extended("nvidia.com/gpu") &&
        saw("nodes") && saw("deviceclasses"))
      fault(
          "no node offers nvidia.com/gpu and no DeviceClass names it: is the device plugin "
          "running?");
  }

  std::string no_class() const {
    if (!inventory_.serves(kDra))
      return fmt::format("the cluster ({}) does not serve {}", inventory_.versions.server, kDra);
    std::vector<std::string> others;
    for (const DeviceClass& one : inventory_.device_classes)
      if (const std::size_t devices = together(devices_of(one.name, inventory_)).size();
          devices > 0)
        others.push_back(fmt::format("{} has {}", one.name, devices));
    return others.empty() ? "no known DeviceClass has devices"
                          : fmt::format(
                                "no known DeviceClass has devices ({}: --device-class takes "
                                "from one)",
                                fmt::join(others, ", "));
  }

  bool extended(const std::string& resource) const {
    return std::any_of(inventory_.device_classes.begin(), inventory_.device_classes.end(),
                       [&](const DeviceClass& one) { return one.extended_resource == resource; });
  }

  void check_dra() {
    if (!inventory_.serves(kDra)) {
      fault(fmt::format("the cluster ({}) does not serve {}: DRA needs Kubernetes 1.34",
                        inventory_.versions.server, kDra));
    } else if (plan_.device_class.empty() && !unseen_of({"deviceclasses"}).empty()) {
      fault(fmt::format("which DeviceClass to claim from is not known: {}; name --device-class",
                        unseen_of({"deviceclasses"})));
    } else if (plan_.device_class.empty()) {
      fault(
          fmt::format("no known DeviceClass has devices (there are: {}): install a DRA driver or "
                      "name a class with --device-class",
                      class_names(inventory_)));
    } else if (find_class(plan_.device_class, inventory_) == nullptr && saw("deviceclasses")) {
      fault(
          fmt::format("DeviceClass {} is absent: the driver is not installed, or the class has "
                      "another name (there are: {})",
                      plan_.device_class, class_names(inventory_)));
    }
  }

  /// The DeviceClass by which DRA serves the resource, where no device plugin offers it.
  const DeviceClass* behind(const std::string& resource) const {
    for (const DeviceClass& one : inventory_.device_classes)
      if (one.extended_resource == resource && most_allocatable(inventory_, resource) == 0)
        return &one;
    return nullptr;
  }

  void choose_devices() {
    if (!plan_.wishes.nic_class.empty()) return choose_nics(inventory_, plan_);
    if (plan_.allocation == "none") return;
    const bool dra = plan_.allocation == "dra";
    const std::string what = dra ? plan_.device_class : "nvidia.com/gpu";
    const DeviceClass* served = dra ? nullptr : behind(what);
    if (served != nullptr) {
      plan_.extended_resource = what;
      because(fmt::format("DRA serves {} by DeviceClass {}", what, served->name));
    }
    const bool in_slices = dra || served != nullptr;
    const char* counted_by = in_slices ? "resourceslices" : "nodes";
    plan_.devices = plan_.wishes.devices_per_node;
    if (plan_.devices == 0 && !saw(counted_by))
      return fault(
          fmt::format("how many devices of {} a node has is not known: {}; name "
                      "--devices-per-node",
                      what, unseen_of({counted_by})));
    const long most = in_slices ? most_on_a_node(devices_of(dra ? what : served->name, inventory_))
                                : most_allocatable(inventory_, what);
    if (plan_.devices == 0) plan_.devices = static_cast<int>(std::max(most, 1L));
    because(fmt::format(
        "{} of {} a node: {}", number_of(plan_.devices, "device"), what,
        plan_.wishes.devices_per_node > 0 ? "asked for" : "as many as the largest node has"));
    if (!saw(counted_by)) return;
    const std::string left_out =
        in_slices ? not_counted(dra ? what : served->name, inventory_) : "";
    if (most > 0 && plan_.devices > most)
      fault(fmt::format("no node has {} of {}: the most is {}{}; lower --devices-per-node",
                        number_of(plan_.devices, "device"), what, most, left_out));
    if (most == 0 && !left_out.empty())
      fault(fmt::format("no node has a device of {} that a claim may get{}", what, left_out));
  }

  std::string native_component() const {
    if (inventory_.serves("scheduling.k8s.io/v1beta1")) return "native-v1beta1";
    return inventory_.serves("scheduling.k8s.io/v1alpha2") ? "native" : "";
  }

  std::vector<const Queue*> local_queues() const {
    std::vector<const Queue*> found;
    for (const Queue& queue : inventory_.queues)
      if (queue.kind == "LocalQueue") found.push_back(&queue);
    return found;
  }

  void choose_gang() {
    const std::string& wished = plan_.wishes.gang;
    plan_.queue = plan_.wishes.queue;
    if (wished != "auto") {
      plan_.gang = wished == "native" ? native_component() : wished;
      because(fmt::format("gang {}: asked for", wished));
    } else if (!local_queues().empty()) {
      plan_.gang = "kueue";
      because("gang kueue: the namespace has a LocalQueue");
    } else if (plan_.wishes.nodes > 1 && !native_component().empty()) {
      plan_.gang = native_component();
      because(plan_.gang == "native"
                  ? "gang native: the cluster serves scheduling.k8s.io/v1alpha2"
                  : "gang native: the cluster serves scheduling.k8s.io/v1beta1, of which no schema "
                    "has validated what is applied");
    } else {
      plan_.gang = "none";
      if (plan_.wishes.nodes > 1 && !saw(kLocalQueues))
        fault(
            fmt::format("whether the namespace has a queue of Kueue is not known: {}; name --gang",
                        unseen_of({kLocalQueues})));
      because(plan_.wishes.nodes == 1 ? "gang none: one pod needs none"
                                      : "gang none: no queue and no native gang was found; a pod "
                                        "that runs holds its devices while others wait");
    }
    if (wished != "native" && plan_.gang == "none" && inventory_.serves(kGangOf135))
      because(
          fmt::format("{}, which the cluster serves, is the gang of Kubernetes 1.35 alone, and "
                      "nothing here uses it",
                      kGangOf135));
    if (wished == "native" && plan_.gang.empty())
      fault(
          fmt::format("the cluster ({}) serves no native gang: that needs Kubernetes 1.36 with "
                      "GenericWorkload on; use --gang kueue, "
                      "volcano or another",
                      inventory_.versions.server));
    check_gang_api();
    if (plan_.gang == "kueue" && inventory_.serves(kKueue)) return check_queue();
    if (!plan_.queue.empty() && plan_.gang != "kueue" && plan_.gang != "volcano" &&
        plan_.gang != "kai")
      fault(fmt::format("--queue {}: gang {} has no queues", plan_.queue, plan_.gang));
    if (plan_.gang != "kueue" && inventory_.serves(kKueue))
      because("Kueue is installed and ignores this run, which carries no queue label");
    if (plan_.gang != "kueue" && !served_instead_of(kKueue).empty())
      because(fmt::format("Kueue is installed, but the cluster does not serve {}: {}", kKueue,
                          otherwise(kKueue)));
  }

  /// Another version of an API that is not served; empty: there is none, or it is served.
  std::string served_instead_of(const std::string& api) const {
    const std::string group = api.substr(0, api.find('/') + 1);
    for (const std::string& other : inventory_.api_versions)
      if (!inventory_.serves(api) && other.starts_with(group)) return other;
    return "";
  }

  std::string otherwise(const std::string& api) const {
    const std::string other = served_instead_of(api);
    return other.empty() ? "it is not installed"
                         : fmt::format("it serves {}, which nothing here uses", other);
  }

  void check_gang_api() {
    struct Need {
      const char *gang, *api;
    };
    constexpr Need kNeeds[] = {{"kueue", kKueue},
                               {"volcano", "scheduling.volcano.sh/v1beta1"},
                               {"kai", "scheduling.run.ai/v2"},
                               {"coscheduling", "scheduling.x-k8s.io/v1alpha1"},
                               {"jobset", "jobset.x-k8s.io/v1alpha2"},
                               {"trainjob", "trainer.kubeflow.org/v1alpha1"}};
    for (const Need& need : kNeeds)
      if (plan_.gang == need.gang && !inventory_.serves(need.api))
        fault(fmt::format("--gang {}: the cluster does not serve {}: {}", need.gang, need.api,
                          otherwise(need.api)));
    if (plan_.queue.empty() && (plan_.gang == "volcano" || plan_.gang == "kai"))
      plan_.queue = plan_.gang == "volcano" ? "default" : "default-queue";
  }

  void check_queue() {
    if (plan_.queue.empty() && local_queues().size() == 1)
      plan_.queue = local_queues().front()->name;
    std::vector<std::string> names;
    const Queue* chosen = nullptr;
    for (const Queue* queue : local_queues()) {
      names.push_back(queue->name);
      if (queue->name == plan_.queue) chosen = queue;
    }
    if (!saw(kLocalQueues)) {
      if (plan_.queue.empty())
        fault(fmt::format("which queue to take is not known: {}; name one with --queue",
                          unseen_of({kLocalQueues})));
      return;
    }
    if (plan_.queue.empty())
      return fault(fmt::format("the namespace has {}{}: name one with --queue",
                               number_of(names.size(), "LocalQueue"),
                               names.empty() ? "" : fmt::format(" ({})", fmt::join(names, ", "))));
    if (chosen == nullptr)
      return fault(fmt::format("LocalQueue {} is not in namespace {} (there are: {})", plan_.queue,
                               plan_.wishes.name_space, fmt::join(names, ", ")));
    because(fmt::format("queue {}: leads to ClusterQueue {}", plan_.queue, chosen->cluster_queue));
    for (const Queue& queue : inventory_.queues)
      if (queue.kind == "ClusterQueue" && queue.name == chosen->cluster_queue)
        if (const Condition* active = find(queue.conditions, "Active");
            active != nullptr && active->status == "False")
          fault(fmt::format("ClusterQueue {} is inactive: {}", queue.name, active->message));
  }

  void check_claim() {
    const Wishes& wished = plan_.wishes;
    if (plan_.allocation == "none" && wished.devices_per_node > 0)
      fault(fmt::format("--devices-per-node {}: allocation none claims no devices",
                        wished.devices_per_node));
    if (plan_.allocation != "dra" && !wished.device_class.empty())
      fault(fmt::format("--device-class {}: allocation {} claims from no DeviceClass",
                        wished.device_class, plan_.allocation));
  }

  void note_uncertainties_of(const std::string& device_class) {
    if (std::string uncertainty = uncertainty_of(device_class, inventory_); !uncertainty.empty())
      because(std::move(uncertainty));
    if (const std::string left_out = not_counted(device_class, inventory_); !left_out.empty())
      because(fmt::format("DeviceClass {} has more devices than a claim may get{}", device_class,
                          left_out));
  }

  void note_uncertainties() {
    if (plan_.allocation != "dra") return;
    for (const std::string& one : {plan_.device_class, plan_.wishes.nic_class})
      note_uncertainties_of(one);
  }

  /// What makes a plan other than its reader expects.
  void note_what_is_there() {
    if (!served_instead_of(kDra).empty())
      because(fmt::format("DRA is taken from {} alone, which the cluster does not serve: {}", kDra,
                          otherwise(kDra)));
    if (saw("nodes") && inventory_.nodes.empty())
      because("the cluster has no node: pods wait until an autoscaler makes some");
    const std::size_t there = together(devices_of(plan_.device_class, inventory_)).size();
    const long all = static_cast<long>(plan_.wishes.nodes) * plan_.devices;
    if (plan_.allocation == "dra" && saw("resourceslices") && static_cast<long>(there) < all)
      because(
          fmt::format("{} are wanted in all, and {} published", number_of(all, "device"), there));
  }

  const Inventory& inventory_;
  Plan plan_;
};

}  // namespace

Plan make_plan(const Wishes& wishes, const Inventory& inventory, const std::string& run) {
  return Planner(wishes, inventory, run).make();
}

std::string new_run_id() {
  std::string time = utc_now();  // 2026-11-23T17:40:00.123Z
  time.erase(std::min(time.find('.'), time.size()));
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  std::replace(time.begin(), time.end(), 'T', '-');
  return fmt::format("{}-{:04x}", time, std::random_device{}() & 0xffffU);
}

}  // namespace assay::cluster
