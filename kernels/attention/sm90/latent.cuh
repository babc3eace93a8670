// The decode step of multi-head latent attention on Hopper: each block of keys is brought once, by
// TMA, and is the operand of both products, because values are the first columns of keys.
#pragma once

#include <cuda.h>

#include <cstdint>

#include "device/cluster.cuh"
#include "device/launch.cuh"
#include "device/wgmma.cuh"
#include "kernels/attention/sm80/combine.cuh"
#include "kernels/attention/sm80/visible.cuh"
#include "kernels/attention/sm90/latent_problem.h"
#include "kernels/attention/softmax.cuh"
#include "kernels/hopper/operand_tile.cuh"
#include "kernels/hopper/ring.cuh"
#include "kernels/hopper/roles.cuh"
#include "kernels/hopper/store.cuh"

namespace assay::attention::sm90 {

template <class Element_, int kCluster_>
struct Latent {
  using Element = Element_;
  static constexpr int kCluster = kCluster_;
  using QueryTile = hopper::OperandTile<Element, device::Major::kK, kLatentRows, kLatentWidth>;
  using KeyTile = hopper::OperandTile<Element, device::Major::kK, kLatentKeys, kLatentWidth>;
  /// One consumer's columns of values, in the boxes of KeyTile.
  using ValueTile = hopper::OperandTile<Element, device::Major::kMn, kLatentColumns, kLatentKeys>;
  static_assert(ValueTile::kBoxBytes == KeyTile::kBoxBytes);
  using ExponentialTile = hopper::OperandTile<Element, device::Major::kK, kLatentRows, kLatentKeys>;
  using ExponentialBox = hopper::OutputBoxes<Element, kLatentKeys>;
  static_assert(ExponentialBox::kBytes == ExponentialTile::kBytes);

  using ScoreBlock = float[kLatentKeys / 2];
  using Fragments = std::uint32_t[ValueTile::kProducts][4];
  using Outputs = float[kLatentColumns / 2];
};

struct LatentRing : hopper::Ring<kLatentStages> {};
using LatentPosition = hopper::RingPosition<kLatentStages>;

template <class K>
struct LatentShared {
  alignas(1024) unsigned char queries[K::QueryTile::kBytes];
  alignas(1024) unsigned char keys[kLatentStages][K::KeyTile::kBytes];
  alignas(1024) unsigned char exponentials[K::ExponentialTile::kBytes];
  float factors[kLatentRows];  ///< Of the rows of the outputs.
  LatentRing ring;
};

// Between the first consumer and the second: exponentials and factors are there; they have been
// read.
inline constexpr int kFactorsReady = hopper::consumer_barrier(hopper::kMostConsumers);
inline constexpr int kFactorsRead = kFactorsReady + 1;
inline constexpr int kLatentComputing = kLatentConsumers * hopper::kWarpgroup;  ///< Threads.

/// One thread brings the queries with the first keys, and the block's part of the keys of every
/// step.
template <class K>
__device__ __forceinline__ void produce_latent(LatentShared<K>& shared, const CUtensorMap& q,
                                               const CUtensorMap& cache,
                                               const sm80::Arguments& arguments,
                                               const sm80::Work& work) {
  using KeyTile = typename K::KeyTile;
  const std::int32_t* table =
      arguments.arrays.table + std::int64_t{work.batch} * arguments.pages_a_sequence;
  const int page = arguments.cache.page;
  const int box_bytes = latent_box_keys(page) * hopper::kRowBytes;
  const int rank = K::kCluster == 1 ? 0 : static_cast<int>(device::cluster_rank());
  LatentPosition at;
  for (int step = work.steps.first; step < work.steps.last; ++step) {
    // Before the stage is free, so that the copies do not wait for the table.
    const LatentBoxes boxes =
        latent_boxes(table, page, tile_range(step, kLatentKeys, arguments.scores.keys));
    const bool is_first = step == work.steps.first;
    const int bytes =
        boxes.count * KeyTile::kBoxes * box_bytes + (is_first ? K::QueryTile::kBytes : 0);
    std::uint64_t* full = hopper::begin_stage(shared.ring, at, static_cast<std::uint32_t>(bytes));
    if (is_first) {
      hopper::load_tile<typename K::QueryTile>(shared.queries, q, work.rows.first, 0,
                                               {0, work.batch}, full);
    }
#pragma unroll
    for (int box = 0; box < kMostLatentBoxes; ++box) {
      if (box >= boxes.count) break;
#pragma unroll 1
      for (int i = first_columns(rank, box, K::kCluster); i < KeyTile::kBoxes; i += K::kCluster) {
        unsigned char* to = shared.keys[at.stage] + i * KeyTile::kBoxBytes + box * box_bytes;
        const int place[] = {i * KeyTile::kInRow, boxes.rows[box], 0, 0};
        if constexpr (K::kCluster == 1) {
          device::tensor_load(to, cache, place, full);
        } else {
          device::tensor_load_multicast(to, cache, place, full, (1U << K::kCluster) - 1);
        }
      }
    }
    at.advance();
  }
}

struct alignas(16) LatentChunk {
  std::uint32_t words[4];
};

/// Rows of a stage from `valid` on become zeros: what lies there belongs to no key, and may be NaN.
template <class K>
__device__ __forceinline__ void clear_rows(unsigned char* keys, int valid, int thread) {
  using KeyTile = typename K::KeyTile;
  constexpr int kInRow = hopper::kRowBytes / static_cast<int>(sizeof(LatentChunk));
  constexpr int kChunks = KeyTile::kBoxes * kInRow;
  for (int i = thread; i < (kLatentKeys - valid) * kChunks; i += hopper::kWarpgroup) {
    const int row = valid + i / kChunks, box = i % kChunks / kInRow;
    const int place = row * hopper::kRowBytes + i % kInRow * static_cast<int>(sizeof(LatentChunk));
    *reinterpret_cast<LatentChunk*>(keys + box * KeyTile::kBoxBytes + place) = {};
  }
  device::fence_proxy_async_shared();
  device::named_barrier_sync(hopper::consumer_barrier(0), hopper::kWarpgroup);
}

template <class K>
__device__ __forceinline__ void multiply_latent_keys(LatentShared<K>& shared, int stage,
                                                     typename K::ScoreBlock& scores) {
  using QueryTile = typename K::QueryTile;
  using KeyTile = typename K::KeyTile;
  const std::uint64_t queries = hopper::tile_descriptor<QueryTile>(shared.queries);
  const std::uint64_t keys = hopper::tile_descriptor<KeyTile>(shared.keys[stage]);
  device::wgmma_fence(scores);
#pragma unroll
  for (int i = 0; i < QueryTile::kProducts; ++i) {
    device::wgmma<typename K::Element>(scores,
                                       device::advanced(queries, QueryTile::product_offset(i)),
                                       device::advanced(keys, KeyTile::product_offset(i)), i > 0);
  }
  device::wgmma_commit();
  device::wgmma_wait<0>(scores);
}

/// The descriptor of a consumer's columns of values.
template <class K>
__device__ __forceinline__ std::uint64_t latent_values(LatentShared<K>& shared, int stage,
                                                       int consumer) {
  using ValueTile = typename K::ValueTile;
  return hopper::tile_descriptor<ValueTile>(shared.keys[stage] + consumer * ValueTile::kBytes);
}

/// Where in LatentShared::factors those of a thread's two rows are.
__device__ __forceinline__ int factor_place(int thread, int row) {
  return device::accumulator_position(thread, 2 * row).row;
}

/// Publishes the factors to the second consumer, and whatever was written before. All but the first
/// time, wait_until_factors_read() comes before what is written.
template <class K>
__device__ __forceinline__ void publish_factors(LatentShared<K>& shared, const float (&factor)[2],
                                                int thread) {
  if (thread % 4 == 0) {
#pragma unroll
    for (int row = 0; row < 2; ++row) shared.factors[factor_place(thread, row)] = factor[row];
  }
  device::named_barrier_arrive(kFactorsReady, kLatentComputing);
}

__device__ __forceinline__ void wait_until_factors_read() {
  device::named_barrier_sync(kFactorsRead, kLatentComputing);
}

template <class K>
__device__ __forceinline__ void read_factors(LatentShared<K>& shared, float (&factor)[2],
                                             int thread) {
  device::named_barrier_sync(kFactorsReady, kLatentComputing);
#pragma unroll
  for (int row = 0; row < 2; ++row) factor[row] = shared.factors[factor_place(thread, row)];
}

/// The first consumer: scores and exponentials of every step, and the first half of the columns.
/// Leaves outputs that are divided by their sums.
template <class K>
__device__ __forceinline__ void weigh(LatentShared<K>& shared, const sm80::Arguments& arguments,
                                      const sm80::Work& work, int thread,
                                      typename K::Outputs& outputs, Softmax& rows) {
  using Element = typename K::Element;
  using ValueTile = typename K::ValueTile;
  const VisibleColumns visible = sm80::visible_columns(arguments, work.rows.first, thread);
  const int plain = sm80::visible_keys_of(arguments, work.rows.first).last;
  float factor[2];
  LatentPosition at;
  for (int step = work.steps.first; step < work.steps.last; ++step) {
    const int key = step * kLatentKeys, valid = arguments.scores.keys - key;
    hopper::wait_stage(shared.ring, at);
    if (valid < kLatentKeys) clear_rows<K>(shared.keys[at.stage], valid, thread);
    typename K::ScoreBlock scores;
    multiply_latent_keys<K>(shared, at.stage, scores);
    if (key + kLatentKeys > plain) hide(scores, visible, key);
    exponentiate(scores, rows, arguments.scale_log2, factor);
    if (step != work.steps.first) wait_until_factors_read();
    hopper::write_box<typename K::ExponentialBox>(shared.exponentials, scores, 0, thread);
    device::fence_proxy_async_shared();
    publish_factors<K>(shared, factor, thread);
    typename K::Fragments exponentials;
    pack<Element>(exponentials, scores);
    scale_rows(outputs, factor);
    const std::uint64_t values = latent_values<K>(shared, at.stage, 0);
    device::wgmma_fence(outputs, exponentials);
#pragma unroll
    for (int i = 0; i < ValueTile::kProducts; ++i) {
      device::wgmma<Element, Element, ValueTile::kMajor>(
          outputs, exponentials[i], device::advanced(values, ValueTile::product_offset(i)), true);
    }
    device::wgmma_commit();
    device::wgmma_wait<0>(outputs);
    hopper::release_stage<K::kCluster>(shared.ring, at.stage, thread);
    at.advance();
  }
  finish(rows, factor);
  wait_until_factors_read();
  publish_factors<K>(shared, factor, thread);
  scale_rows(outputs, factor);
}

/// The second consumer: the other half of the columns.
template <class K>
__device__ __forceinline__ void add_weighed(LatentShared<K>& shared, const sm80::Work& work,
                                            int thread, typename K::Outputs& outputs) {
  using Element = typename K::Element;
  using ValueTile = typename K::ValueTile;
  using ExponentialTile = typename K::ExponentialTile;
  const std::uint64_t exponentials = hopper::tile_descriptor<ExponentialTile>(shared.exponentials);
  float factor[2];
  LatentPosition at;
  for (int step = work.steps.first; step < work.steps.last; ++step) {
    read_factors<K>(shared, factor, thread);
    scale_rows(outputs, factor);
    const std::uint64_t values = latent_values<K>(shared, at.stage, 1);
    device::wgmma_fence(outputs);
#pragma unroll
    for (int i = 0; i < ValueTile::kProducts; ++i) {
      device::wgmma<Element, Element, device::Major::kK, ValueTile::kMajor>(
          outputs, device::advanced(exponentials, ExponentialTile::product_offset(i)),
          device::advanced(values, ValueTile::product_offset(i)), true);
    }
    device::wgmma_commit();
    device::wgmma_wait<0>(outputs);
    device::named_barrier_arrive(kFactorsRead, kLatentComputing);
    hopper::release_stage<K::kCluster>(shared.ring, at.stage, thread);
    at.advance();
  }
  read_factors<K>(shared, factor, thread);
  scale_rows(outputs, factor);
}

/// A consumer's columns: rounded to O, or as they are to the partial results of a split.
template <class K>
__device__ __forceinline__ void store_columns(const sm80::Arguments& arguments,
                                              const sm80::Work& work, int consumer, int thread,
                                              const typename K::Outputs& outputs) {
  constexpr int kPairs = kLatentColumns / 2;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const int row = factor_place(thread, i);
    if (row >= work.rows.size()) continue;
    if (arguments.splits == 1) {
      const std::int64_t place =
          sm80::place_of(arguments, work, work.rows.first + row).row * kLatentConsumers + consumer;
      auto* to = static_cast<std::uint32_t*>(arguments.arrays.output) + place * kPairs;
#pragma unroll
      for (int j = 2 * i; j < kPairs; j += 4) {
        to[device::accumulator_position(thread, j).column / 2] =
            hopper::pack_pair<typename K::Element>(outputs[j], outputs[j + 1]);
      }
    } else {
      sm80::Pair* to =
          sm80::PartialRow<kLatentValueWidth>(arguments, work, work.split, row, kLatentRows)
              .outputs +
          consumer * kPairs;
#pragma unroll
      for (int j = 2 * i; j < kPairs; j += 4) {
        to[device::accumulator_position(thread, j).column / 2] = {outputs[j], outputs[j + 1]};
      }
    }
  }
}

__device__ __forceinline__ void store_log_sum_exps(const sm80::Arguments& arguments,
                                                   const sm80::Work& work, int thread,
                                                   const Softmax& rows) {
  if (thread % 4 != 0) return;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const int row = factor_place(thread, i);
    if (row >= work.rows.size()) continue;
    float* to =
        arguments.splits == 1
            ? arguments.arrays.log_sum_exp +
                  sm80::place_of(arguments, work, work.rows.first + row).log_sum_exp
            : sm80::PartialRow<kLatentValueWidth>(arguments, work, work.split, row, kLatentRows)
                  .log_sum_exp;
    *to = log_sum_exp(rows, i, arguments.scale);
  }
}

template <class K>
__global__ void __launch_bounds__(hopper::threads(kLatentConsumers), 1)
    latent_decode(const __grid_constant__ CUtensorMap q, const __grid_constant__ CUtensorMap cache,
                  const __grid_constant__ sm80::Arguments arguments) {
  static_assert(sizeof(LatentShared<K>) <= hopper::kMostShared);
  auto& shared = *static_cast<LatentShared<K>*>(device::dynamic_smem());
  hopper::prefetch_tensor_maps(q, cache);
  const sm80::Work work = sm80::work_at(arguments, device::block_index().x, kLatentRows);
  hopper::share_barriers<K::kCluster>(
      [&] { hopper::make_ring(shared.ring, kLatentConsumers * K::kCluster); });
  hopper::split_roles<kLatentConsumers, kLatentProducerRegisters>(
      [&] {
        if (device::thread_index().x != 0) return;
        produce_latent<K>(shared, q, cache, arguments, work);
      },
      [&](int consumer, int thread) {
        typename K::Outputs outputs;
#pragma unroll
        for (float& output : outputs) output = 0;
        if (consumer == 0) {
          Softmax rows;
          weigh<K>(shared, arguments, work, thread, outputs, rows);
          store_log_sum_exps(arguments, work, thread, rows);
        } else {
          add_weighed<K>(shared, work, thread, outputs);
        }
        store_columns<K>(arguments, work, consumer, thread, outputs);
      });
  hopper::leave_cluster<K::kCluster>();
}

inline constexpr int kCombineThreads = 128;

/// Combines the partial results of each row, a warp each: of a few tiles with many splits they are
/// megabytes, too much for one block of each tile.
template <class Element>
__global__ void __launch_bounds__(kCombineThreads)
    combine_latent(const __grid_constant__ sm80::Arguments arguments) {
  const int lane = static_cast<int>(device::lane_index());
  const std::int64_t number = std::int64_t{device::block_index().x} * (kCombineThreads / 32) +
                              static_cast<int>(device::warp_index());
  const int rows = arguments.rows();
  const std::int64_t batch = number / rows;
  if (batch >= arguments.heads) return;
  const int row = static_cast<int>(number % rows), row_tile = row / kLatentRows;
  const sm80::Work work{
      static_cast<int>(batch), 0, batch * arguments.row_tiles + row_tile, 0, {}, {}};
  const sm80::PartialRow<kLatentValueWidth> first(arguments, work, 0, row % kLatentRows,
                                                  kLatentRows);
  const auto combined = sm80::combine<kLatentValueWidth>(
      {&first.outputs->low, first.log_sum_exp, std::int64_t{kLatentRows} * kLatentValueWidth,
       kLatentRows, arguments.splits},
      lane);
  sm80::store_row<Element>(arguments, work, row, combined, lane);
}

}  // namespace assay::attention::sm90
