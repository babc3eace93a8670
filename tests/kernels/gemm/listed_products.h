// The shapes that the issue lists, and ragged ones; the profile gemm-full is held to the same list.
#pragma once

#include <vector>

#include "kernels/gemm/problem.h"

namespace assay::sm90 {

struct Projection {
  std::int64_t n, k;
};

/// Weights of Llama-3 8B, 70B, 405B (QKV, output, gate and up, down) and of DeepSeek-V3 (query and
/// key-value down, query up, key-value up, output, dense MLP, shared and routed experts).
inline std::vector<Projection> listed_projections() {
  return {{6144, 4096},    {4096, 4096},   {28672, 4096}, {4096, 14336},  {10240, 8192},
          {8192, 8192},    {57344, 8192},  {8192, 28672}, {18432, 16384}, {16384, 16384},
          {106496, 16384}, {16384, 53248}, {2112, 7168},  {24576, 1536},  {32768, 512},
          {7168, 16384},   {36864, 7168},  {7168, 18432}, {4096, 7168},   {7168, 2048}};
}

inline constexpr std::int64_t kListedRows[] = {1, 8, 64, 128, 256, 4096, 8192};

inline std::vector<GemmShape> squares() {
  std::vector<GemmShape> shapes;
  for (std::int64_t size = 1024; size <= 16384; size *= 2) shapes.push_back({size, size, size});
  return shapes;
}

inline std::vector<GemmShape> listed_shapes() {
  std::vector<GemmShape> shapes = squares();
  for (const Projection& weights : listed_projections()) {
    for (const std::int64_t m : kListedRows) shapes.push_back({m, weights.n, weights.k});
  }
  return shapes;
}

/// The routed experts of DeepSeek-V3 that one of eight devices holds: tokens fall to 32 of them.
inline std::vector<GemmShape> listed_experts() {
  std::vector<GemmShape> shapes;
  for (const Projection& weights : {Projection{4096, 7168}, Projection{7168, 2048}}) {
    for (const std::int64_t m : kListedRows) shapes.push_back({m, weights.n, weights.k, 1, 32});
  }
  return shapes;
}

/// All a multiple of 8 in N and K, as 16-byte rows of 16-bit elements ask for.
inline std::vector<GemmShape> ragged_shapes() {
  return {{1, 8, 8},     {1, 1000, 520},  {7, 264, 72},     {65, 200, 136},
          {129, 128, 8}, {257, 520, 200}, {1031, 264, 136}, {300, 1032, 1096}};
}

}  // namespace assay::sm90
