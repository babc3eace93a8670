// How the Hopper kernels take a product: which tile configuration, how many slices of K, which
// tensor maps; or why they cannot. Host code without CUDA.
//
// The model ranks all configurations and split counts, in clock cycles of one multiprocessor. The
// cheapest are then timed on the device before anything is measured, as cuBLASLt's candidates are:
// the model only has to have the best among them.
//
//   step      one stage of one tile: the larger of
//               left / 64 * 4 * max(right / 2, 16 + right / 4)    wgmma: tensor core, or reading A
//               (left + right / cluster) * 128 / fill             L2 to shared memory
//   tile      start + (K blocks of a slice) * step + left * right * (bytes of C) / fill
//             with splits also: writing one slice, reading all, waiting for the others
//   waves     work / clusters, rounded up
//   compute   waves * tile; with ping-pong the first tile, and for each later one the longer of its
//             products and half of all that becomes of a tile
//             with stream-K the waves of whole tiles, and the steps of one cluster's stretch with
//             what becomes of two tiles: two parts written, those of one tile read
//   memory    (A + B + C + partials, in bytes) / rate
//   cost      max(compute, memory) + min(compute, memory) / 5
//
// wgmma m64nNk(32 bytes) takes N / 2 cycles at the tensor core's rate; it reads 2 KiB of A and
// 32 N bytes of B from shared memory at 128 B a cycle, which is why N below 64 starves. `fill` is
// L2's 6154 B a cycle shared by the blocks that run, at most 64 each; `rate` is 2400 B a cycle
// (4.1 TB/s at 1.7 GHz). The last term prefers, of two plans that wait for memory alike, the one
// that has multiprocessors to spare. Of groups the model knows the mean: it takes them for batches
// of m / groups rows, and never splits K.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/device/element.h"
#include "kernels/device/tensor_map.h"
#include "kernels/gemm/problem.h"
#include "kernels/gemm/sm90/problem.h"

namespace assay::sm90 {

/// C[b] = A[b] B[b] for all batches, A being M x K, B K x N, C M x N row-major, all dense; or
/// C = A B[g] in the rows of each group g.
struct Product {
  GemmShape shape;
  device::TensorElement a = device::TensorElement::kBf16;
  device::TensorElement b = device::TensorElement::kBf16;
  device::TensorElement c = device::TensorElement::kBf16;
  device::Major a_major = device::Major::kK;   ///< kMn: column-major.
  device::Major b_major = device::Major::kMn;  ///< kK: column-major, as weights are stored.
};

struct Plan {
  TileConfig tile = kTiles[0];
  Schedule schedule;
  int clusters = 1;  ///< That the launch has.
};

/// Of the workspace. Stream-K's largest tiles take 33 MiB on 132 multiprocessors; cuBLASLt is given
/// 32, as its manual asks for on Hopper.
inline constexpr std::int64_t kMostPartialsBytes = 34 << 20;
inline constexpr int kMostSplits = 16;

/// Why these kernels cannot take the product, or nothing.
std::optional<std::string> refusal(const Product& product);

/// Whether a configuration can take the product at all.
bool takes(const TileConfig& tile, const Product& product);

/// The pieces of the product under a configuration; `splits` is cut to the blocks of K.
Schedule schedule_of(const Product& product, const TileConfig& tile, int splits,
                     int multiprocessors);

/// The model's estimate of a plan, in cycles.
double cost(const Product& product, const TileConfig& tile, const Schedule& schedule,
            int multiprocessors);

inline constexpr int kMostCandidates = 10;
inline constexpr int kMostOfOneTile = 3;  ///< Split counts; neighbours cost about the same.

/// The plans of least cost, the cheapest first, of a product that is not refused.
std::vector<Plan> cheapest(const Product& product, int multiprocessors);

/// A plan with this configuration, which need not be listed, and this many splits.
Plan plan_with(const Product& product, const TileConfig& tile, int splits, int multiprocessors);

/// A plan whose clusters share the tiles of the last wave evenly, and with them those of the wave
/// before (stream-K): so that nobody's stretch is shorter than a tile where there are enough. Or
/// nothing, where whole tiles fill every wave, rows fall to groups, or the kernels of this tile
/// never share.
std::optional<Plan> plan_sharing(const Product& product, const TileConfig& tile,
                                 int multiprocessors);

/// The tensor maps of a launch, by side in wgmma; addresses are A's, B's and C's.
struct Maps {
  device::TensorMapSpec left, right, c;
};
Maps maps_of(const Product& product, const TileConfig& tile, const GemmPointers& matrices);

/// "128x256", "128x8 swapped", "128x128 ping-pong".
std::string name_of(const TileConfig& tile);
/// "128x256, cluster of 2, 4 stages, 1 slice of K": what a result records.
std::string describe(const Plan& plan);

}  // namespace assay::sm90
