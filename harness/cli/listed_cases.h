// The cases that a run of a profile would have on this machine, or on several like it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/asked_cases.h"
#include "harness/run/machine.h"

namespace assay::cli {

/// The devices of a backend, or why there are none.
struct LocalDevices {
  Backend backend = Backend::host;
  run::Devices devices;
  std::string why_none;
};
LocalDevices devices_here(Backend backend);

/// One case of a profile as it would run here.
struct ListedCase {
  Backend backend;
  AskedGroup group;
  CaseId id;
  std::string not_applicable;  // empty: it runs here
};

/// Of a run of `processes`, each on a machine like this one; ranks are their devices, of which a
/// machine without any is taken to have one. Without a number: of this process, and what is between
/// ranks without saying of how many. Throws Error where such a run has nothing to measure.
std::vector<ListedCase> listed_cases(const Profile& profile, const LocalDevices& here,
                                     std::optional<int> processes);

}  // namespace assay::cli
