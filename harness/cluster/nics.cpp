// Chooses the most devices that enough nodes offer next to a NIC, and then the most NICs.
#include "harness/cluster/nics.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cluster/alignment.h"
#include "harness/cluster/cel.h"
#include "harness/cluster/device_taints.h"
#include "harness/core/number_of.h"

namespace assay::cluster {

namespace {

std::vector<const Device*> rdma_nics(const std::string& nic_class, const Inventory& inventory) {
  const Selector selector({kRdma});
  std::vector<const Device*> nics = devices_of(nic_class, inventory);
  std::erase_if(nics, [&](const Device* nic) { return selector.of(*nic) != Selects::yes; });
  return nics;
}

class Choice {
 public:
  Choice(const Inventory& inventory, Plan& plan)
      : inventory_(inventory),
        plan_(plan),
        wishes_(plan.wishes),
        accelerators_(together(devices_of(plan.device_class, inventory))),
        nics_(rdma_nics(wishes_.nic_class, inventory)) {
    if (!wishes_.alignment.empty()) attribute_ = alignment_attribute(wishes_.alignment);
  }

  void make() {
    if (!inventory_.saw("resourceslices")) return take_what_was_asked();
    if (nics_.empty())
      return fault(fmt::format("no NIC of class {} {}", wishes_.nic_class,
                               devices_of(wishes_.nic_class, inventory_).empty()
                                   ? "is published: its driver is not running"
                                   : "publishes dra.net/rdma as true"));
    if (!is_published(wishes_.nic_class, nics_)) return;
    if (!is_published(plan_.device_class, accelerators_)) return;
    choose();
    because(fmt::format(
        "{} of {} a node: {}", number_of(plan_.devices, "device"), plan_.device_class,
        wishes_.devices_per_node > 0 ? "asked for" : "as many as enough nodes have beside NICs"));
    because(fmt::format("{} of {} a node, {}", number_of(plan_.nics, "NIC"), wishes_.nic_class,
                        place()));
    if (nodes_ < wishes_.nodes)
      fault(fmt::format(
          "{} {} wanted and {} {} {} of {} and {} of {}, {}: lower --devices-per-node or "
          "--nics-per-node{}{}{}",
          number_of(wishes_.nodes, "node"), wishes_.nodes == 1 ? "is" : "are", nodes_,
          nodes_ == 1 ? "has" : "have", number_of(plan_.devices, "device"), plan_.device_class,
          number_of(plan_.nics, "NIC"), wishes_.nic_class, place(),
          attribute_.empty() ? "" : ", or name another --alignment",
          not_counted(plan_.device_class, inventory_), not_counted(wishes_.nic_class, inventory_)));
  }

 private:
  void because(std::string line) { plan_.reasons.push_back(std::move(line)); }
  void fault(std::string line) { plan_.faults.push_back(std::move(line)); }

  bool is_published(const std::string& device_class, const std::vector<const Device*>& devices) {
    if (attribute_.empty() ||
        std::any_of(devices.begin(), devices.end(), [&](const Device* device) {
          return published(*device, attribute_) != nullptr;
        }))
      return true;
    fault(
        fmt::format("no device of class {} publishes {}, by which the claim is to be aligned: name "
                    "another --alignment, or none",
                    device_class, attribute_));
    return false;
  }

  std::string place() const {
    if (attribute_.empty()) return "wherever they are";
    const int groups = groups_of(plan_);
    return fmt::format("{} and {} under one {}{}", number_of(plan_.devices / groups, "accelerator"),
                       number_of(plan_.nics / groups, "NIC"), wishes_.alignment,
                       groups == 1 ? "" : " each time");
  }

  /// How many nodes can meet a claim of these.
  long nodes_with(int devices, int nics) const {
    const int groups = attribute_.empty() ? 1 : std::gcd(devices, nics);
    const auto on_nodes =
        groups_on_nodes({{accelerators_, devices / groups}, {nics_, nics / groups}}, attribute_);
    return std::count_if(on_nodes.begin(), on_nodes.end(),
                         [&](const auto& node) { return node.second >= groups; });
  }

  /// Keeps the best so far; true where enough nodes have it.
  bool try_out(int devices, int nics) {
    const long nodes = nodes_with(devices, nics);
    if (plan_.nics > 0 && nodes <= nodes_) return false;
    plan_.devices = devices, plan_.nics = nics, nodes_ = nodes;
    return nodes >= wishes_.nodes;
  }

  void choose() {
    const int asked = wishes_.devices_per_node;
    const int most = asked > 0 ? asked : static_cast<int>(most_on_a_node(accelerators_));
    for (int devices = std::max(most, 1); devices >= std::max(asked, 1); --devices) {
      if (wishes_.nics_per_node > 0) {
        if (try_out(devices, wishes_.nics_per_node)) return;
        continue;
      }
      for (int nics = devices; nics > 0; --nics)
        if (devices % nics == 0 && (nics == 1 || devices + nics <= kMostOfAClaim) &&
            try_out(devices, nics))
          return;
    }
  }

  void take_what_was_asked() {
    plan_.devices = wishes_.devices_per_node;
    plan_.nics = std::max(wishes_.nics_per_node, 1);
    const std::string& why = inventory_.unseen.at("resourceslices");
    if (plan_.devices == 0)
      return fault(
          fmt::format("how many devices of {} a node has is not known: resourceslices could not be "
                      "listed ({}); name --devices-per-node",
                      plan_.device_class, why));
    because(fmt::format("{} of {} a node, {}", number_of(plan_.nics, "NIC"), wishes_.nic_class,
                        place()));
  }

  const Inventory& inventory_;
  Plan& plan_;
  const Wishes& wishes_;
  const std::vector<const Device*> accelerators_, nics_;
  std::string attribute_;
  long nodes_ = 0;
};

std::string absent(const std::string& nic_class, const Inventory& inventory) {
  if (!inventory.saw("deviceclasses") || find_class(nic_class, inventory) != nullptr) return "";
  return fmt::format("DeviceClass {} of the NICs is absent (there are: {})", nic_class,
                     class_names(inventory));
}

}  // namespace

void choose_nics(const Inventory& inventory, Plan& plan) {
  const std::string& nic = plan.wishes.nic_class;
  if (plan.allocation != "dra")
    plan.faults.push_back(
        fmt::format("NICs of {} are claimed beside accelerators: that needs allocation dra, and "
                    "this is {}",
                    nic, plan.allocation));
  else if (std::string fault = absent(nic, inventory); !fault.empty())
    plan.faults.push_back(std::move(fault));
  else
    Choice(inventory, plan).make();
}

}  // namespace assay::cluster
