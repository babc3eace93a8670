// Deletes all that a run made in the cluster, and checks that it is gone.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/run_objects.h"
#include "harness/cluster/watch.h"

namespace assay::cluster {

/// Deletes what carries the run's label and waits until pods and claims are gone too. Returns what
/// is still there when `patience_s` is over, as `kind/name (why)`.
std::vector<std::string> clean(Kubectl& kubectl, const Target& target, const Inventory& inventory,
                               const Pace& pace, double patience_s);

/// Whether anything of the run is in the namespace, or that is not known.
bool may_be_there(Kubectl& kubectl, const Target& target, const Inventory& inventory);

struct Cleaned {
  bool all;
  std::string text;  // what is left and how to delete it, or that nothing is
};
/// The same with a patience of its own, which a stop by the user does not cut short. Never throws.
Cleaned clean_up(Kubectl& kubectl, const Target& target, const Inventory& inventory,
                 const Pace& pace);

}  // namespace assay::cluster
