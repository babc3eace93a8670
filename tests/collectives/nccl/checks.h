// Every operation of a communicator on small integers, on whatever device its buffers are.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "collectives/communicator.h"
#include "harness/measure/device.h"

namespace assay::test {

using Floats = std::vector<float>;
using Parts = std::vector<std::size_t>;

/// The parts of `whole` elements: uneven where it does not divide.
inline Parts parts_of(std::size_t whole, int ranks) {
  Parts parts;
  const auto count = static_cast<std::size_t>(ranks);
  for (std::size_t rank = 0; rank < count; ++rank)
    parts.push_back(whole / count + (rank < whole % count ? 1 : 0));
  return parts;
}

/// Elements before `rank`'s part.
inline std::size_t before(const Parts& parts, int rank) {
  std::size_t sum = 0;
  for (int i = 0; i < rank; ++i) sum += parts[static_cast<std::size_t>(i)];
  return sum;
}

inline float input(int rank, std::size_t i) {
  return static_cast<float>(rank * 3 + static_cast<int>(i % 7));
}

inline float sum_at(int ranks, std::size_t i) {
  float sum = 0;
  for (int rank = 0; rank < ranks; ++rank) sum += input(rank, i);
  return sum;
}

/// Floats on a device, poisoned until they are written.
class OnDevice {
 public:
  OnDevice(Device& device, std::size_t count)
      : device_(device),
        count_(count),
        buffer_(device.allocate(std::max<std::size_t>(count, 1) * 4)) {
    device.fill(*buffer_, 0xFF);
  }
  OnDevice(Device& device, const Floats& values) : OnDevice(device, values.size()) {
    if (count_ > 0) device.copy_in(*buffer_, values.data(), count_ * 4);
  }
  void* data() { return buffer_->data(); }
  Floats get() {
    Floats values(count_);
    if (count_ > 0) device_.copy_out(values.data(), *buffer_, count_ * 4);
    return values;
  }

 private:
  Device& device_;
  std::size_t count_;
  std::unique_ptr<Buffer> buffer_;
};

inline Floats inputs(int rank, std::size_t count) {
  Floats values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = input(rank, i);
  return values;
}

inline bool reductions_are_exact(Communicator& all, Device& device, std::size_t whole) {
  const int rank = all.rank(), ranks = all.size(), root = ranks - 1;
  const Parts parts = parts_of(whole, ranks);
  const std::size_t part = parts[static_cast<std::size_t>(rank)], first = before(parts, rank);
  OnDevice mine(device, inputs(rank, whole)), in_place(device, inputs(rank, whole));
  OnDevice out(device, whole), at_root(device, whole), own(device, part);
  all.all_reduce(mine.data(), out.data(), whole, Dtype::f32);
  all.all_reduce(in_place.data(), in_place.data(), whole, Dtype::f32);
  all.reduce(mine.data(), at_root.data(), whole, Dtype::f32, root);
  all.reduce_scatter(mine.data(), own.data(), parts, Dtype::f32);
  all.wait();
  Floats sums(whole);
  for (std::size_t i = 0; i < whole; ++i) sums[i] = sum_at(ranks, i);
  const auto begin = sums.begin() + static_cast<std::ptrdiff_t>(first);
  return out.get() == sums && in_place.get() == sums && (rank != root || at_root.get() == sums) &&
         own.get() == Floats(begin, begin + static_cast<std::ptrdiff_t>(part));
}

inline bool movements_are_exact(Communicator& all, Device& device, std::size_t whole) {
  const int rank = all.rank(), ranks = all.size(), left = (rank + ranks - 1) % ranks;
  const Parts parts = parts_of(whole, ranks);
  const std::size_t part = parts[static_cast<std::size_t>(rank)], first = before(parts, rank);
  const Parts from_each(static_cast<std::size_t>(ranks), part);
  OnDevice mine(device, inputs(rank, whole)), gathered(device, whole), told(device, whole);
  OnDevice exchanged(device, part * static_cast<std::size_t>(ranks)), passed(device, whole);
  all.all_gather(mine.data(), gathered.data(), parts, Dtype::f32);
  all.broadcast(mine.data(), told.data(), whole, Dtype::f32, ranks - 1);
  all.all_to_all(mine.data(), parts, exchanged.data(), from_each, Dtype::f32);
  all.send_receive(mine.data(), whole, (rank + 1) % ranks, passed.data(), whole, left, Dtype::f32);
  all.barrier();
  all.wait();
  Floats all_parts, for_me;
  for (int from = 0; from < ranks; ++from) {
    for (std::size_t i = 0; i < parts[static_cast<std::size_t>(from)]; ++i)
      all_parts.push_back(input(from, i));
    for (std::size_t i = 0; i < part; ++i) for_me.push_back(input(from, first + i));
  }
  return gathered.get() == all_parts && told.get() == inputs(ranks - 1, whole) &&
         exchanged.get() == for_me && passed.get() == inputs(left, whole);
}

}  // namespace assay::test
