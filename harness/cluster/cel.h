// The part of CEL by which DeviceClasses and claims select devices: the driver, attributes and
// capacities in comparisons, tests for presence, and what combines them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/cluster/objects.h"

namespace assay::cluster {

enum class Selects {
  no,
  yes,
  fails,   // the expression ends in an error on this device: the scheduler allocates nothing then
  unknown  // it uses what is not evaluated here, and what is evaluated does not decide
};

namespace cel {
struct Value;
}

/// Selectors of a class or of a request, all of which must hold.
class Selector {
 public:
  explicit Selector(const std::vector<std::string>& expressions);

  Selects of(const Device& device) const;

 private:
  std::vector<std::function<cel::Value(const Device&)>> parts_;
};

}  // namespace assay::cluster
