// Partitions of a device are published side by side, and share counters that let only some of them
// be allocated at the same time.
#include <algorithm>
#include <map>

#include "harness/cluster/plan.h"

namespace assay::cluster {

namespace {

using Left = std::map<std::string, double>;  // of each counter of a pool

constexpr double kSlack = 1e-9;
// Steps of the search for one set of counters: enough for the partitions of a GPU.
constexpr int kSteps = 20000;

/// The most of some devices of one pool that fit together.
class Fitting {
 public:
  Fitting(const Devices& devices, const Left& left) : devices_(devices), left_(left) {
    // The small ones first: what is found first is mostly the best then.
    std::stable_sort(devices_.begin(), devices_.end(), [&](const Device* a, const Device* b) {
      return largest_part(*a) < largest_part(*b);
    });
  }

  Devices make() {
    look(0);
    return best_;
  }

 private:
  static double largest_part(const Device& device) {
    double part = 0;
    for (const auto& [counter, share] : device.shares)
      part = std::max(part, share.of > 0 ? share.used / share.of : share.used > 0 ? 2 : 0);
    return part;
  }

  bool take(const Device& device, double sign) {
    bool fits = true;
    for (const auto& [counter, share] : device.shares) {
      double& left = left_[counter];
      left -= sign * share.used;
      fits = fits && left >= -kSlack;
    }
    return fits;
  }

  void look(std::size_t from) {
    if (chosen_.size() > best_.size()) best_ = chosen_;
    if (chosen_.size() + devices_.size() - from <= best_.size() || ++steps_ > kSteps) return;
    const Device& device = *devices_[from];
    if (take(device, 1)) {
      chosen_.push_back(&device);
      look(from + 1);
      chosen_.pop_back();
    }
    take(device, -1);
    look(from + 1);
  }

  Devices devices_, chosen_, best_;
  Left left_;
  int steps_ = 0;
};

std::string set_of(const Device& device) {
  const std::string& counter = device.shares.begin()->first;
  return device.driver + "/" + device.pool + "/" + counter.substr(0, counter.rfind('/'));
}

/// Devices by the first set of counters that they use: those of another set are other hardware.
std::map<std::string, Devices> by_set(const Devices& devices) {
  std::map<std::string, Devices> sets;
  for (const Device* device : devices)
    if (!device->shares.empty()) sets[set_of(*device)].push_back(device);
  return sets;
}

Left left_beside(const Devices& devices, const Devices& taken) {
  Left left;
  for (const Device* device : devices)
    for (const auto& [counter, share] : device->shares) left[counter] = share.of;
  for (const Device* device : taken)
    if (device->driver == devices.front()->driver && device->pool == devices.front()->pool)
      for (const auto& [counter, share] : device->shares) left[counter] -= share.used;
  return left;
}

}  // namespace

Devices together(const Devices& devices, const Devices& taken) {
  Devices all;
  for (const Device* device : devices)
    if (device->shares.empty()) all.push_back(device);
  for (const auto& [set, sharing] : by_set(devices)) {
    const Devices some = Fitting(sharing, left_beside(sharing, taken)).make();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace assay::cluster
