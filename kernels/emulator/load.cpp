// Makes blocks resident: fibers, clocks, poisoned shared memory.
#include <fmt/format.h>

#include <cstring>
#include <stdexcept>

#include "kernels/emulator/machine.h"
#include "kernels/emulator/mbarrier.h"
#include "kernels/emulator/wgmma.h"

namespace assay::emulator {

namespace {

/// Slots for what acts by itself in a block: mbarriers, tensor cores, bulk stores.
constexpr std::size_t kAgentsPerBlock = 96;
constexpr std::uint32_t kWarpSize = 32;
constexpr std::uint32_t kWarpgroupSize = 128;

Index3 delinearise(std::uint32_t i, const Index3& size) {
  return {i % size.x, i / size.x % size.y, i / size.x / size.y};
}

std::uint32_t volume(const Index3& size) { return size.x * size.y * size.z; }

}  // namespace

void Machine::load_group(std::uint32_t first_cluster, std::uint32_t count) {
  threads_.clear();
  warpgroups_.clear();
  warps_.clear();
  blocks_.clear();
  clusters_.clear();
  agents_.clear();
  flights_.clear();
  base_time_ = latest_time_ + 1;

  const std::uint32_t blocks = count * volume(config_.cluster);
  const std::uint32_t threads = blocks * volume(config_.block);
  if (volume(config_.block) > 1024) throw std::invalid_argument("a block has at most 1024 threads");
  if (blocks > Arenas::kMaxBlocks) throw std::invalid_argument("too many resident blocks");
  first_agent_ = threads + 1;
  slot_capacity_ = first_agent_ + blocks * kAgentsPerBlock;
  if (slot_capacity_ > kReaderSetSlot) throw std::invalid_argument("too many resident threads");
  memory_.context().slot_is_async.assign(slot_capacity_, false);
  for (std::size_t slot = first_agent_; slot < slot_capacity_; ++slot) {
    memory_.context().slot_is_async[slot] = true;
  }

  const Index3 in_grid{config_.grid.x / config_.cluster.x, config_.grid.y / config_.cluster.y,
                       config_.grid.z / config_.cluster.z};
  for (std::uint32_t i = 0; i < count; ++i) {
    clusters_.push_back(std::make_unique<Cluster>());
    Cluster& cluster = *clusters_.back();
    const Index3 at = delinearise(first_cluster + i, in_grid);
    for (std::uint32_t rank = 0; rank < volume(config_.cluster); ++rank) {
      const Index3 in_cluster = delinearise(rank, config_.cluster);
      load_block(cluster, rank,
                 {at.x * config_.cluster.x + in_cluster.x, at.y * config_.cluster.y + in_cluster.y,
                  at.z * config_.cluster.z + in_cluster.z});
    }
  }
  alive_ = threads;
  schedule_.start(warps_.size());
  for (const auto& thread : threads_) schedule_.add(thread.get());
}

void Machine::load_block(Cluster& cluster, std::uint32_t rank, Index3 index) {
  blocks_.push_back(std::make_unique<Block>());
  Block& block = *blocks_.back();
  block.index = index;
  block.rank = rank;
  block.cluster = &cluster;
  block.arena = Arenas::instance().arena(blocks_.size() - 1);
  block.thread_count = volume(config_.block);
  block.alive = block.thread_count;
  const std::size_t bytes = kReservedSharedBytes + config_.shared_bytes;
  if (bytes > 228 * 1024) throw std::invalid_argument("more shared memory than a block may have");
  std::memset(block.arena, 0xFF, bytes);
  block.shadow = std::make_unique<Shadow>(&memory_.context());
  block.shadow->reset(bytes, false);
  cluster.blocks.push_back(&block);
  cluster.alive += block.thread_count;

  auto at_launch = std::make_shared<Clock>();
  at_launch->reset(slot_capacity_);
  for (std::uint32_t i = 0; i < block.thread_count; ++i) {
    if (i % kWarpgroupSize == 0) {
      warpgroups_.push_back(std::make_unique<Warpgroup>());
      block.warpgroups.push_back(warpgroups_.back().get());
      block.warpgroups.back()->block = &block;
      block.warpgroups.back()->index = i / kWarpgroupSize;
    }
    if (i % kWarpSize == 0) {
      warps_.push_back(std::make_unique<Warp>());
      Warp& warp = *warps_.back();
      warp.block = &block;
      warp.index = i / kWarpSize;
      warp.resident_index = static_cast<std::uint32_t>(warps_.size() - 1);
      block.warps.push_back(&warp);
      const std::uint32_t lanes = std::min(kWarpSize, block.thread_count - i);
      warp.elected = static_cast<std::uint32_t>(random().below(lanes));
    }
    threads_.push_back(std::make_unique<Thread>());
    Thread& thread = *threads_.back();
    thread.block = &block;
    thread.warp = block.warps.back();
    thread.warp->threads.push_back(&thread);
    thread.warpgroup = block.warpgroups.back();
    thread.warpgroup->threads.push_back(&thread);
    thread.index = delinearise(i, config_.block);
    thread.linear = i;
    thread.lane = i % kWarpSize;
    thread.slot = static_cast<Slot>(threads_.size());
    thread.registers = config_.registers_per_thread;
    thread.time = base_time_;
    thread.since = make_epoch(thread.slot, base_time_);
    thread.known = Known(at_launch, thread.slot, thread.time);
    thread.context = make_fiber(threads_.size() - 1, &Machine::fiber_main);
  }
}

}  // namespace assay::emulator
