// What the backward kernel on Hopper is made of: its tiles, its registers and its shared memory.
#pragma once

#include <cuda.h>

#include <cstdint>

#include "device/launch.cuh"
#include "kernels/attention/sm90/backward_problem.h"
#include "kernels/hopper/operand_tile.h"
#include "kernels/hopper/output_box.h"
#include "kernels/hopper/ring.cuh"

namespace assay::attention::sm90 {

/// Scores are computed transposed, S^T = K Q^T: a warpgroup has 64 keys in its rows, and P^T and
/// dS^T in its registers are the left operands of dV and dK. `kOrdered`: blocks add to dQ in one
/// order, so that repeated runs give the same bits.
template <class Element_, int kWidth_, bool kOrdered_ = false>
struct Backward {
  using Element = Element_;
  static constexpr int kWidth = kWidth_;
  static constexpr bool kOrdered = kOrdered_;
  static constexpr int kConsumers = 2, kStages = 2;
  static constexpr int kProducerRegisters = 24;
  static_assert(kBackwardKeys == 64 * kConsumers);
  static_assert(kWidth == 64 || kWidth == 128);

  // Tiles as TMA brings them, and the same bytes as operands whose rows and columns change places.
  using KeyTile = hopper::OperandTile<Element, device::Major::kK, kBackwardKeys, kWidth>;
  using KeyColumns = hopper::OperandTile<Element, device::Major::kMn, kWidth, kBackwardKeys>;
  using QueryTile = hopper::OperandTile<Element, device::Major::kK, kBackwardQueries, kWidth>;
  using QueryColumns = hopper::OperandTile<Element, device::Major::kMn, kWidth, kBackwardQueries>;
  static_assert(KeyTile::kBytes == KeyColumns::kBytes);
  static_assert(QueryTile::kBytes == QueryColumns::kBytes);
  // dS as dQ reads it: rows of 64 queries, one for each key.
  using ScoreTile =
      hopper::OperandTile<Element, device::Major::kMn, kBackwardQueries, kBackwardKeys>;

  using ScoreBlock = float[kBackwardQueries / 2];
  using Fragments = std::uint32_t[kBackwardQueries / 16][4];
  using Gradients = float[kWidth / 2];
  using GradientBoxes = hopper::OutputBoxes<Element, kWidth>;
  /// 64 queries x 64 columns. At a width of 128 each warpgroup takes half of the columns; at 64
  /// they take turns.
  using QueryGradients = float[32];
  using QueryGradientBoxes = hopper::OutputBoxes<float, 64>;
  static constexpr bool kSharesColumns = kWidth == 128;
  /// Warpgroups of a block that add to dQ of one step.
  static constexpr std::uint32_t kAdders = kSharesColumns ? 2 : 1;
  static_assert(GradientBoxes::kBytes == QueryGradientBoxes::kBytes);
};

// A type for each ring: the emulator deletes the calls of each by themselves.
struct KeyBlockRing : hopper::Ring<1> {};
struct BackwardQueryRing : hopper::Ring<2> {};
struct OutputGradientRing : hopper::Ring<2> {};

struct BackwardPositions {
  hopper::RingPosition<1> keys;
  hopper::RingPosition<2> steps;  ///< Of queries and of output gradients.
};

template <class K>
struct BackwardShared {
  alignas(1024) unsigned char keys[K::KeyTile::kBytes];
  alignas(1024) unsigned char values[K::KeyTile::kBytes];
  alignas(1024) unsigned char queries[K::kStages][K::QueryTile::kBytes];
  alignas(1024) unsigned char output_gradients[K::kStages][K::QueryTile::kBytes];
  /// Two, so that one warpgroup may write the next while another's product still reads this one.
  alignas(1024) unsigned char score_gradients[K::kStages][K::ScoreTile::kBytes];
  alignas(1024) unsigned char out[K::kConsumers][2][K::GradientBoxes::kBytes];
  alignas(16) float log_sum_exp[K::kStages][kBackwardQueries];
  alignas(16) float output_sum[K::kStages][kBackwardQueries];
  KeyBlockRing key_ring;
  BackwardQueryRing query_ring;
  OutputGradientRing gradient_ring;
};

/// The tensor maps, each [batch, position, head, width].
struct BackwardMaps {
  CUtensorMap q, k, v, output_gradient;
  CUtensorMap dq;  ///< In f32.
  CUtensorMap dk, dv;
};

}  // namespace assay::attention::sm90
