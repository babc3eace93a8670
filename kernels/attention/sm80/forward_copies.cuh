// The copies of the portable forward pass: queries once, then blocks of keys and of values in turn.
#pragma once

#include <cstdint>

#include "device/async_copy.cuh"
#include "device/launch.cuh"
#include "kernels/attention/forward_work.h"
#include "kernels/attention/sm80/forward_tile.h"
#include "kernels/attention/sm80/rows.h"

namespace assay::attention::sm80 {

struct PortableArguments : ForwardArguments {
  const unsigned char* q = nullptr;
  const unsigned char* k = nullptr;
  const unsigned char* v = nullptr;
};

/// Queries, then slots; outputs take the place of queries.
template <class K>
struct ForwardShared {
  alignas(128) unsigned char queries[query_bytes(K::kTile)];
  alignas(128) unsigned char slots[K::kTile.slots][slot_bytes(K::kTile)];
  ForwardWork work;  ///< For the end: meanwhile no register holds what is used there alone.
};

/// Rows of one head in memory, from a sequence's first on.
template <int kThreads, int kRowBytes>
class HeadRows {
 public:
  __device__ __forceinline__ HeadRows(const unsigned char* array, std::int64_t first_row, int heads,
                                      int head)
      : from_(array + (first_row * heads + head) * kRowBytes), apart_(heads * kRowBytes) {}

  /// Starts the copy of rows number `first` to `first` + kRows; those from `last` on become zeros.
  template <int kRows>
  __device__ __forceinline__ void copy(unsigned char* to, int first, int last) const {
    constexpr int kApart = copy_share(0, kThreads).rows_apart;
    const CopyShare mine = copy_share(static_cast<int>(device::thread_index().x), kThreads);
#pragma unroll
    for (int down = 0; down < kRows; down += kApart) {
      const int row = first + mine.first_row + down;
      const bool inside = row < last;
      const unsigned char* from =
          from_ + static_cast<std::int64_t>(inside ? row : 0) * apart_ + mine.first_byte;
#pragma unroll
      for (int across = 0; across < kRowBytes; across += 128) {
        device::copy_async_zero_fill<16>(
            to + row_place(kRowBytes, mine.first_row, mine.first_byte) + down * kRowBytes + across,
            from + across, inside ? 16 : 0);
      }
    }
  }

 private:
  const unsigned char* from_;
  int apart_;  // in bytes
};

/// The first row of a sequence, among the positions of all.
constexpr std::int64_t first_position(const ForwardWork& work, int positions, int begin) {
  return std::int64_t{work.batch} * positions + begin;
}

/// The copies of a tile's blocks of keys and values, which all threads of a block start.
template <class K>
class ForwardCopies {
 public:
  __device__ __forceinline__ ForwardCopies(ForwardShared<K>& shared,
                                           const PortableArguments& arguments,
                                           const ForwardWork& work)
      : ForwardCopies(shared, arguments, work,
                      first_position(work, work.scores.keys, work.first_key),
                      arguments.query_heads / arguments.group) {}

  /// Starts those of a block into a slot, and closes their group: an empty one behind the last
  /// block, so that groups go on counting blocks.
  __device__ __forceinline__ void start_keys(int block, int slot) { start(keys_, block, slot); }
  __device__ __forceinline__ void start_values(int block, int slot) { start(values_, block, slot); }

 private:
  __device__ __forceinline__ ForwardCopies(ForwardShared<K>& shared,
                                           const PortableArguments& arguments,
                                           const ForwardWork& work, std::int64_t first_key,
                                           int key_heads)
      : shared_(shared),
        work_(work),
        keys_(arguments.k, first_key, key_heads, work.head / arguments.group),
        values_(arguments.v, first_key, key_heads, work.head / arguments.group) {}

  template <class Rows>
  __device__ __forceinline__ void start(const Rows& rows, int block, int slot) {
    if (block >= work_.blocks.first) {
      rows.template copy<K::kTile.keys>(shared_.slots[slot], block * K::kTile.keys,
                                        work_.scores.keys);
    }
    device::copy_async_commit();
  }

  ForwardShared<K>& shared_;
  const ForwardWork& work_;
  HeadRows<K::kThreads, 2 * K::kTile.width> keys_;
  HeadRows<K::kThreads, 2 * K::kTile.value_width> values_;
};

/// Starts the copies of a tile's queries, which join the group of its first block of keys.
template <class K>
__device__ __forceinline__ void start_queries(ForwardShared<K>& shared,
                                              const PortableArguments& arguments,
                                              const ForwardWork& work) {
  const HeadRows<K::kThreads, 2 * K::kTile.width> rows(
      arguments.q, first_position(work, work.scores.queries, work.first_query),
      arguments.query_heads, work.head);
  rows.template copy<K::kQueries>(shared.queries, work.queries.first, work.queries.last);
}

}  // namespace assay::attention::sm80
