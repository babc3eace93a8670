// Why two measurements of one case cannot be compared.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/compare/sides.h"

namespace assay::compare {

/// The code is one of those that the schema lists.
struct Obstacle {
  std::string code, reason;
};

/// What must be one and the same in every document of both sides.
struct Condition {
  std::string code, what;
  std::string value;     // of a side: those of its documents
  bool differs = false;  // already between documents of the side
};

/// What of one side can be in the way of a comparison with any other.
struct Hindrances {
  std::string not_measured;  // why the case does not count; empty: it does
  std::vector<Condition> conditions;
  std::string contention;  // how others used the machine; empty: they did not
};

/// Of a case that the side has.
Hindrances hindrances_of(const Groups& side);

/// `assay` and the libraries whose implementations compare by name.
const std::set<std::string>& versions_that_matter();

/// What makes any figure of the two meaningless beside the other: not measured, simulated against
/// real, other inputs, other versions of what computes, another number of nodes, others that used
/// the machine. Both are of one case. `across` names versions that are what is compared.
std::optional<Obstacle> obstacle_of(const Hindrances& a, const Hindrances& b,
                                    const std::set<std::string>& across, const std::string& other);

}  // namespace assay::compare
