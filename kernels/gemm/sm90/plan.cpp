// The model of a launch's time, and the tensor maps that follow from a configuration.
#include "kernels/gemm/sm90/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/gemm/sm90/model.h"

namespace assay::sm90 {
namespace {

/// How many plans cheapest() gives.
struct Offer {
  int of_one_tile = kMostOfOneTile, in_all = kMostCandidates;
};
thread_local Offer offer;

using device::Major;
using device::TensorMapSpec;

std::int64_t ceiling(std::int64_t value, std::int64_t step) { return (value + step - 1) / step; }

/// Rows of C that one matrix of B makes: of groups their mean.
std::int64_t rows_each(const GemmShape& shape) {
  return shape.groups > 0 ? ceiling(shape.m, shape.groups) : shape.m;
}
std::int64_t left_rows(const Product& product, const TileConfig& tile) {
  return tile.swapped ? product.shape.n : rows_each(product.shape);
}
std::int64_t right_rows(const Product& product, const TileConfig& tile) {
  return tile.swapped ? rows_each(product.shape) : product.shape.n;
}

/// Elements of K in a stage.
int stage_k(const Product& product) {
  return kRowBytes / static_cast<int>(device::element_bytes(product.a));
}

/// An operand of `rows` along MN; one box is `box_rows` of them by a stage's K.
TensorMapSpec operand_map(device::TensorElement element, Major major, const void* address,
                          std::int64_t rows, std::int64_t k, std::int64_t batches, int box_rows) {
  const auto bytes = static_cast<std::uint64_t>(device::element_bytes(element));
  const auto mn = static_cast<std::uint64_t>(rows), depth = static_cast<std::uint64_t>(k);
  const std::uint32_t stage = kRowBytes / static_cast<std::uint32_t>(bytes);
  TensorMapSpec spec;
  spec.element = element;
  spec.rank = 3;
  spec.address = address;
  const std::uint64_t inner = major == Major::kK ? depth : mn;
  const std::uint64_t outer = major == Major::kK ? mn : depth;
  spec.size = {inner, outer, static_cast<std::uint64_t>(batches)};
  spec.stride_bytes = {inner * bytes, inner * outer * bytes};
  spec.box = {stage, major == Major::kK ? static_cast<std::uint32_t>(box_rows) : stage, 1};
  spec.swizzle = device::Swizzle::k128;
  return spec;
}

TensorMapSpec output_map(const Product& product, const TileConfig& tile, const void* address) {
  TensorMapSpec spec = operand_map(product.c, Major::kK, address, product.shape.m, product.shape.n,
                                   product.shape.batches, output_rows(tile));
  return spec;
}

double bytes_of(const Product& product, const TileConfig& tile, const Schedule& schedule) {
  const auto m = static_cast<double>(product.shape.rows()),
             n = static_cast<double>(product.shape.n), k = static_cast<double>(product.shape.k);
  const auto matrices = static_cast<double>(product.shape.matrices());
  return m * k * device::element_bytes(product.a) +
         matrices * k * n * device::element_bytes(product.b) +
         m * n * device::element_bytes(product.c) +
         2 * static_cast<double>(partials_bytes(schedule, tile));
}

double compute_cycles(const Product& product, const TileConfig& tile, const Schedule& schedule,
                      int multiprocessors, const ModelConstants& constants) {
  const int most = std::max(1, multiprocessors / tile.cluster);
  const int clusters = schedule.shared > 0 ? most : std::min(schedule.count(), most);
  const double fill = std::min(constants.most_fill, constants.l2 / (clusters * tile.cluster));
  const double right = tile.right;
  const double outputs = static_cast<double>(tile.left) * right;
  const double product_cycles = std::max(right / 2, 16 + right / 4);
  const double step = std::max(tile.left / 64 * 4 * product_cycles,
                               (tile.left + right / tile.cluster) * kRowBytes / fill);
  const double slice = std::ceil(static_cast<double>(schedule.k_blocks) / schedule.splits);
  const double part = outputs * 4 / fill;  // written or read
  double storing = outputs * device::element_bytes(product.c) / fill;
  if (schedule.splits > 1) storing += constants.join + part * (1 + schedule.splits);
  const double multiplying = slice * step;
  const double all = constants.start + multiplying + storing;
  const double waves = std::ceil(static_cast<double>(schedule.count()) / clusters);
  if (tile.ping_pong) return all + (waves - 1) * std::max(multiplying, all / 2);
  if (schedule.shared == 0) return waves * all;
  const double stretch = schedule.stretch + (schedule.longer > 0 ? 1 : 0);
  const double parts = std::ceil(schedule.k_blocks / stretch) + 1;
  return waves * all + stretch * step + 2 * constants.start + constants.join + 2 * storing +
         part * (2 + parts);
}

}  // namespace

std::optional<std::string> refusal(const Product& product) {
  const bool wide = device::element_bytes(product.a) == 2;
  if (!wide && (product.a_major != Major::kK || product.b_major != Major::kK)) {
    return "wgmma wants operands that are not of 16 bits with K contiguous";
  }
  const auto& shape = product.shape;
  const auto rows = static_cast<double>(ceiling(shape.m, 8) + shape.groups);
  const auto columns = static_cast<double>(ceiling(shape.n, 8));
  if (rows * columns * static_cast<double>(shape.batches) * kMostSplits >
      std::numeric_limits<std::int32_t>::max()) {
    return "more tiles than a 32-bit number counts";
  }
  const Maps maps = maps_of(product, kTiles[2], {});
  const auto fault = [](const char* matrix,
                        const TensorMapSpec& spec) -> std::optional<std::string> {
    const char* rule = device::tensor_map_fault(spec);
    if (rule == nullptr) return std::nullopt;
    return fmt::format("TMA cannot copy {}, whose rows are {} bytes: {}", matrix,
                       spec.stride_bytes[0], rule);
  };
  if (auto a = fault("A", maps.left)) return a;
  if (auto b = fault("B", maps.right)) return b;
  return fault("C", maps.c);
}

bool takes(const TileConfig& tile, const Product& product) {
  return takes(tile, tile.swapped ? product.a_major : product.b_major);
}

Schedule schedule_of(const Product& product, const TileConfig& tile, int splits,
                     int multiprocessors) {
  Schedule schedule;
  schedule.rows = static_cast<int>(ceiling(left_rows(product, tile), tile.left * tile.cluster));
  schedule.columns = static_cast<int>(ceiling(right_rows(product, tile), tile.right));
  schedule.batches = static_cast<int>(product.shape.matrices());
  schedule.k_blocks = static_cast<int>(ceiling(product.shape.k, stage_k(product)));
  schedule.splits = std::min(splits, schedule.k_blocks);
  // A band of b rows of tiles and clusters / b columns reads least when it is about square. Groups
  // that are all empty have no row of tiles.
  const double clusters = std::max(1, multiprocessors / tile.cluster);
  const double square = std::sqrt(clusters * tile.right / (tile.left * tile.cluster));
  schedule.band = std::clamp(static_cast<int>(std::lround(square)), 1, std::max(1, schedule.rows));
  return schedule;
}

double cost(const Product& product, const TileConfig& tile, const Schedule& schedule,
            int multiprocessors) {
  return cost(product, tile, schedule, multiprocessors, ModelConstants());
}

double cost(const Product& product, const TileConfig& tile, const Schedule& schedule,
            int multiprocessors, const ModelConstants& constants) {
  const double bytes = bytes_of(product, tile, schedule);
  const double compute = compute_cycles(product, tile, schedule, multiprocessors, constants);
  const double memory = bytes / constants.rate;
  return std::max(compute, memory) + std::min(compute, memory) / 5;
}

ManyPlans::ManyPlans() { offer = {5, 40}; }
ManyPlans::~ManyPlans() { offer = {}; }

Plan plan_with(const Product& product, const TileConfig& tile, int splits, int multiprocessors) {
  Plan plan{tile, schedule_of(product, tile, splits, multiprocessors), 1};
  plan.clusters = std::min(plan.schedule.count(), std::max(1, multiprocessors / tile.cluster));
  return plan;
}

std::optional<Plan> plan_sharing(const Product& product, const TileConfig& tile,
                                 int multiprocessors) {
  if (product.shape.groups > 0 || !can_share(tile)) return std::nullopt;
  Plan plan{tile, schedule_of(product, tile, 1, multiprocessors), 1};
  Schedule& schedule = plan.schedule;
  plan.clusters = std::max(1, multiprocessors / tile.cluster);
  const int last_wave = schedule.tiles() % plan.clusters;
  if (last_wave == 0) return std::nullopt;
  const int shared = std::min(schedule.tiles(), last_wave + plan.clusters);
  const auto blocks = static_cast<std::int64_t>(shared) * schedule.k_blocks;
  const bool counted = blocks <= std::numeric_limits<std::int32_t>::max();  // as the device does
  if (!counted || blocks < plan.clusters) return std::nullopt;
  schedule.share(shared, plan.clusters);
  if (partials_bytes(schedule, tile) > kMostPartialsBytes) return std::nullopt;
  return plan;
}

std::vector<Plan> cheapest(const Product& product, int multiprocessors) {
  struct Estimated {
    double cycles;
    Plan plan;
  };
  const auto by_cycles = [](const Estimated& a, const Estimated& b) { return a.cycles < b.cycles; };
  std::vector<Estimated> all;
  for (const TileConfig& tile : kTiles) {
    if (!takes(tile, product)) continue;
    std::vector<Estimated> of_tile;
    for (int splits = 1; splits <= (product.shape.groups > 0 ? 1 : kMostSplits); ++splits) {
      const Plan plan = plan_with(product, tile, splits, multiprocessors);
      if (plan.schedule.splits < splits) break;
      if (partials_bytes(plan.schedule, tile) > kMostPartialsBytes) break;
      of_tile.push_back({cost(product, tile, plan.schedule, multiprocessors), plan});
    }
    if (const auto sharing = plan_sharing(product, tile, multiprocessors))
      of_tile.push_back({cost(product, tile, sharing->schedule, multiprocessors), *sharing});
    std::stable_sort(of_tile.begin(), of_tile.end(), by_cycles);
    of_tile.resize(std::min<std::size_t>(of_tile.size(), offer.of_one_tile));
    all.insert(all.end(), of_tile.begin(), of_tile.end());
  }
  std::stable_sort(all.begin(), all.end(), by_cycles);
  all.resize(std::min<std::size_t>(all.size(), offer.in_all));
  std::vector<Plan> plans;
  for (const Estimated& one : all) plans.push_back(one.plan);
  return plans;
}

Maps maps_of(const Product& product, const TileConfig& tile, const GemmPointers& matrices) {
  const auto& shape = product.shape;
  const int a_rows = tile.swapped ? tile.right / tile.cluster : tile.left;
  const int b_rows = tile.swapped ? tile.left : tile.right / tile.cluster;
  const TensorMapSpec a =
      operand_map(product.a, product.a_major, matrices.a, shape.m, shape.k, shape.batches, a_rows);
  const TensorMapSpec b = operand_map(product.b, product.b_major, matrices.b, shape.n, shape.k,
                                      shape.matrices(), b_rows);
  const TensorMapSpec c = output_map(product, tile, matrices.c);
  return tile.swapped ? Maps{b, a, c} : Maps{a, b, c};
}

std::string name_of(const TileConfig& tile) {
  return fmt::format("{}x{}{}{}", tile.left, tile.right, tile.swapped ? " swapped" : "",
                     tile.ping_pong ? " ping-pong" : "");
}

std::string describe(const Plan& plan) {
  const std::string shared = plan.schedule.shared == 0
                                 ? fmt::format("{} slices of K", plan.schedule.splits)
                                 : fmt::format("{} of {} tiles shared evenly", plan.schedule.shared,
                                               plan.schedule.tiles());
  return fmt::format("{}, cluster of {}, {} stages, {}, {} blocks", name_of(plan.tile),
                     plan.tile.cluster, plan.tile.stages, shared,
                     plan.clusters * plan.tile.cluster);
}

}  // namespace assay::sm90
