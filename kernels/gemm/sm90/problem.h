// The arguments of a launch of the Hopper kernels except tensor maps, and the types of a product.
#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/device/element.h"
#include "kernels/gemm/sm90/schedule.h"
#include "kernels/gemm/sm90/tile.h"

namespace assay::sm90 {

/// The types and layouts of a product, by side in wgmma. An operand is K-major when K is
/// contiguous; only 16-bit elements can be otherwise.
template <class Left_, class Right_, class Output_, device::Major kLeftMajor_,
          device::Major kRightMajor_>
struct Operands {
  using Left = Left_;
  using Right = Right_;
  using Output = Output_;
  using Accumulator = std::conditional_t<std::is_same_v<Left, std::int8_t>, std::int32_t, float>;
  static constexpr device::Major kLeftMajor = kLeftMajor_;
  static constexpr device::Major kRightMajor = kRightMajor_;
  static_assert(sizeof(Left) == sizeof(Right));
};

/// C = alpha scale_a scale_b A B + beta C.
struct Arguments {
  Schedule schedule;
  float alpha = 1;
  float beta = 0;
  const float* scale_a = nullptr;  ///< On the device; nullptr: 1.
  const float* scale_b = nullptr;
  /// C once more, for what beta reads and for the last rows of groups: row-major, rows x columns,
  /// batches one after the other.
  void* c = nullptr;
  int rows = 0;
  int columns = 0;
  /// With tiles of several parts: each part's accumulators, and how many parts of a tile are done
  /// (zero before and after).
  void* partials = nullptr;
  std::uint32_t* arrivals = nullptr;
  /// With groups: where the rows of each begin, and the end; on the device.
  const std::int32_t* group_begins = nullptr;
};

/// What a launch with this schedule needs of both.
constexpr std::int64_t partials_bytes(const Schedule& schedule, const TileConfig& tile) {
  return static_cast<std::int64_t>(schedule.places()) * tile.cluster * tile.left * tile.right * 4;
}
constexpr std::int64_t arrivals_bytes(const Schedule& schedule, const TileConfig& tile) {
  return static_cast<std::int64_t>(schedule.tiles_in_parts()) * tile.cluster * sharers(tile) * 4;
}

}  // namespace assay::sm90
