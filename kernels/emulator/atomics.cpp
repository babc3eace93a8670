// Atomics: judged against plain accesses, ordered among themselves by release and acquire.
#include "kernels/emulator/atomics.h"

#include <fmt/format.h>

#include <cstring>

#include "kernels/emulator/machine.h"

namespace assay::emulator {

namespace {

FenceState& fences_of(Thread& thread) {
  if (!thread.fences) {
    thread.fences = std::make_shared<FenceState>();
    thread.fences->released.clear(thread.known.slots());
    thread.fences->seen.clear(thread.known.slots());
  }
  return *thread.fences;
}

/// The cell of an address, as new if somebody wrote there without an atomic.
AtomicCell& cell_at(const void* address, const Memory::Place& place, const Thread& thread) {
  AtomicCell& cell = Machine::current().atomics().cells[address];
  if (cell.last == 0 || place.shadow->writer(place.offset) != cell.last) {
    cell.released.clear(thread.known.slots());
    cell.last = 0;
  }
  return cell;
}

Memory::Place place_of(const void* address, std::size_t bytes, const Thread& thread,
                       const Site& site) {
  if (reinterpret_cast<std::uintptr_t>(address) % bytes != 0) {
    Machine::current().fail(Fault::kAlignment, &thread, site,
                            fmt::format("the address is not a multiple of {}", bytes));
  }
  const Memory::Place place = Machine::current().memory().find(address, bytes);
  if (!place.known()) check_read(site, address, bytes);  // ends the run
  if (!place.known()) {
    Machine::current().fail(Fault::kOutOfBounds, &thread, site, "an atomic on no buffer");
  }
  return place;
}

/// A read that conflicts with plain writes only, and that no later atomic conflicts with.
void judge_read(const void* address, std::size_t bytes, const Memory::Place& place,
                const AtomicCell& cell, const Thread& thread, const Site& site) {
  const Epoch writer = place.shadow->writer(place.offset);
  if (writer == kHostEpoch || (writer != 0 && writer == cell.last)) return;
  const bool known = writer != 0 && thread.known.plain(slot_of(writer)) >= clock_of(writer);
  if (!known) check_read(site, address, bytes);
}

/// A write that conflicts with plain accesses only.
void write(void* address, std::uint64_t value, std::size_t bytes, const Memory::Place& place,
           AtomicCell& cell, Thread& thread, const Site& site) {
  if (cell.last != 0) {
    // Passing over the atomic that came before, whoever made it, in an earlier block too.
    Known known = thread.known;
    known.raise(slot_of(cell.last), clock_of(cell.last));
    const Accessor accessor{&known, make_epoch(thread.slot, thread.time), false, kHostEpoch};
    if (place.shadow->write(place.offset, bytes, accessor).conflict != Conflict::kNone) {
      check_write(site, address, bytes);
    }
  } else {
    check_write(site, address, bytes);
  }
  cell.last = make_epoch(thread.slot, thread.time);
  std::memcpy(address, &value, bytes);
}

std::string describe_polling(const void*, std::uint64_t) { return "a change of what it polls"; }

/// Before reading: others may run first, and must where this thread has nothing new to see.
void make_way(const void* address, Thread& thread, const Site& site) {
  Atomics& atomics = Machine::current().atomics();
  std::uint64_t& seen = fences_of(thread).polled[address];
  if (seen == atomics.version) {
    Machine::current().wait(atomics.polling, {site, address, 0, describe_polling});
  }
  seen = atomics.version;
}

void note_change() {
  Atomics& atomics = Machine::current().atomics();
  ++atomics.version;
  atomics.nudges = 0;
  Machine::current().wake(atomics.polling);
}

void see(const AtomicCell& cell, Order order, Thread& thread) {
  if (order == Order::kAcquire) {
    acquire(thread, cell.released);
  } else {
    fences_of(thread).seen.join(cell.released);
  }
}

}  // namespace

std::uint64_t atomic_update(void* address, std::size_t bytes, Order order,
                            const std::function<std::uint64_t(std::uint64_t)>& update,
                            const Site& site) {
  const Call call(site);
  Thread& thread = Machine::self();
  address = call.address(address);
  const Memory::Place place = place_of(address, bytes, thread, site);
  std::uint64_t before = 0;
  for (int i = 0; i < call.times(); ++i) {
    make_way(address, thread, site);
    AtomicCell& cell = cell_at(address, place, thread);
    judge_read(address, bytes, place, cell, thread, site);
    std::memcpy(&before, address, bytes);
    see(cell, order, thread);
    const std::uint64_t after = update(before);
    write(address, after, bytes, place, cell, thread, site);
    if (after != before) note_change();
    cell.released.join(fences_of(thread).released);
    if (order == Order::kRelease) thread.known.join_to(cell.released);
    tick(thread);  // the next access of this thread is a later one
  }
  return before;
}

std::uint32_t load_acquire(const std::uint32_t* address, const Site& site) {
  const Call call(site);
  Thread& thread = Machine::self();
  address = call.address(address);
  const Memory::Place place = place_of(address, sizeof *address, thread, site);
  make_way(address, thread, site);
  if (call.removed()) {
    check_read(site, address, sizeof *address);
  } else {
    const AtomicCell& cell = cell_at(address, place, thread);
    judge_read(address, sizeof *address, place, cell, thread, site);
    see(cell, Order::kAcquire, thread);
  }
  return *address;
}

void store_release(std::uint32_t* address, std::uint32_t value, const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Thread& thread = Machine::self();
  address = call.address(address);
  const Memory::Place place = place_of(address, sizeof *address, thread, site);
  AtomicCell& cell = cell_at(address, place, thread);
  write(address, call.operand(value), sizeof *address, place, cell, thread, site);
  cell.released.clear(thread.known.slots());
  release(thread, cell.released);
  note_change();
}

void fence_threads(const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Thread& thread = Machine::self();
  FenceState& fences = fences_of(thread);
  acquire(thread, fences.seen);
  release(thread, fences.released);
}

bool nudge_polling(Atomics& atomics) {
  constexpr int kPatience = 10000;
  if (atomics.polling.waiting.empty() || ++atomics.nudges > kPatience) return false;
  Machine::current().wake(atomics.polling);
  return true;
}

}  // namespace assay::emulator
