// Two sets of documents, and what each has of a case.
#pragma once

#include <compare>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "harness/core/comparison.h"

namespace assay::compare {

struct NamedResult {
  std::string file;
  Result result;
};

/// What a user gives for a side.
struct SideInput {
  std::string name;
  std::vector<NamedResult> documents;
  std::optional<double> price_per_device_hour;
};

/// One measurement and the document that it is in.
struct Found {
  const Result* result = nullptr;
  const Measurement* measurement = nullptr;
};

/// What is the same in a case of the two sides.
struct CaseKey {
  std::string case_id;
  Series series = Series::cold;
  std::string level;
  int devices = 0;  // of copies between devices: how many copy at once; else 0
  auto operator<=>(const CaseKey&) const = default;
};

/// By their scope's members; several documents may have the same.
using ByMembers = std::map<std::vector<std::string>, std::vector<Found>>;
/// In the order in which the first document of A, then of B, has them.
struct CaseSides {
  CaseKey key;
  ByMembers a, b;
};
std::vector<CaseSides> cases_of(const SideInput& a, const SideInput& b);

/// A side's measurements of a case: by members, then by document.
using Groups = std::vector<std::vector<const Found*>>;
Groups groups_of(const ByMembers& by_members);

ComparedSide described(const SideInput& side);

/// The nodes of a scope's members, `node/device3` being of `node`, a UUID of the node that has it.
std::set<std::string> nodes_of(const Result& result, const Scope& scope);

}  // namespace assay::compare
