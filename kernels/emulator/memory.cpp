// Finding an address, judging an access, and saying what is wrong with it.
#include "kernels/emulator/memory.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cstring>
#include <new>
#include <utility>

#include "kernels/emulator/machine.h"

namespace assay::emulator {

namespace {

constexpr std::size_t kAlignment = 256;

Accessor accessor_of(const Thread& thread) {
  return {&thread.known, make_epoch(thread.slot, thread.time), false, thread.since};
}

struct Access {
  const Site& site;
  const Thread& thread;
  const void* pc;
  const char* verb;
  std::size_t bytes;
};

[[noreturn]] void out_of_bounds(const Access& access, const Memory::Place& place) {
  Machine::current().fail(
      Fault::kOutOfBounds, &access.thread, access.site,
      fmt::format("{} {} bytes at {}", access.verb, access.bytes, describe(place)), access.pc);
}

void judge(const Access& access, Memory::Place place, const Verdict& verdict) {
  if (verdict.conflict == Conflict::kNone) return;
  Machine& machine = Machine::current();
  place.offset = verdict.offset;
  const std::string what = fmt::format("{} {}", access.verb, describe(place));
  const std::string other = machine.describe(verdict.other);
  const char* other_verb = verdict.other_wrote ? "written" : "read";
  const bool other_is_async = verdict.other != 0 && slot_of(verdict.other) < kReaderSetSlot &&
                              machine.memory().context().slot_is_async[slot_of(verdict.other)];
  switch (verdict.conflict) {
    case Conflict::kUninitialised:
      machine.fail(Fault::kUninitialised, &access.thread, access.site, what + ", never written",
                   access.pc);
    case Conflict::kInFlight:
      machine.fail(Fault::kPendingAsync, &access.thread, access.site,
                   fmt::format("{} while {} is still under way", what, other), access.pc);
    case Conflict::kUnfenced:
      machine.fail(Fault::kMissingProxyFence, &access.thread, access.site,
                   fmt::format("{} asynchronously, written by {} with no fence.proxy.async between",
                               what, other),
                   access.pc);
    case Conflict::kBarrier:
      machine.fail(Fault::kBarrierMisuse, &access.thread, access.site,
                   what + ", which belongs to an mbarrier", access.pc);
    case Conflict::kUnordered:
      machine.fail(other_is_async ? Fault::kPendingAsync : Fault::kRace, &access.thread,
                   access.site,
                   fmt::format("{}, {} by {}, and nothing orders the two", what, other_verb, other),
                   access.pc);
    case Conflict::kNone:
      break;
  }
}

/// An access to another block's shared memory must come before the end of that block.
void note_remote(const Access& access, const Memory::Place& place) {
  Block* home = place.block;
  if (home == nullptr || home == access.thread.block) return;
  if (home->exited) {
    Machine::current().fail(Fault::kUnfinished, &access.thread, access.site,
                            fmt::format("{} {}, which has ended", access.verb, describe(place)),
                            access.pc);
  }
  home->remote_accesses[access.thread.slot] = {access.thread.time, access.site};
}

}  // namespace

char* Memory::allocate(std::string name, std::size_t bytes) {
  const std::size_t total = bytes + 2 * GlobalBuffer::kGuardBytes + kAlignment;
  auto storage = std::make_unique<char[]>(total);
  std::memset(storage.get(), 0xFF, total);
  auto start = reinterpret_cast<std::uintptr_t>(storage.get()) + GlobalBuffer::kGuardBytes;
  start = (start + kAlignment - 1) / kAlignment * kAlignment;
  buffers_.push_back({std::move(name), std::move(storage), reinterpret_cast<char*>(start), bytes,
                      Shadow(&context_)});
  buffers_.back().shadow.reset(bytes, true);
  return buffers_.back().begin;
}

void Memory::settle() {
  for (GlobalBuffer& buffer : buffers_) buffer.shadow.settle();
}

void Memory::set_initialised(const void* begin, bool initialised) {
  for (GlobalBuffer& buffer : buffers_) {
    if (buffer.begin == begin) buffer.shadow.reset(buffer.bytes, initialised);
  }
}

Memory::Place Memory::find(const void* address, std::size_t bytes) {
  const auto* byte = static_cast<const char*>(address);
  if (Arenas::instance().contains(address)) {
    Block* block = Machine::current().resident(Arenas::instance().number(address));
    const std::size_t offset = shared_offset(address);
    if (block == nullptr) return {nullptr, offset, nullptr, nullptr, true};
    const bool outside = offset < kReservedSharedBytes || offset + bytes > block->shadow->size();
    return {outside ? nullptr : block->shadow.get(), offset, block, nullptr, outside};
  }
  const auto near = [&](const GlobalBuffer& buffer) {
    return byte + bytes > buffer.begin - GlobalBuffer::kGuardBytes &&
           byte < buffer.begin + buffer.bytes + GlobalBuffer::kGuardBytes;
  };
  if (last_ == nullptr || !near(*last_)) {
    last_ = nullptr;
    for (GlobalBuffer& buffer : buffers_) {
      if (near(buffer)) last_ = &buffer;
    }
  }
  if (last_ == nullptr) {
    const bool null = reinterpret_cast<std::uintptr_t>(address) < 65536;
    return {nullptr, reinterpret_cast<std::uintptr_t>(address), nullptr, nullptr, null};
  }
  const auto offset = static_cast<std::size_t>(byte - last_->begin);
  const bool outside = byte < last_->begin || byte + bytes > last_->begin + last_->bytes;
  return {outside ? nullptr : &last_->shadow, offset, nullptr, last_, outside};
}

Arenas& Arenas::instance() {
  static Arenas arenas;
  return arenas;
}

Arenas::Arenas() {
  void* region = mmap(nullptr, kArenaBytes * (kMaxBlocks + 1), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) throw std::bad_alloc();
  const auto start = reinterpret_cast<std::uintptr_t>(region);
  base_ = reinterpret_cast<char*>((start + kArenaBytes - 1) / kArenaBytes * kArenaBytes);
}

std::string describe(const Memory::Place& place) {
  if (place.block != nullptr) {
    return fmt::format("byte {} of the shared memory of block ({}, {}, {})",
                       static_cast<std::ptrdiff_t>(place.offset) -
                           static_cast<std::ptrdiff_t>(kReservedSharedBytes),
                       place.block->index.x, place.block->index.y, place.block->index.z);
  }
  if (place.buffer != nullptr) {
    return fmt::format("byte {} of buffer {} ({} bytes)", static_cast<std::ptrdiff_t>(place.offset),
                       place.buffer->name, place.buffer->bytes);
  }
  return fmt::format("address {:#x}, where nothing is", place.offset);
}

void check_read(const Site& site, const void* address, std::size_t bytes, const void* pc) {
  const Thread& thread = Machine::self();
  const Memory::Place place = Machine::current().memory().find(address, bytes);
  const Access access{site, thread, pc, "reads", bytes};
  if (place.outside) out_of_bounds(access, place);
  if (!place.known()) return;
  note_remote(access, place);
  judge(access, place, place.shadow->read(place.offset, bytes, accessor_of(thread)));
}

void check_write(const Site& site, const void* address, std::size_t bytes, const void* pc) {
  const Thread& thread = Machine::self();
  const Memory::Place place = Machine::current().memory().find(address, bytes);
  const Access access{site, thread, pc, "writes", bytes};
  if (place.outside) out_of_bounds(access, place);
  if (!place.known()) return;
  note_remote(access, place);
  judge(access, place, place.shadow->write(place.offset, bytes, accessor_of(thread)));
}

void check_async_read(const Site& site, const Thread& issuer, const Accessor& accessor,
                      const void* address, std::size_t bytes) {
  const Memory::Place place = Machine::current().memory().find(address, bytes);
  const Access access{site, issuer, nullptr, "reads", bytes};
  if (!place.known()) out_of_bounds(access, place);
  judge(access, place, place.shadow->read(place.offset, bytes, accessor));
}

void begin_async_write(const Site& site, const Thread& issuer, const Accessor& accessor,
                       const void* address, std::size_t bytes) {
  const Memory::Place place = Machine::current().memory().find(address, bytes);
  const Access access{site, issuer, nullptr, "writes", bytes};
  if (!place.known()) out_of_bounds(access, place);
  judge(access, place, place.shadow->write(place.offset, bytes, accessor));
}

void check_inside(const Site& site, const Thread& issuer, const void* address, std::size_t bytes) {
  const Memory::Place place = Machine::current().memory().find(address, bytes);
  if (!place.known()) out_of_bounds({site, issuer, nullptr, "touches", bytes}, place);
}

void land_async_write(const void* address, std::size_t bytes, Epoch epoch) {
  const Memory::Place place = Machine::current().memory().find(address, bytes);
  if (place.known()) place.shadow->mark(place.offset, bytes, epoch);
}

}  // namespace assay::emulator
