// What the model of a launch's time assumes of a device, and how many plans it offers: for those
// who measure both.
#pragma once

#include "kernels/gemm/sm90/plan.h"

namespace assay::sm90 {

/// Those of an H100 or H200 SXM as published or guessed; `assay tune` fits them to measured times.
struct ModelConstants {
  double start = 1500;    ///< Cycles of a tile beside its steps.
  double join = 2000;     ///< Cycles that the slices of a tile wait for each other.
  double l2 = 6154;       ///< Bytes a cycle from L2 to all multiprocessors.
  double most_fill = 64;  ///< Bytes a cycle from L2 to one.
  double rate = 2400;     ///< Bytes a cycle of memory.
};

double cost(const Product& product, const TileConfig& tile, const Schedule& schedule,
            int multiprocessors, const ModelConstants& constants);

/// While one lives, cheapest() gives this thread more plans than are worth timing before a
/// measurement: 5 split counts of a tile, 40 in all.
class ManyPlans {
 public:
  ManyPlans();
  ~ManyPlans();
  ManyPlans(const ManyPlans&) = delete;
  ManyPlans& operator=(const ManyPlans&) = delete;
};

}  // namespace assay::sm90
