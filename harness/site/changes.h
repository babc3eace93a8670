// Where a figure that many runs measured changed for good.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace assay {

/// Between the runs before `first` and those from it on, up to the next change.
struct Change {
  std::size_t first = 0;
  double ratio = 1;  ///< Of what comes after to what was before.
  double low = 1, high = 1;
};

/// Of the logarithms of one figure, a value a run in the order of time. A change is a place where
/// the means of at least 3 runs on each side differ by more than `margin` and more than chance
/// explains: Student's t at 99 % for all places together (Bonferroni), by circular binary
/// segmentation (Olshen and others 2004), which also sees what got worse and better again. Fewer
/// than 6 runs have none.
std::vector<Change> changes_of(std::span<const double> logs, double margin);

}  // namespace assay
