// The rules at exit.
#include "kernels/emulator/finish.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/emulator/machine.h"
#include "kernels/emulator/mbarrier.h"
#include "kernels/emulator/wgmma.h"

namespace assay::emulator {

void finish_thread(Thread& thread) {
  Machine& machine = Machine::current();
  if (thread.bulk.open > 0) {
    machine.fail(Fault::kUnfinished, &thread, thread.bulk.last,
                 "the thread ends with bulk stores that no group was committed for");
  }
  if (thread.bulk.waited_read < thread.bulk.committed) {
    machine.fail(Fault::kUnfinished, &thread, thread.bulk.last,
                 "the thread ends without having waited for its bulk stores to read");
  }
  if (thread.products.issued > thread.products.waited) {
    machine.fail(Fault::kUnfinished, &thread, thread.products.last,
                 "the thread ends without having waited for its wgmma");
  }
  const Warp& warp = *thread.warp;
  const std::uint64_t executed = warp.collectives_dropped + warp.collectives.size();
  if (thread.collectives < executed) {
    const Site& missed = warp.collectives[thread.collectives - warp.collectives_dropped];
    machine.fail(Fault::kDivergence, &thread, missed,
                 "the thread ends without executing what other lanes of its warp execute");
  }
}

void finish_block(Block& block) {
  Machine& machine = Machine::current();
  if (block.landings_pending > 0) {
    machine.fail(Fault::kUnfinished, &Machine::self(), Machine::self().last,
                 "the block ends while asynchronous copies into its shared memory are under way");
  }
  for (const auto& [address, barrier] : block.mbarriers) {
    if (barrier->bytes == 0) continue;
    machine.fail(Fault::kTransactionBytes, &Machine::self(), Machine::self().last,
                 "the block ends with " + describe(*barrier));
  }
  for (int id = 0; id < 16; ++id) {
    const NamedBarrier& barrier = block.named[id];
    if (barrier.arrived == 0) continue;
    machine.fail(Fault::kNamedBarrier, &Machine::self(), barrier.first,
                 fmt::format("the block ends with {} of {} threads at barrier {}", barrier.arrived,
                             barrier.expected, id));
  }
  // The shared memory lives until the last thread ends: an access must come before some end.
  for (const auto& [slot, access] : block.remote_accesses) {
    const auto& [time, site] = access;
    const bool known = std::any_of(block.warps.begin(), block.warps.end(), [&](const Warp* warp) {
      return std::any_of(warp->threads.begin(), warp->threads.end(),
                         [&](const Thread* thread) { return thread->known.plain(slot) >= time; });
    });
    if (known) continue;
    machine.fail(Fault::kUnfinished, &Machine::self(), site,
                 fmt::format("the block ends, and nothing orders this access by {} before that",
                             machine.describe(make_epoch(slot, time))));
  }
}

}  // namespace assay::emulator
