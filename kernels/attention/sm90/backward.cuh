// The backward pass on Hopper: warp-specialised, persistent, fed by TMA, multiplied by wgmma. A
// block of keys stays while blocks of queries go by; dQ is added to in memory.
#pragma once

#include <cuda.h>

#include <cstdint>

#include "device/fence.cuh"
#include "device/launch.cuh"
#include "device/matrix.cuh"
#include "device/wgmma.cuh"
#include "kernels/attention/sm90/backward_problem.h"
#include "kernels/attention/sm90/backward_shared.cuh"
#include "kernels/attention/sm90/backward_store.cuh"
#include "kernels/attention/softmax.cuh"
#include "kernels/hopper/operand_tile.cuh"
#include "kernels/hopper/ring.cuh"
#include "kernels/hopper/roles.cuh"
#include "kernels/hopper/store.cuh"

namespace assay::attention::sm90 {

/// Calls `one` with each piece of work of this block.
template <class K, class Do>
__device__ __forceinline__ void for_all_key_work(const BackwardArguments& arguments,
                                                 const Do& one) {
  const auto count = static_cast<unsigned>(arguments.order.count());
  for (unsigned i = device::block_index().x; i < count; i += device::grid_size().x) {
    one(key_work_at(arguments, i, K::kOrdered));
  }
}

/// Calls `one` with the query head and the block of queries of each step.
template <class Do>
__device__ __forceinline__ void for_all_steps(const BackwardArguments& arguments,
                                              const KeyWork& work, const Do& one) {
  const int first_head = work.key_head * arguments.group;
  for (int head = first_head; head < first_head + arguments.group; ++head) {
    for (int block = work.steps.first; block < work.steps.last; ++block) one(head, block);
  }
}

/// One thread fills the rings.
template <class K>
__device__ __forceinline__ void produce_backward(BackwardShared<K>& shared,
                                                 const BackwardMaps& maps,
                                                 const BackwardArguments& arguments) {
  using QueryTile = typename K::QueryTile;
  constexpr std::uint32_t kRowBytes = kBackwardQueries * sizeof(float);
  BackwardPositions at;
  const int padded = padded_queries(arguments.scores.queries);
  for_all_key_work<K>(arguments, [&](const KeyWork& work) {
    if (work.steps.count() == 0) return;
    std::uint64_t* full = hopper::begin_stage(shared.key_ring, at.keys, 2 * K::KeyTile::kBytes);
    hopper::load_tile<typename K::KeyTile>(shared.keys, maps.k, work.first_key, 0,
                                           {work.key_head, work.batch}, full);
    hopper::load_tile<typename K::KeyTile>(shared.values, maps.v, work.first_key, 0,
                                           {work.key_head, work.batch}, full);
    at.keys.advance();
    for_all_steps(arguments, work, [&](int head, int block) {
      const int query = block * kBackwardQueries, stage = at.steps.stage;
      const std::int64_t row =
          (static_cast<std::int64_t>(work.batch) * arguments.query_heads() + head) * padded + query;
      // The consumers are done with a stage of dO before they are with one of Q.
      full = hopper::begin_stage(shared.gradient_ring, at.steps, QueryTile::kBytes + kRowBytes);
      hopper::load_tile<QueryTile>(shared.output_gradients[stage], maps.output_gradient, query, 0,
                                   {head, work.batch}, full);
      device::bulk_load(shared.output_sum[stage], arguments.output_sum + row, kRowBytes, full);
      full = hopper::begin_stage(shared.query_ring, at.steps, QueryTile::kBytes + kRowBytes);
      hopper::load_tile<QueryTile>(shared.queries[stage], maps.q, query, 0, {head, work.batch},
                                   full);
      device::bulk_load(shared.log_sum_exp[stage], arguments.log_sum_exp + row, kRowBytes, full);
      at.steps.advance();
    });
  });
}

/// Before products over these registers. For dQ it tells only the compiler: the hardware's fence is
/// that of dV, since when nothing was waited for.
template <class... Registers>
__device__ __forceinline__ void fence_products(Registers&... registers) {
  device::wgmma_fence(registers...);
}

/// Starts the product of a warpgroup's 64 rows of `keys` with a tile of queries, transposed.
template <class K>
__device__ __forceinline__ void start_score_product(const unsigned char* keys,
                                                    const unsigned char* queries, int consumer,
                                                    typename K::ScoreBlock& scores) {
  using KeyTile = typename K::KeyTile;
  using QueryTile = typename K::QueryTile;
  const std::uint64_t a =
      hopper::tile_descriptor<KeyTile>(keys + KeyTile::mn_offset(consumer * 64));
  const std::uint64_t b = hopper::tile_descriptor<QueryTile>(queries);
  fence_products(scores);
#pragma unroll
  for (int i = 0; i < KeyTile::kProducts; ++i) {
    device::wgmma<typename K::Element>(scores, device::advanced(a, KeyTile::product_offset(i)),
                                       device::advanced(b, QueryTile::product_offset(i)), i > 0);
  }
  device::wgmma_commit();
}

/// Starts adding P^T or dS^T times a tile of queries to dV or dK.
template <class K>
__device__ __forceinline__ void start_key_gradients(typename K::Fragments& scores,
                                                    const unsigned char* queries,
                                                    typename K::Gradients& gradients) {
  using Element = typename K::Element;
  using Columns = typename K::QueryColumns;
  const std::uint64_t b = hopper::tile_descriptor<Columns>(queries);
  fence_products(gradients, scores);
#pragma unroll
  for (int i = 0; i < Columns::kProducts; ++i) {
    device::wgmma<Element, Element, device::Major::kMn>(
        gradients, scores[i], device::advanced(b, Columns::product_offset(i)), true);
  }
  device::wgmma_commit();
}

/// Starts dS K for the 64 columns from `column` on.
template <class K>
__device__ __forceinline__ void start_query_gradients(const unsigned char* score_gradients,
                                                      const unsigned char* keys, int column,
                                                      typename K::QueryGradients& gradients) {
  using Element = typename K::Element;
  using ScoreTile = typename K::ScoreTile;
  using Columns = typename K::KeyColumns;
  constexpr device::Major kMn = device::Major::kMn;
  const std::uint64_t a = hopper::tile_descriptor<ScoreTile>(score_gradients);
  const std::uint64_t b = hopper::tile_descriptor<Columns>(keys + Columns::mn_offset(column));
  fence_products(gradients);
#pragma unroll
  for (int i = 0; i < ScoreTile::kProducts; ++i) {
    device::wgmma<Element, Element, kMn, kMn>(
        gradients, device::advanced(a, ScoreTile::product_offset(i)),
        device::advanced(b, Columns::product_offset(i)), i > 0);
  }
  device::wgmma_commit();
}

/// Two values of neighbouring queries.
struct alignas(8) QueryPair {
  float of[2];
};

/// Calls `one` with each accumulator's number and the value of its query, which is its column.
template <class Do>
__device__ __forceinline__ void with_query_values(const float (&values)[kBackwardQueries],
                                                  int thread, const Do& one) {
  const auto* pairs = reinterpret_cast<const QueryPair*>(values) + thread % 4;
#pragma unroll
  for (int i = 0; i < kBackwardQueries / 8; ++i) {
    const QueryPair pair = pairs[4 * i];
#pragma unroll
    for (int j = 0; j < 4; ++j) one(4 * i + j, pair.of[j % 2]);
  }
}

/// The queries that attend to the keys of a thread's two rows, from its first column on.
__device__ __forceinline__ VisibleColumns visible_query_columns(const Scores& scores, int key,
                                                                int thread) {
  VisibleColumns columns;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const device::Position at = device::accumulator_position(thread, 2 * i);
    // A key past the last has no scores, whose exponentials might be infinite.
    const Range queries =
        key + at.row < scores.keys ? visible_queries(scores, key + at.row) : Range{};
    columns.of[i] = {queries.first - at.column, queries.last - at.column};
  }
  return columns;
}

/// Scores become probabilities.
template <int kCount>
__device__ __forceinline__ void make_probabilities(float (&scores)[kCount],
                                                   const float (&log_sum_exp)[kBackwardQueries],
                                                   float scale_log2, int thread) {
  with_query_values(log_sum_exp, thread, [&](int i, float sum) {
    scores[i] = device::exp2_approx(scores[i] * scale_log2 - sum);
  });
}

/// dP becomes dS.
template <int kCount>
__device__ __forceinline__ void make_score_gradients(float (&dp)[kCount],
                                                     const float (&probabilities)[kCount],
                                                     const float (&output_sum)[kBackwardQueries],
                                                     int thread) {
  with_query_values(output_sum, thread,
                    [&](int i, float sum) { dp[i] = probabilities[i] * (dp[i] - sum); });
}

/// A warpgroup's part of dS^T into shared memory; on return that of all is there, for wgmma to
/// read.
template <class K>
__device__ __forceinline__ void share_score_gradients(unsigned char* to,
                                                      const typename K::Fragments& gradients,
                                                      int consumer, int thread) {
  constexpr int kBarrier = hopper::consumer_barrier(hopper::kMostConsumers);
  // A fragment holds 16 queries of 16 keys as 8x8 matrices: keys 0 and 8 on of the first 8 queries,
  // then of the other 8. Each lane has the address of a matrix's row.
  const int lane = thread % 32;
  const int key = consumer * 64 + thread / 32 * 16 + lane % 16;
  const auto row = static_cast<std::uint32_t>(key * hopper::kRowBytes + lane / 16 * 16);
#pragma unroll
  for (int i = 0; i < kBackwardQueries / 16; ++i) {
    device::stmatrix(to + device::swizzled(device::Swizzle::k128, row + 32 * i), gradients[i]);
  }
  device::fence_proxy_async_shared();
  device::named_barrier_sync(kBarrier, K::kConsumers * hopper::kWarpgroup);
}

/// One warpgroup's 64 keys of a block that some query attends to: dK without its scale, and dV.
template <class K>
__device__ __forceinline__ void differentiate(BackwardShared<K>& shared, const BackwardMaps& maps,
                                              const BackwardArguments& arguments,
                                              const KeyWork& work, int consumer, int thread,
                                              BackwardPositions& at, typename K::Gradients& dk,
                                              typename K::Gradients& dv) {
  const int column = K::kSharesColumns ? 64 * consumer : 0;
  AdditionOrder order;
  hopper::wait_stage(shared.key_ring, at.keys);
  for_all_steps(arguments, work, [&](int head, int block) {
    typename K::ScoreBlock scores, dp;
    typename K::Fragments probabilities, score_gradients;
    typename K::QueryGradients dq;
    const int stage = at.steps.stage, query = block * kBackwardQueries;
    unsigned char* shared_scores = shared.score_gradients[stage];  // the stages alternate
    const bool adds = K::kSharesColumns || stage == consumer;
    hopper::wait_stage(shared.query_ring, at.steps);
    start_score_product<K>(shared.keys, shared.queries[stage], consumer, scores);
    hopper::wait_stage(shared.gradient_ring, at.steps);
    start_score_product<K>(shared.values, shared.output_gradients[stage], consumer, dp);
    device::wgmma_wait<1>(scores);
    if (!work.steps.is_plain(block)) {
      hide(scores, visible_query_columns(arguments.scores, work.first_key + 64 * consumer, thread),
           query);
    }
    make_probabilities(scores, shared.log_sum_exp[stage], arguments.scale_log2, thread);
    device::wgmma_wait<0>(dp);
    make_score_gradients(dp, scores, shared.output_sum[stage], thread);
    pack<typename K::Element>(probabilities, scores);
    pack<typename K::Element>(score_gradients, dp);
    start_key_gradients<K>(probabilities, shared.output_gradients[stage], dv);
    share_score_gradients<K>(shared_scores, score_gradients, consumer, thread);
    if (adds) start_query_gradients<K>(shared_scores, shared.keys, column, dq);
    start_key_gradients<K>(score_gradients, shared.queries[stage], dk);
    device::wgmma_wait<K::kSharesColumns ? 2 : 1>(dv);  // without dQ there are only two groups
    hopper::release_stage<1>(shared.gradient_ring, stage, thread);
    device::wgmma_wait<1>(dq);
    if (adds) {
      if constexpr (K::kOrdered) {
        if (thread == 0) wait_for_turn<K>(order, arguments, work, head, block);
      }
      add_query_gradients<K>(shared, maps, {column, query, head, work.batch}, consumer, thread, dq);
    }
    device::wgmma_wait<0>(dk);
    hopper::release_stage<1>(shared.query_ring, stage, thread);
    at.steps.advance();
  });
  if constexpr (K::kOrdered) {
    if (thread == 0) order.announce(arguments.additions);
  }
  hopper::release_stage<1>(shared.key_ring, at.keys.stage, thread);
  at.keys.advance();
}

template <class K>
__device__ __forceinline__ void consume_backward(BackwardShared<K>& shared,
                                                 const BackwardMaps& maps,
                                                 const BackwardArguments& arguments, int consumer,
                                                 int thread) {
  BackwardPositions at;
  for_all_key_work<K>(arguments, [&](const KeyWork& work) {
    typename K::Gradients dk, dv;
#pragma unroll
    for (int i = 0; i < K::kWidth / 2; ++i) dk[i] = dv[i] = 0;
    if (work.steps.count() > 0) {
      differentiate<K>(shared, maps, arguments, work, consumer, thread, at, dk, dv);
    }
#pragma unroll
    for (float& element : dk) element *= arguments.scale;
    store_key_gradients<K>(shared, maps.dk, work, consumer, thread, dk, 0);
    store_key_gradients<K>(shared, maps.dv, work, consumer, thread, dv,
                           K::GradientBoxes::kCount % 2);
  });
  if (thread == 0) device::bulk_wait_read<0>();  // shared memory outlives the stores
}

template <class K>
__global__ void __launch_bounds__(hopper::threads(K::kConsumers), 1)
    backward(const __grid_constant__ BackwardMaps maps,
             const __grid_constant__ BackwardArguments arguments) {
  static_assert(sizeof(BackwardShared<K>) <= hopper::kMostShared);
  auto& shared = *static_cast<BackwardShared<K>*>(device::dynamic_smem());
  hopper::prefetch_tensor_maps(maps.q, maps.k, maps.v, maps.output_gradient, maps.dq, maps.dk,
                               maps.dv);
  hopper::share_barriers<1>([&] {
    hopper::make_ring(shared.key_ring, K::kConsumers);
    hopper::make_ring(shared.query_ring, K::kConsumers);
    hopper::make_ring(shared.gradient_ring, K::kConsumers);
  });
  hopper::split_roles<K::kConsumers, K::kProducerRegisters>(
      [&] {
        if (device::thread_index().x != 0) return;
        produce_backward<K>(shared, maps, arguments);
      },
      [&](int consumer, int thread) {
        consume_backward<K>(shared, maps, arguments, consumer, thread);
      });
}

}  // namespace assay::attention::sm90
