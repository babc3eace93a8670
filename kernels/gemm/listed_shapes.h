// The shapes that GEMM is judged by; profile gemm-full and scripts/gemm_gates.py have the same.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/gemm/problem.h"

namespace assay {

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

}  // namespace assay
