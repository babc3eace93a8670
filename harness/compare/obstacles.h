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

/// The series of a case that are compared: of one device on both sides, or of all on each.
struct Pairing {
  CaseKey key;
  std::vector<std::vector<const Found*>> a, b;  // by members, then by document
  std::vector<std::string> members;             // where both sides have the same
};

/// `assay` and the libraries whose implementations compare by name.
const std::set<std::string>& versions_that_matter();

/// What makes any figure of the two meaningless beside the other: missing, not measured, simulated
/// against real, other inputs, other versions of what computes, another number of nodes, others
/// that used the machine. `across` names versions that are what is compared.
std::optional<Obstacle> obstacle_of(const Pairing& pairing, const std::set<std::string>& across);

}  // namespace assay::compare
