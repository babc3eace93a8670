// Nobody can go on: who waits for what, grouped by warpgroup.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "kernels/emulator/machine.h"
#include "kernels/emulator/mbarrier.h"

namespace assay::emulator {

namespace {

/// Bytes that will never come are a fault of their own.
bool waits_for_bytes(const Thread& thread) {
  for (const auto& [address, barrier] : thread.block->mbarriers) {
    if (barrier.get() == thread.blocked.object) return barrier->pending == 0 && barrier->bytes != 0;
  }
  return false;
}

}  // namespace

void Machine::report_deadlock() {
  std::map<std::string, std::vector<const Thread*>> groups;
  const Thread* first = nullptr;
  Fault fault = Fault::kDeadlock;
  for (const auto& thread : threads_) {
    if (thread->done || thread->blocked.describe == nullptr) continue;
    const Blocked& blocked = thread->blocked;
    const Index3& at = thread->block->index;
    groups[fmt::format("block ({}, {}, {}) warpgroup {} at {} waits for {}", at.x, at.y, at.z,
                       thread->linear / 128, blocked.site.text(),
                       blocked.describe(blocked.object, blocked.argument))]
        .push_back(thread.get());
    if (first == nullptr) first = thread.get();
    if (fault == Fault::kDeadlock && waits_for_bytes(*thread)) {
      fault = Fault::kTransactionBytes;
      first = thread.get();
    }
  }
  constexpr std::size_t kShown = 8;
  std::string text = "nobody can go on";
  std::size_t shown = 0;
  for (const auto& [what, threads] : groups) {
    if (++shown > kShown) break;
    text += fmt::format("; {} threads (first {}) of {}", threads.size(), threads[0]->linear, what);
  }
  if (groups.size() > kShown) text += fmt::format("; and {} more groups", groups.size() - kShown);
  fail(fault, first, first == nullptr ? Site{} : first->blocked.site, std::move(text));
}

}  // namespace assay::emulator
