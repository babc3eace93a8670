// The plan of copies, its pairs from the pairing of ranks.
#include "collectives/copies/plan.h"

#include "harness/fabric/pairing.h"

namespace assay {

std::vector<PlannedCopies> plan_copies(int devices) {
  if (devices < 2) return {};
  PlannedCopies in{"host_to_device", {}}, out{"device_to_host", {}};
  for (int device = 0; device < devices; ++device) {
    in.at_once.push_back({kHostMemory, device});
    out.at_once.push_back({device, kHostMemory});
  }
  std::vector<PlannedCopies> plan = {in, out};
  for (int from = 0; from < devices; ++from) {
    for (int to = 0; to < devices; ++to) {
      if (from != to) plan.push_back({"device_to_device", {{from, to}}});
    }
  }
  for (const Round& round : all_pairs(devices)) {
    if (round.size() < 2) continue;  // that pair alone is in the plan
    PlannedCopies there{"device_to_device", {}}, back{"device_to_device", {}};
    for (const auto& [a, b] : round) {
      there.at_once.push_back({a, b});
      back.at_once.push_back({b, a});
    }
    plan.push_back(std::move(there));
    plan.push_back(std::move(back));
  }
  return plan;
}

}  // namespace assay
