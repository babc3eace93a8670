// One case of the ladder that the emulator has computed and a GPU shall compute again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::gpu {

/// A product is M x N x K; what only moves an M x N matrix has K = 0.
struct LadderShape {
  int m = 0;
  int n = 0;
  int k = 0;
};

inline constexpr std::string_view kIntegers = "integers";
inline constexpr std::string_view kRandom = "random";

using Bytes = std::vector<std::byte>;

struct LadderCase {
  std::string variant;  ///< A kernel and its configuration, see ladder_variants.cuh.
  std::string dtype;    ///< f32 or bf16, of every array.
  LadderShape shape;
  int blocks = 1;
  std::string data;  ///< kIntegers or kRandom.
  Bytes a;           ///< M x K, or the M x N that is moved.
  Bytes b;           ///< N x K; empty where there is no product.
  Bytes c;           ///< M x N (the transpose: N x M): what the emulator computed.

  bool is_product() const { return shape.k > 0; }
  std::size_t element_bytes() const { return dtype == "bf16" ? 2 : 4; }
  std::size_t bytes(int rows, int columns) const {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) * element_bytes();
  }
  std::size_t bytes_a() const { return bytes(shape.m, is_product() ? shape.k : shape.n); }
  std::size_t bytes_b() const { return is_product() ? bytes(shape.n, shape.k) : 0; }
  std::size_t bytes_c() const { return bytes(shape.m, shape.n); }

  /// As the other cases of Assay are called, e.g. `tma_copy.f32.rows8/m109_n32 integers`.
  std::string name() const {
    std::string words = variant + "/m" + std::to_string(shape.m) + "_n" + std::to_string(shape.n);
    if (is_product()) words += "_k" + std::to_string(shape.k);
    return words + " " + data;
  }
};

}  // namespace assay::gpu
