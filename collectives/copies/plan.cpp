// The plan of copies, its pairs from the pairing of ranks.
#include "collectives/copies/plan.h"

#include "harness/fabric/pairing.h"

namespace assay {

std::vector<PlannedCopies> plan_copies(int devices) {
  if (devices < 2) return {};
  std::vector<PlannedCopies> plan;
  for (int from = 0; from < devices; ++from)
    for (int to = 0; to < devices; ++to)
      if (from != to) plan.push_back({{from, to}});
  for (const Round& round : all_pairs(devices)) {
    if (round.size() < 2) continue;  // that pair alone is in the plan
    PlannedCopies there, back;
    for (const auto& [a, b] : round) {
      there.push_back({a, b});
      back.push_back({b, a});
    }
    plan.push_back(std::move(there));
    plan.push_back(std::move(back));
  }
  return plan;
}

}  // namespace assay
