// Compares two sets of documents case by case; a pure function of them.
#pragma once

#include <set>
#include <string>

#include "harness/compare/sides.h"

namespace assay::compare {

struct Options {
  double margin = 0.01;          // how far from 1 a ratio is still the same
  std::set<std::string> across;  // versions that are what is compared
  std::string other = "B";       // what the second side is called in reasons
};

/// Deterministic. A case is better or worse only if its interval lies wholly outside the margin,
/// and the same only if it lies within.
Comparison compare(const SideInput& a, const SideInput& b, const Options& options);

}  // namespace assay::compare
