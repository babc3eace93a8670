// cp.async: bytes arrive at any moment before the wait, and are nobody's until then.
#include "kernels/emulator/copy_async.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "kernels/emulator/machine.h"

namespace assay::emulator {

namespace {

CopyGroups& groups_of(Thread& thread) {
  if (!thread.copies) thread.copies = std::make_shared<CopyGroups>();
  return *thread.copies;
}

class CopyWork : public AsyncWork {
 public:
  CopyWork(Thread& thread, std::shared_ptr<CopyGroups> groups, std::size_t index,
           const void* global, std::uint32_t valid_bytes)
      : thread_(thread),
        groups_(std::move(groups)),
        group_(groups_->groups.size() - 1),
        index_(index),
        global_(global),
        valid_bytes_(valid_bytes) {}

  bool step() override {
    CopyGroups::Copy& copy = groups_->groups[group_][index_];
    std::memset(copy.shared, 0, copy.bytes);
    std::memcpy(copy.shared, global_, valid_bytes_);
    copy.landed = true;
    Machine::current().wake(groups_->progress);
    return true;
  }

  std::string describe() const override { return "a cp.async of " + emulator::describe(thread_); }

 private:
  const Thread& thread_;
  std::shared_ptr<CopyGroups> groups_;
  std::size_t group_;
  std::size_t index_;
  const void* global_;
  std::uint32_t valid_bytes_;
};

std::string describe_wait(const void*, std::uint64_t pending) {
  return fmt::format("its copies, all but the newest {} groups", pending);
}

bool all_landed(const CopyGroups& copies, std::size_t end) {
  for (std::size_t i = copies.awaited; i < end; ++i) {
    const auto& group = copies.groups[i];
    if (!std::all_of(group.begin(), group.end(), [](const auto& copy) { return copy.landed; })) {
      return false;
    }
  }
  return true;
}

void check_alignment(const Thread& thread, const Site& site, const void* address,
                     std::uint32_t bytes) {
  if (reinterpret_cast<std::uintptr_t>(address) % bytes == 0) return;
  Machine::current().fail(Fault::kAlignment, &thread, site,
                          fmt::format("an address is not a multiple of the {} bytes", bytes));
}

}  // namespace

void copy_async(void* shared, const void* global, std::uint32_t bytes, std::uint32_t valid_bytes,
                const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Machine& machine = Machine::current();
  Thread& thread = Machine::self();
  shared = call.address(shared);
  check_alignment(thread, site, shared, bytes);
  check_alignment(thread, site, global, bytes);
  if (valid_bytes > bytes) {
    machine.fail(Fault::kOutOfBounds, &thread, site,
                 fmt::format("{} valid bytes of a copy of {}", valid_bytes, bytes));
  }
  if (machine.memory().find(shared, bytes).block != thread.block) {
    machine.fail(Fault::kOutOfBounds, &thread, site, "copies to what is not its shared memory");
  }
  if (valid_bytes > 0) check_read(site, global, valid_bytes);
  const Epoch flight = machine.new_flight(site, thread);
  begin_async_write(site, thread, {&thread.known, flight, false, thread.since}, shared, bytes);
  std::memset(shared, 0xFF, bytes);
  CopyGroups& copies = groups_of(thread);
  copies.groups.back().push_back({shared, bytes, false});
  machine.post(std::make_unique<CopyWork>(thread, thread.copies, copies.groups.back().size() - 1,
                                          global, valid_bytes));
}

void copy_async_commit(const Site& site) {
  const Call call(site);
  CopyGroups& copies = groups_of(Machine::self());
  for (int i = 0; i < call.times(); ++i) copies.groups.emplace_back();
}

void copy_async_wait(std::uint32_t pending, const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Thread& thread = Machine::self();
  CopyGroups& copies = groups_of(thread);
  const std::size_t closed = copies.groups.size() - 1;
  const auto newest = static_cast<std::size_t>(call.operand(pending));
  const std::size_t end = closed > newest ? closed - newest : 0;
  while (!all_landed(copies, end)) {
    Machine::current().wait(copies.progress, {site, &copies, newest, describe_wait});
  }
  // From here on they are like stores that this thread has just made.
  for (; copies.awaited < end; ++copies.awaited) {
    for (const CopyGroups::Copy& copy : copies.groups[copies.awaited]) {
      land_async_write(copy.shared, copy.bytes, make_epoch(thread.slot, thread.time));
    }
    copies.groups[copies.awaited].clear();
  }
}

}  // namespace assay::emulator
