// Which shapes a sweep measures, and its CSV file: a line a plan.
#include "kernels/gemm/sm90/sweep.h"

#include <fmt/format.h>

#include <cstdio>
#include <sstream>

#include "harness/core/error.h"

namespace assay::sm90 {
namespace {

constexpr const char* kHeading =
    "m,n,k,multiprocessors,left,right,consumers,stages,cluster,swapped,ping_pong,splits,shares,"
    "took_s,model_cycles";

TimedPlan plan_of_line(const std::string& line, std::size_t number) {
  TimedPlan one;
  TileConfig tile{};
  int swapped = 0, ping_pong = 0, splits = 0, shares = 0, read = 0;
  const int fields = std::sscanf(
      line.c_str(), "%ld,%ld,%ld,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%lf,%n", &one.shape.m, &one.shape.n,
      &one.shape.k, &one.multiprocessors, &tile.left, &tile.right, &tile.consumers, &tile.stages,
      &tile.cluster, &swapped, &ping_pong, &splits, &shares, &one.took_s, &read);
  tile.swapped = swapped != 0;
  tile.ping_pong = ping_pong != 0;
  const bool is_plan = fields == 14 && read > 0 && one.shape.m > 0 && one.shape.n > 0 &&
                       one.shape.k > 0 && one.multiprocessors > 0 && splits > 0 && one.took_s > 0 &&
                       tile.consumers > 0 && tile_fault(tile) == nullptr;
  if (!is_plan) {
    throw Error(
        fmt::format("line {} of the sweep is no timed plan: give a file that `assay tune` "
                    "wrote",
                    number));
  }
  const Product product = swept_product(one.shape);
  one.plan = plan_with(product, tile, splits, one.multiprocessors);
  if (shares == 0) return one;
  const std::optional<Plan> sharing = plan_sharing(product, tile, one.multiprocessors);
  if (!sharing)
    throw Error(fmt::format("line {} of the sweep shares tiles that fill every wave", number));
  one.plan = *sharing;
  return one;
}

}  // namespace

std::vector<GemmShape> swept_shapes() {
  struct Weights {
    std::int64_t n, k;
  };
  std::vector<GemmShape> shapes = {{8192, 8192, 8192}, {4096, 4096, 4096}};
  // Of Llama-3 8B and 70B, DeepSeek-V3; the last for short K.
  for (const Weights& weights :
       {Weights{8192, 8192}, Weights{28672, 4096}, Weights{7168, 2048}, Weights{4096, 14336},
        Weights{2112, 7168}, Weights{10240, 8192}, Weights{24576, 1536}, Weights{32768, 512}}) {
    for (const std::int64_t m : {8, 64, 256, 4096}) shapes.push_back({m, weights.n, weights.k});
  }
  for (const std::int64_t size : {1024, 2048, 6144, 16384}) shapes.push_back({size, size, size});
  shapes.push_back({128, 8192, 28672});
  shapes.push_back({1, 16384, 16384});
  return shapes;
}

std::string sweep_csv(const std::vector<TimedPlan>& timed) {
  std::string text = std::string(kHeading) + "\n";
  for (const TimedPlan& one : timed) {
    const TileConfig& tile = one.plan.tile;
    text += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{:.6g},{:.0f}\n", one.shape.m, one.shape.n,
        one.shape.k, one.multiprocessors, tile.left, tile.right, tile.consumers, tile.stages,
        tile.cluster, tile.swapped ? 1 : 0, tile.ping_pong ? 1 : 0, one.plan.schedule.splits,
        one.plan.schedule.shared > 0 ? 1 : 0, one.took_s,
        cost(swept_product(one.shape), tile, one.plan.schedule, one.multiprocessors));
  }
  return text;
}

std::vector<TimedPlan> sweep_from_csv(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  if (!std::getline(lines, line) || line != kHeading)
    throw Error("this is no sweep: its first line is not that of a file that `assay tune` wrote");
  std::vector<TimedPlan> timed;
  while (std::getline(lines, line)) timed.push_back(plan_of_line(line, timed.size() + 2));
  return timed;
}

}  // namespace assay::sm90
