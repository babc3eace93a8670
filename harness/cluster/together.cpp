// Partitions of a device are published side by side, and share counters that let only some of them
// be allocated at the same time.
#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

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
  Fitting(Devices devices, const Left& left) : devices_(std::move(devices)) {
    // The small ones first: what is found first is mostly the best then.
    std::stable_sort(devices_.begin(), devices_.end(), [](const Device* a, const Device* b) {
      return largest_part(*a) < largest_part(*b);
    });
    for (const auto& [counter, number] : left) {
      left_.push_back(number);
      std::vector<double> parts;
      for (const Device* device : devices_) {
        const auto share = device->shares.find(counter);
        parts.push_back(share == device->shares.end() ? 0 : share->second.used);
      }
      bound_ = std::min(bound_, most_of(parts, number));
      used_.push_back(std::move(parts));
    }
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

  /// How many of the parts of one counter fit, the smallest first.
  static std::size_t most_of(std::vector<double> parts, double left) {
    std::sort(parts.begin(), parts.end());
    std::size_t most = 0;
    while (most < parts.size() && (left -= parts[most]) >= -kSlack) ++most;
    return most;
  }

  bool take(std::size_t device, double sign) {
    bool fits = true;
    for (std::size_t i = 0; i < left_.size(); ++i) {
      left_[i] -= sign * used_[i][device];
      fits = fits && left_[i] >= -kSlack;
    }
    return fits;
  }

  void look(std::size_t from) {
    if (chosen_.size() > best_.size()) best_ = chosen_;
    const bool may_be_better = chosen_.size() + devices_.size() - from > best_.size();
    if (best_.size() >= bound_ || !may_be_better || ++steps_ > kSteps) return;
    if (take(from, 1)) {
      chosen_.push_back(devices_[from]);
      look(from + 1);
      chosen_.pop_back();
    }
    take(from, -1);
    look(from + 1);
  }

  Devices devices_, chosen_, best_;
  std::vector<double> left_;               // of each counter
  std::vector<std::vector<double>> used_;  // of each counter, by each device
  std::size_t bound_ = SIZE_MAX;
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
      for (const auto& [counter, share] : device->shares)
        if (const auto found = left.find(counter); found != left.end()) found->second -= share.used;
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
