// What the model predicts for the listed shapes: with the first seven tiles, and with all.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include "kernels/gemm/sm90/plan.h"
#include "tests/kernels/gemm/listed_products.h"

namespace assay::sm90 {
namespace {

constexpr int kMultiprocessors = 132;  // of an H100 or H200 SXM
constexpr std::size_t kFirstTiles = 7;

double cycles(const Product& product, const Plan& plan) {
  return cost(product, plan.tile, plan.schedule, kMultiprocessors);
}

bool is_first(const Plan& plan) {
  return std::find(kTiles, kTiles + kFirstTiles, plan.tile) != kTiles + kFirstTiles;
}

/// The least cycles of a plan with one of the first tiles.
double cycles_before(const Product& product) {
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < kFirstTiles; ++i)
    for (int splits = 1; takes(kTiles[i], product) && splits <= kMostSplits; ++splits) {
      const Plan plan = plan_with(product, kTiles[i], splits, kMultiprocessors);
      if (partials_bytes(plan.schedule, plan.tile) > kMostPartialsBytes) break;
      least = std::min(least, cycles(product, plan));
    }
  return least;
}

/// The geometric mean of the ratios of both, over the shapes of at least so many rows.
struct Gain {
  std::int64_t least_rows;
  double logarithms = 0;
  int count = 0;

  void add(const GemmShape& shape, double before, double after) {
    if (shape.m < least_rows) return;
    logarithms += std::log(before / after);
    ++count;
  }
  double mean() const { return std::exp(logarithms / count); }
};

std::string table(Gain& large, Gain& all) {
  std::string text = fmt::format("{:<22}{:>12}{:>12}{:>7}  {}\n", "m n k", "first tiles",
                                 "all tiles", "gain", "plan (* with a later tile)");
  for (const GemmShape& shape : listed_shapes()) {
    const Product product{.shape = shape};
    const Plan plan = cheapest(product, kMultiprocessors).front();
    const double before = cycles_before(product), after = cycles(product, plan);
    large.add(shape, before, after);
    all.add(shape, before, after);
    text += fmt::format("{:<22}{:>12.0f}{:>12.0f}{:>7.3f}  {}{}\n",
                        fmt::format("{} {} {}", shape.m, shape.n, shape.k), before, after,
                        before / after, describe(plan), is_first(plan) ? "" : " *");
  }
  text += fmt::format("geometric mean of the gain: {:.3f} from 256 rows up, {:.3f} of all\n",
                      large.mean(), all.mean());
  return text;
}

}  // namespace

TEST_SUITE("golden") {
  TEST_CASE("the predicted cycles of the listed shapes are those of the table") {
    Gain large{256}, all{1};
    const std::string found = table(large, all);
    CHECK(large.mean() > 1.03);
    CHECK(all.mean() > 1.015);
    const std::string path =
        std::string(ASSAY_SOURCE_DIR) + "/tests/kernels/gemm/predicted_cycles.txt";
    std::stringstream expected;
    expected << std::ifstream(path).rdbuf();
    if (found != expected.str()) std::ofstream("predicted_cycles.txt") << found;
    CHECK_MESSAGE(found == expected.str(), "compare ", path, " with predicted_cycles.txt here");
  }
}

}  // namespace assay::sm90
