// Asks the model for the best plan of each listed shape, with the first tiles and with all.
#include "kernels/gemm/sm90/predicted.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/gemm/listed_shapes.h"
#include "kernels/gemm/sm90/sweep.h"

namespace assay::sm90 {
namespace {

double cycles_of(const Product& product, const Plan& plan) {
  return cost(product, plan.tile, plan.schedule, kHopperMultiprocessors);
}

double first_tiles_cycles(const Product& product) {
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < kFirstTiles; ++i) {
    for (int splits = 1; takes(kTiles[i], product) && splits <= kMostSplits; ++splits) {
      const Plan plan = plan_with(product, kTiles[i], splits, kHopperMultiprocessors);
      if (partials_bytes(plan.schedule, plan.tile) > kMostPartialsBytes) break;
      least = std::min(least, cycles_of(product, plan));
    }
  }
  return least;
}

}  // namespace

bool PredictedPlan::has_newer_tile() const {
  return std::find(kTiles, kTiles + kFirstTiles, plan.tile) == kTiles + kFirstTiles;
}

std::vector<PredictedPlan> predicted_plans() {
  std::vector<PredictedPlan> all;
  for (const GemmShape& shape : listed_shapes()) {
    const Product product = swept_product(shape);
    const Plan plan = cheapest(product, kHopperMultiprocessors).front();
    all.push_back({shape, plan, cycles_of(product, plan), first_tiles_cycles(product)});
  }
  return all;
}

MeanGain mean_gain(const std::vector<PredictedPlan>& plans, std::int64_t least_rows) {
  double logarithms = 0;
  std::size_t shapes = 0;
  for (const PredictedPlan& one : plans) {
    if (one.shape.m < least_rows) continue;
    logarithms += std::log(one.gain());
    ++shapes;
  }
  if (shapes == 0) return {};
  return {std::exp(logarithms / static_cast<double>(shapes)), shapes};
}

}  // namespace assay::sm90
