// The forward pass on Hopper: warp-specialised, persistent, fed by TMA, multiplied by wgmma. One
// warpgroup computes exponentials while another multiplies.
#pragma once

#include <cuda.h>

#include <cstdint>
#include <type_traits>

#include "device/launch.cuh"
#include "device/wgmma.cuh"
#include "kernels/attention/key_order.h"
#include "kernels/attention/sm90/problem.h"
#include "kernels/attention/sm90/tile.h"
#include "kernels/attention/softmax.cuh"
#include "kernels/hopper/operand_tile.cuh"
#include "kernels/hopper/ring.cuh"
#include "kernels/hopper/roles.cuh"
#include "kernels/hopper/store.cuh"

namespace assay::attention::sm90 {

/// Tile is a class with a TileConfig kTile: nvcc's host code cannot name a value of a class.
/// `kVarlen`: of packed sequences of different lengths. Elements of 8 bits have scales of heads and
/// values by columns (fp8.h), because wgmma reads both of their operands along K.
template <class Element_, class Tile, bool kVarlen_ = false>
struct Forward {
  using Element = Element_;
  static constexpr bool kVarlen = kVarlen_;
  static constexpr bool kIsFp8 = sizeof(Element) == 1;
  using Output = std::conditional_t<kIsFp8, device::Bf16, Element>;
  static constexpr int kExponentShift = kIsFp8 ? kExponentialShift : 0;
  static constexpr TileConfig kTile = Tile::kTile;
  static_assert(tile_fault(kTile) == nullptr);
  static_assert(kTile.element_bytes == sizeof(Element));
  static_assert(!(kVarlen && kIsFp8), "columns of packed sequences begin at no multiple of 16");
  static constexpr int kQueries = queries(kTile);
  static constexpr int kConsumers = kTile.consumers;
  static_assert(!kVarlen || kQueries == kVarlenRows);

  using QueryTile = hopper::OperandTile<Element, device::Major::kK, kQueries, kTile.width>;
  using KeyTile = hopper::OperandTile<Element, device::Major::kK, kTile.keys, kTile.width>;
  using ValueTile = hopper::OperandTile<Element, kIsFp8 ? device::Major::kK : device::Major::kMn,
                                        kTile.value_width, kTile.keys>;
  using OutputBoxes = hopper::OutputBoxes<Output, kTile.value_width>;
  using Order = KeyOrder<kTile.keys, kTile.element_bytes>;

  using ScoreBlock = float[kTile.keys / 2];
  using Fragments = std::uint32_t[ValueTile::kProducts][4];
  using Outputs = float[kTile.value_width / 2];
};

// A type for each ring: the emulator deletes the calls of each by themselves.
struct QueryRing : hopper::Ring<1> {};
struct KeyRing : hopper::Ring<kStages> {};
struct ValueRing : hopper::Ring<kStages> {};

struct RingPositions {
  hopper::RingPosition<1> queries;
  hopper::RingPosition<kStages> keys, values;
};

template <class K>
struct Shared {
  alignas(1024) unsigned char queries[K::QueryTile::kBytes];
  alignas(1024) unsigned char keys[kStages][K::KeyTile::kBytes];
  alignas(1024) unsigned char values[kStages][K::ValueTile::kBytes];
  alignas(1024) unsigned char out[K::kConsumers][kOutputBoxes][K::OutputBoxes::kBytes];
  QueryRing query_ring;
  KeyRing key_ring;
  ValueRing value_ring;
};

/// Calls `one` with each piece of work of this block: longest first, so that the last ones are
/// short.
template <class K, class Do>
__device__ __forceinline__ void for_all_work(const Arguments& arguments, const Do& one) {
  const std::int64_t blocks = device::grid_size().x;
  for (std::int64_t i = device::block_index().x; i < arguments.tiles; i += blocks) {
    one(forward_work<K::kVarlen>(arguments, i, K::kQueries, K::kTile.keys));
  }
}

/// Starts the copies of a block of keys, which begins at key `first` of a head, in the order of
/// K::Order.
template <class K>
__device__ __forceinline__ void load_key_block(unsigned char* to, const CUtensorMap& k, int first,
                                               int head, int batch, std::uint64_t* full) {
  using KeyTile = typename K::KeyTile;
  if constexpr (K::Order::kParts == 1) {
    hopper::load_tile<KeyTile>(to, k, first, 0, {head, batch}, full);
  } else {
    constexpr int kPartBytes = KeyTile::kBoxBytes / K::Order::kParts;
#pragma unroll
    for (int i = 0; i < KeyTile::kBoxes * K::Order::kParts; ++i) {
      const int box = i / K::Order::kParts, part = i % K::Order::kParts;
      device::tensor_load(
          to + i * kPartBytes, k,
          {head * K::kTile.width + box * KeyTile::kInRow, 2 * part, first / 4, batch}, full);
    }
  }
}

/// One thread fills the rings. Key blocks are visited from last to first, so a tile begins with
/// those that a causal mask cuts.
template <class K>
__device__ __forceinline__ void produce(Shared<K>& shared, const CUtensorMap& q,
                                        const CUtensorMap& k, const CUtensorMap& v,
                                        const Arguments& arguments) {
  RingPositions at;
  for_all_work<K>(arguments, [&](const Work& work) {
    if (work.blocks.count() == 0) return;
    const int key_head = work.head / arguments.group;
    const auto load_keys = [&](int block) {
      std::uint64_t* full = hopper::begin_stage(shared.key_ring, at.keys, K::KeyTile::kBytes);
      load_key_block<K>(shared.keys[at.keys.stage], k, work.first_key + block * K::kTile.keys,
                        key_head, work.batch, full);
      at.keys.advance();
    };
    const auto load_values = [&](int block) {
      std::uint64_t* full = hopper::begin_stage(shared.value_ring, at.values, K::ValueTile::kBytes);
      hopper::load_tile<typename K::ValueTile>(shared.values[at.values.stage], v, 0,
                                               work.first_key + block * K::kTile.keys,
                                               {key_head, work.batch}, full);
      at.values.advance();
    };
    const int last = work.blocks.last - 1;
    load_keys(last);
    std::uint64_t* full = hopper::begin_stage(shared.query_ring, at.queries, K::QueryTile::kBytes);
    hopper::load_tile<typename K::QueryTile>(
        shared.queries, q, work.first_query + work.queries.first, 0, {work.head, work.batch}, full);
    at.queries.advance();
    for (int block = last; block > work.blocks.first; --block) {
      load_keys(block - 1);
      load_values(block);
    }
    load_values(work.blocks.first);
  });
}

/// Starts the scores of a block of keys.
template <class K>
__device__ __forceinline__ void start_scores(Shared<K>& shared, int stage, int consumer,
                                             typename K::ScoreBlock& scores) {
  using QueryTile = typename K::QueryTile;
  using KeyTile = typename K::KeyTile;
  const std::uint64_t queries =
      hopper::tile_descriptor<QueryTile>(shared.queries + QueryTile::mn_offset(consumer * kRows));
  const std::uint64_t keys = hopper::tile_descriptor<KeyTile>(shared.keys[stage]);
  device::wgmma_fence(scores);
#pragma unroll
  for (int i = 0; i < QueryTile::kProducts; ++i) {
    device::wgmma<typename K::Element>(scores,
                                       device::advanced(queries, QueryTile::product_offset(i)),
                                       device::advanced(keys, KeyTile::product_offset(i)), i > 0);
  }
  device::wgmma_commit();
}

/// Starts exponentials times values; adds to the outputs only where `accumulate`.
template <class K>
__device__ __forceinline__ void start_outputs(Shared<K>& shared, int stage,
                                              typename K::Fragments& exponentials,
                                              typename K::Outputs& outputs, bool accumulate) {
  using Element = typename K::Element;
  using ValueTile = typename K::ValueTile;
  const std::uint64_t values = hopper::tile_descriptor<ValueTile>(shared.values[stage]);
  device::wgmma_fence(outputs, exponentials);
#pragma unroll
  for (int i = 0; i < ValueTile::kProducts; ++i) {
    device::wgmma<Element, Element, ValueTile::kMajor>(
        outputs, exponentials[i], device::advanced(values, ValueTile::product_offset(i)),
        accumulate || i > 0);
  }
  device::wgmma_commit();
}

/// Consumers multiply in turn, so that each computes exponentials while another multiplies. Only
/// the first waits for the copies; passing the turn on tells the next that they have arrived.
template <class K>
struct Turns {
  static constexpr int kThreads = 2 * hopper::kWarpgroup;  ///< Of the one before and of its own.
  static constexpr int barrier(int consumer) {
    return hopper::consumer_barrier(hopper::kMostConsumers) + consumer;
  }

  static __device__ __forceinline__ void begin(int consumer) {
    if (consumer == K::kConsumers - 1) device::named_barrier_arrive(barrier(0), kThreads);
  }
  static __device__ __forceinline__ void take(int consumer) {
    device::named_barrier_sync(barrier(consumer), kThreads);
  }
  static __device__ __forceinline__ void pass(int consumer) {
    device::named_barrier_arrive(barrier((consumer + 1) % K::kConsumers), kThreads);
  }
  /// Takes the last turn that was passed, which would be left over.
  static __device__ __forceinline__ void end(int consumer) {
    if (consumer == 0) device::named_barrier_sync(barrier(0), kThreads);
  }
};

/// One warpgroup's rows of a tile that attends to at least one block. While a block's exponentials
/// are computed, the values of the block before are being added.
template <class K>
__device__ __forceinline__ void attend(Shared<K>& shared, const Work& work, float scale_log2,
                                       int consumer, int thread, RingPositions& at,
                                       typename K::Outputs& outputs, Softmax& rows) {
  using Order = typename K::Order;
  typename K::ScoreBlock scores;
  typename K::Fragments exponentials;
  float factor[2];
  const VisibleColumns visible =
      visible_columns<Order>(work.scores, work.queries.first + consumer * kRows, thread);
  const auto take_in = [&](int block) {
    if (!work.blocks.is_plain(block)) hide<Order>(scores, visible, block * K::kTile.keys);
    exponentiate<K::kExponentShift>(scores, rows, scale_log2, factor);
  };
  int block = work.blocks.last - 1;
  hopper::wait_stage(shared.query_ring, at.queries);
  hopper::wait_stage(shared.key_ring, at.keys);
  start_scores<K>(shared, at.keys.stage, consumer, scores);
  device::wgmma_wait<0>(scores);
  hopper::release_stage<1>(shared.key_ring, at.keys.stage, thread);
  at.keys.advance();
  take_in(block);
  pack<typename K::Element, Order>(exponentials, scores);
  bool accumulate = false;
  for (--block; block >= work.blocks.first; --block) {
    if (consumer == 0) hopper::wait_stage(shared.key_ring, at.keys);
    Turns<K>::take(consumer);
    start_scores<K>(shared, at.keys.stage, consumer, scores);
    if (consumer == 0) hopper::wait_stage(shared.value_ring, at.values);
    start_outputs<K>(shared, at.values.stage, exponentials, outputs, accumulate);
    Turns<K>::pass(consumer);
    device::wgmma_wait<1>(scores);
    hopper::release_stage<1>(shared.key_ring, at.keys.stage, thread);
    at.keys.advance();
    take_in(block);
    device::wgmma_wait<0>(outputs);
    hopper::release_stage<1>(shared.value_ring, at.values.stage, thread);
    at.values.advance();
    scale_rows(outputs, factor);
    pack<typename K::Element, Order>(exponentials, scores);
    accumulate = true;
  }
  hopper::release_stage<1>(shared.query_ring, at.queries.stage, thread);
  at.queries.advance();
  hopper::wait_stage(shared.value_ring, at.values);
  start_outputs<K>(shared, at.values.stage, exponentials, outputs, accumulate);
  device::wgmma_wait<0>(outputs);
  hopper::release_stage<1>(shared.value_ring, at.values.stage, thread);
  at.values.advance();
}

struct alignas(16) OutputChunk {
  std::uint32_t words[4];
};

/// A box of outputs up to the last query of a packed sequence: TMA would go on into the next one.
/// `first` is the query of the box's first row.
template <class K>
__device__ __forceinline__ void store_rows(const unsigned char* box, const Arguments& arguments,
                                           const Work& work, int first, int number, int thread) {
  constexpr int kChunks = hopper::kRowBytes / static_cast<int>(sizeof(OutputChunk));
  constexpr int kBytes = K::kTile.value_width * static_cast<int>(sizeof(typename K::Output));
  for (int i = thread; i < (work.queries.last - first) * kChunks; i += hopper::kWarpgroup) {
    const int row = i / kChunks, place = i % kChunks * static_cast<int>(sizeof(OutputChunk));
    const auto from = static_cast<std::uint32_t>(row * hopper::kRowBytes + place);
    const std::int64_t to =
        (std::int64_t{work.first_query + first + row} * arguments.query_heads + work.head) * kBytes;
    *reinterpret_cast<OutputChunk*>(arguments.output + to + number * hopper::kRowBytes + place) =
        *reinterpret_cast<const OutputChunk*>(box + device::swizzled(device::Swizzle::k128, from));
  }
}

/// The log-sum-exps, and the outputs through shared memory by TMA, which leaves out rows past the
/// last query.
template <class K>
__device__ __forceinline__ void store(Shared<K>& shared, const CUtensorMap& o,
                                      const Arguments& arguments, const Work& work,
                                      float score_factor, int consumer, int thread,
                                      const Softmax& rows, const typename K::Outputs& outputs,
                                      int& turn) {
  using Boxes = typename K::OutputBoxes;
  const int first = work.queries.first + consumer * kRows;
  if (thread % 4 == 0) {
    const std::int64_t of_head = first_log_sum_exp<K::kVarlen>(arguments, work);
#pragma unroll
    for (int row = 0; row < 2; ++row) {
      const int query = first + device::accumulator_position(thread, 2 * row).row;
      if (query < work.queries.last) {
        arguments.log_sum_exp[of_head + query] =
            log_sum_exp<K::kExponentShift>(rows, row, score_factor);
      }
    }
  }
#pragma unroll
  for (int box = 0; box < Boxes::kCount; ++box) {
    const unsigned char* buffer =
        hopper::fill_next_box<Boxes>(shared.out[consumer], turn, outputs, box, consumer, thread);
    if (K::kVarlen && first + kRows > work.queries.last) {
      store_rows<K>(buffer, arguments, work, first, box, thread);
    } else if (thread == 0) {
      device::tensor_store(
          o, {Boxes::kWidth * box, work.first_query + first, work.head, work.batch}, buffer);
      device::bulk_commit();
    }
  }
}

template <class K>
__device__ __forceinline__ void consume(Shared<K>& shared, const CUtensorMap& o,
                                        const Arguments& arguments, int consumer, int thread) {
  RingPositions at;
  int turn = 0;
  Turns<K>::begin(consumer);
  for_all_work<K>(arguments, [&](const Work& work) {
    typename K::Outputs outputs;
    Softmax rows;
    float factor[2];
    const HeadFactors of_head = factors_of<K::kIsFp8>(arguments, work);
    if (work.blocks.count() > 0) {
      attend<K>(shared, work, of_head.score_log2, consumer, thread, at, outputs, rows);
    } else {
#pragma unroll
      for (float& output : outputs) output = 0;
    }
    finish(rows, factor);
    for (float& of_row : factor) of_row *= of_head.output;
    scale_rows(outputs, factor);
    store<K>(shared, o, arguments, work, of_head.score, consumer, thread, rows, outputs, turn);
  });
  Turns<K>::end(consumer);
  if (thread == 0) device::bulk_wait_read<0>();  // shared memory outlives the stores
}

template <class K>
__global__ void __launch_bounds__(threads(K::kTile), 1)
    forward(const __grid_constant__ CUtensorMap q, const __grid_constant__ CUtensorMap k,
            const __grid_constant__ CUtensorMap v, const __grid_constant__ CUtensorMap o,
            const __grid_constant__ Arguments arguments) {
  static_assert(sizeof(Shared<K>) <= hopper::kMostShared);
  auto& shared = *static_cast<Shared<K>*>(device::dynamic_smem());
  hopper::prefetch_tensor_maps(q, k, v, o);
  hopper::share_barriers<1>([&] {
    hopper::make_ring(shared.query_ring, K::kConsumers);
    hopper::make_ring(shared.key_ring, K::kConsumers);
    hopper::make_ring(shared.value_ring, K::kConsumers);
  });
  hopper::split_roles<K::kConsumers, producer_registers(K::kConsumers)>(
      [&] {
        if (device::thread_index().x != 0) return;
        produce<K>(shared, q, k, v, arguments);
      },
      [&](int consumer, int thread) { consume<K>(shared, o, arguments, consumer, thread); });
}

}  // namespace assay::attention::sm90
