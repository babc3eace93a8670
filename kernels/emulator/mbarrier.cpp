// What the instructions on mbarriers do, and the rules that they enforce.
#include "kernels/emulator/mbarrier.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "kernels/emulator/machine.h"

namespace assay::emulator {

namespace {

constexpr std::uint32_t kMaxCount = (1u << 20) - 1;

std::string describe_wait(const void* object, std::uint64_t parity) {
  return fmt::format("the phase of parity {} of {}", parity,
                     describe(*static_cast<const Mbarrier*>(object)));
}

[[noreturn]] void misuse(const Thread& who, const Site& site, std::string detail) {
  Machine::current().fail(Fault::kBarrierMisuse, &who, site, std::move(detail));
}

/// Finds the barrier in `home`, whole and initialised before `who` came to it.
Mbarrier& find(const void* pointer, Block& home, const Thread& who, const Site& site) {
  if (home.exited) {
    Machine::current().fail(Fault::kUnfinished, &who, site,
                            fmt::format("uses an mbarrier of block ({}, {}, {}), which has ended",
                                        home.index.x, home.index.y, home.index.z));
  }
  const std::uint32_t address = shared_offset(pointer);
  const auto found = home.mbarriers.find(address);
  if (found == home.mbarriers.end()) {
    misuse(
        who, site,
        fmt::format("there is no initialised mbarrier at shared address {} of block ({}, {}, {})",
                    address, home.index.x, home.index.y, home.index.z));
  }
  Mbarrier& barrier = *found->second;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, home.arena + address, sizeof bytes);
  if (bytes != kMbarrierBytes) misuse(who, site, describe(barrier) + " has been overwritten");
  if (barrier.initialiser != &who &&
      who.known.plain(slot_of(barrier.initialised)) < clock_of(barrier.initialised)) {
    misuse(who, site, describe(barrier) + ": nothing orders its initialisation before this");
  }
  return barrier;
}

Mbarrier& find_own(const void* pointer, const Site& site) {
  Thread& self = Machine::self();
  if (!Arenas::instance().contains(pointer)) {
    misuse(self, site, "the address of the mbarrier is not in shared memory");
  }
  if (Machine::current().resident(Arenas::instance().number(pointer)) != self.block) {
    misuse(self, site, "the mbarrier is in another block's shared memory");
  }
  return find(pointer, *self.block, self, site);
}

void complete_phase_if_due(Mbarrier& barrier) {
  if (barrier.pending != 0 || barrier.bytes != 0) return;
  barrier.joined.raise(barrier.slot, clock_of(barrier.landing()));
  barrier.completed = Published(barrier.joined.take());
  ++barrier.phase;
  barrier.pending = barrier.expected;
  Machine::current().note_time(clock_of(barrier.landing()));
  Machine::current().wake(barrier.queue);
}

void arrive(Mbarrier& barrier, Thread& thread, const Site& site) {
  if (barrier.pending == 0) {
    Machine::current().fail(Fault::kArrivalCount, &thread, site,
                            describe(barrier) + ": one arrival more than the phase has");
  }
  release(thread, barrier.joined);
  --barrier.pending;
  complete_phase_if_due(barrier);
}

void expect(Mbarrier& barrier, std::uint64_t bytes, Thread& thread, const Site& site) {
  barrier.bytes += static_cast<std::int64_t>(bytes);
  if (bytes > kMaxCount || barrier.bytes > kMaxCount) {
    Machine::current().fail(Fault::kTransactionBytes, &thread, site,
                            describe(barrier) + ": more than 2^20-1 bytes expected");
  }
}

}  // namespace

std::string describe(const Mbarrier& barrier) {
  return fmt::format(
      "the mbarrier at byte {} of block ({}, {}, {}), in phase {}: {} of {} arrivals and {} bytes "
      "outstanding",
      barrier.address - kReservedSharedBytes, barrier.block->index.x, barrier.block->index.y,
      barrier.block->index.z, barrier.phase, barrier.pending, barrier.expected, barrier.bytes);
}

void mbarrier_init(const void* pointer, std::uint32_t arrivals, const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Machine& machine = Machine::current();
  Thread& thread = Machine::self();
  const auto count = static_cast<std::uint32_t>(call.operand(arrivals));
  const std::uint32_t address = shared_offset(pointer);
  const Memory::Place place = machine.memory().find(pointer, 8);
  if (place.block != thread.block || !place.known() || address % 8 != 0) {
    misuse(thread, site, "an mbarrier is eight aligned bytes of the block's own shared memory");
  }
  if (count == 0 || count > kMaxCount) {
    misuse(thread, site, fmt::format("{} arrivals: a phase has 1 to 2^20-1", count));
  }
  std::unique_ptr<Mbarrier>& entry = thread.block->mbarriers[address];
  if (entry != nullptr) misuse(thread, site, describe(*entry) + " is initialised already");
  check_write(site, pointer, 8);
  place.shadow->mark(place.offset, 8, make_epoch(kBarrierSlot, 1));
  std::memcpy(thread.block->arena + address, &kMbarrierBytes, 8);

  entry = std::make_unique<Mbarrier>();
  entry->block = thread.block;
  entry->address = address;
  entry->expected = entry->pending = count;
  entry->initialised = make_epoch(thread.slot, thread.time);
  entry->initialiser = &thread;
  entry->base_time = machine.base_time();
  entry->slot =
      machine.new_slot(fmt::format("an asynchronous copy that completes on the mbarrier at byte {}",
                                   address - kReservedSharedBytes));
}

void mbarrier_invalidate(const void* pointer, const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Mbarrier& barrier = find_own(pointer, site);
  if (!barrier.queue.waiting.empty()) misuse(Machine::self(), site, "somebody waits for it");
  Block& block = *barrier.block;
  block.shadow->forget(barrier.address, 8);
  block.mbarriers.erase(barrier.address);
}

void mbarrier_arrive(const void* pointer, const Site& site) {
  const Call call(site);
  for (int i = 0; i < call.times(); ++i) {
    arrive(find_own(call.address(pointer), site), Machine::self(), site);
  }
}

void mbarrier_arrive_expect_tx(const void* pointer, std::uint32_t bytes, const Site& site) {
  const Call call(site);
  for (int i = 0; i < call.times(); ++i) {
    Mbarrier& barrier = find_own(pointer, site);
    expect(barrier, call.operand(bytes), Machine::self(), site);
    arrive(barrier, Machine::self(), site);
  }
}

void mbarrier_expect_tx(const void* pointer, std::uint32_t bytes, const Site& site) {
  const Call call(site);
  for (int i = 0; i < call.times(); ++i) {
    Mbarrier& barrier = find_own(pointer, site);
    expect(barrier, call.operand(bytes), Machine::self(), site);
    complete_phase_if_due(barrier);
  }
}

void mbarrier_arrive_remote(const void* pointer, std::uint32_t rank, const Site& site) {
  const Call call(site);
  Thread& self = Machine::self();
  const Cluster& cluster = *self.block->cluster;
  for (int i = 0; i < call.times(); ++i) {
    if (rank >= cluster.blocks.size()) {
      misuse(self, site, fmt::format("rank {} in a cluster of {}", rank, cluster.blocks.size()));
    }
    Block& home = *cluster.blocks[rank];
    Mbarrier& barrier = find(call.address(pointer), home, self, site);
    if (&home != self.block) {
      if (!barrier.published) misuse(self, site, describe(barrier) + ": no fence.mbarrier_init");
      home.remote_accesses[self.slot] = {self.time, site};
    }
    arrive(barrier, self, site);
  }
}

bool mbarrier_try_wait_parity(const void* pointer, std::uint32_t parity, const Site& site) {
  const Call call(site);
  if (call.removed()) return true;
  Machine& machine = Machine::current();
  Mbarrier& barrier = find_own(call.address(pointer), site);
  const auto wanted = static_cast<std::uint32_t>(call.operand(parity)) & 1;
  while ((barrier.phase & 1) == wanted) {
    if (machine.schedule().fails_spuriously()) {
      machine.yield();
      return false;
    }
    machine.wait(barrier.queue, {site, &barrier, wanted, describe_wait});
  }
  acquire(Machine::self(), barrier.completed);
  return true;
}

void mbarrier_wait_parity(const void* pointer, std::uint32_t parity, const Site& site) {
  while (!mbarrier_try_wait_parity(pointer, parity, site)) {
  }
}

void fence_mbarrier_init(const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  for (auto& [address, barrier] : Machine::self().block->mbarriers) {
    if (barrier->initialiser == &Machine::self()) barrier->published = true;
  }
}

void fence_proxy_async(const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Thread& thread = Machine::self();
  for (auto& [address, barrier] : thread.block->mbarriers) {
    if (barrier->initialiser == &thread) barrier->published = true;
  }
  thread.known.fence();
  ++thread.learned;
  tick(thread);
}

Mbarrier& barrier_for_copy(const void* pointer, Block& home, const Thread& issuer,
                           const Site& site) {
  if (!Arenas::instance().contains(pointer)) {
    misuse(issuer, site, "the address of the mbarrier is not in shared memory");
  }
  Mbarrier& barrier = find(pointer, home, issuer, site);
  if (!barrier.published) {
    misuse(issuer, site,
           describe(barrier) + ": initialised, but no fence.mbarrier_init before asynchronous use");
  }
  return barrier;
}

void complete_bytes(Mbarrier& barrier, std::uint32_t bytes, const Thread& issuer,
                    const Site& site) {
  barrier.bytes -= bytes;
  if (barrier.bytes < 0 && barrier.pending == 0) {
    Machine::current().fail(Fault::kTransactionBytes, &issuer, site,
                            describe(barrier) + ": more bytes arrive than were expected");
  }
  complete_phase_if_due(barrier);
}

}  // namespace assay::emulator
