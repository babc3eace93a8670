// What the emulator knows of every thread, warp, block and cluster that is resident.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kernels/device/launch_config.h"
#include "kernels/emulator/fiber.h"
#include "kernels/emulator/known.h"
#include "kernels/emulator/shadow.h"
#include "kernels/emulator/site.h"

namespace assay::emulator {

using device::Index3;
using device::LaunchConfig;

struct Accumulators;
struct Block;
struct Cluster;
struct CopyGroups;
struct FenceState;
struct Mbarrier;
struct Thread;
struct Warpgroup;

/// What a blocked thread waits for. Whoever changes it wakes all; each looks again.
struct WaitQueue {
  std::vector<Thread*> waiting;
};

/// Why a thread is blocked, for the report of a deadlock.
struct Blocked {
  Site site;
  const void* object = nullptr;
  std::uint64_t argument = 0;
  std::string (*describe)(const void* object, std::uint64_t argument) = nullptr;
};

/// A group of a thread's bulk stores, see bulk_copy.h.
struct BulkGroups {
  std::uint32_t open = 0;       ///< Copies since the last commit.
  std::uint32_t committed = 0;  ///< Groups closed so far.
  std::uint32_t waited_read = 0;
  std::vector<std::uint32_t> unread;     ///< By group: copies that have yet to read.
  std::vector<std::uint32_t> unwritten;  ///< By group: copies that have yet to be visible.
  Slot read_slot = 0;
  Slot write_slot = 0;
  Site last;
  WaitQueue progress;
};

/// Registers of this thread that a wgmma still owns.
struct HeldRegisters {
  char* begin;
  char* end;
  std::uint64_t last_product;
  std::shared_ptr<Accumulators> accumulators;  ///< Null for fragments of A.
};

/// The products that a thread has started, by their numbers in its warpgroup; see wgmma.h.
struct ThreadProducts {
  std::uint64_t issued = 0;
  std::deque<std::uint64_t> groups;  ///< Committed and not waited for: one past their last.
  std::uint64_t committed = 0;       ///< One past the last that is in a group.
  std::uint64_t waited = 0;
  bool fenced = false;
  Site last;
  std::vector<HeldRegisters> held;
};

/// Lanes that are on their way to one warp-wide instruction, see barriers.h.
struct Meeting {
  Site site;
  std::uint32_t arrived = 0;
  std::array<std::uint64_t, 32> values{};
  Gathered joined;
  WaitQueue queue;
};

struct Warp {
  Block* block = nullptr;
  std::uint32_t index = 0;           ///< In the block.
  std::uint32_t resident_index = 0;  ///< Among all resident warps.
  std::uint32_t elected = 0;         ///< The lane that elect.sync elects.
  bool starts_copies = false;
  /// The collectives that the fastest lane has come to; every other must come to the same.
  std::deque<Site> collectives;
  std::uint64_t collectives_dropped = 0;
  std::map<std::uint32_t, Meeting> meetings;  ///< By mask.
  std::vector<Thread*> threads;
};

struct Thread {
  Block* block = nullptr;
  Warp* warp = nullptr;
  Warpgroup* warpgroup = nullptr;
  Index3 index{};
  std::uint32_t linear = 0;
  std::uint32_t lane = 0;
  Slot slot = 0;

  FiberContext context = nullptr;
  bool done = false;
  Blocked blocked;
  Site last;

  Known known;
  std::uint32_t time = 1;     ///< Own clock; known.plain(slot) is always the same.
  std::uint64_t learned = 0;  ///< Counts changes of `known`.
  Epoch since = 0;            ///< The first epoch of this thread.

  std::uint64_t collectives = 0;             ///< How many it has executed.
  std::array<std::uint64_t, 32> received{};  ///< From the last meeting of its warp.
  bool cluster_arrived = false;
  std::uint64_t cluster_phase = 0;
  int registers = 0;  ///< 0: not counted.
  BulkGroups bulk;
  ThreadProducts products;
  std::shared_ptr<CopyGroups> copies;  ///< See copy_async.h.
  std::shared_ptr<FenceState> fences;  ///< See atomics.h.
};

struct NamedBarrier {
  std::uint32_t expected = 0;
  std::uint32_t arrived = 0;
  Gathered joined;
  WaitQueue queue;
  Site first;
};

struct Block {
  Index3 index{};
  std::uint32_t rank = 0;  ///< In its cluster.
  Cluster* cluster = nullptr;
  char* arena = nullptr;  ///< kArenaBytes, so that the low 18 bits are the shared address.
  std::unique_ptr<Shadow> shadow;
  std::vector<Warp*> warps;
  std::vector<Warpgroup*> warpgroups;
  std::uint32_t thread_count = 0;
  std::uint32_t alive = 0;
  bool exited = false;
  NamedBarrier named[16];
  std::map<std::uint32_t, std::unique_ptr<Mbarrier>> mbarriers;  ///< By shared address.
  std::uint32_t landings_pending = 0;  ///< Asynchronous loads that have yet to land here.
  /// Remote arrivals at this block that its exit must come after: by slot, the latest epoch.
  std::map<Slot, std::pair<std::uint32_t, Site>> remote_accesses;
  int registers_free = 0;
  WaitQueue registers;
};

struct Cluster {
  std::vector<Block*> blocks;
  std::uint32_t alive = 0;
  std::uint32_t arrived = 0;
  std::uint64_t phase = 0;
  Gathered joined;
  Published released;
  WaitQueue queue;
};

constexpr std::size_t kArenaBytes = std::size_t{1} << 18;
/// Shared memory that the hardware keeps for itself, before a block's own.
constexpr std::uint32_t kReservedSharedBytes = 1024;

}  // namespace assay::emulator
