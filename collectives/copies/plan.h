// Which copies are measured together.
#pragma once

#include <vector>

namespace assay {

/// From one device to another, by their index.
struct PlannedCopy {
  int from = 0, to = 0;
  bool operator==(const PlannedCopy&) const = default;
};

/// Copies that run at once.
using PlannedCopies = std::vector<PlannedCopy>;

/// Every ordered pair of devices alone; then rounds of disjoint pairs at once, each round in both
/// directions, one after the other. Nothing for fewer than two devices.
std::vector<PlannedCopies> plan_copies(int devices);

}  // namespace assay
