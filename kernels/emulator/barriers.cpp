// Barriers: the thread that completes one passes the knowledge of all to all that wait.
#include "kernels/emulator/barriers.h"

#include <fmt/format.h>

#include <optional>

#include "kernels/emulator/machine.h"

namespace assay::emulator {

namespace {

void adopt(Thread& thread, const SharedKnowledge& all) {
  thread.known.adopt(all);
  ++thread.learned;
}

std::string describe_named(const void* object, std::uint64_t id) {
  const auto& barrier = *static_cast<const NamedBarrier*>(object);
  return fmt::format("barrier {}: {} of {} threads have arrived", id, barrier.arrived,
                     barrier.expected);
}

std::string describe_cluster(const void* object, std::uint64_t) {
  const auto& cluster = *static_cast<const Cluster*>(object);
  std::uint32_t threads = 0;
  for (const Block* block : cluster.blocks) threads += block->thread_count;
  return fmt::format("the cluster's barrier: {} of {} threads have arrived", cluster.arrived,
                     threads);
}

std::string describe_meeting(const void* object, std::uint64_t mask) {
  const auto& meeting = *static_cast<const Meeting*>(object);
  return fmt::format("the lanes {:#010x} of its warp, of which {:#010x} are there", mask,
                     meeting.arrived);
}

/// What all know when this arrival completed the barrier, which is then as new. Those who arrived
/// and wait have learned nothing since, so that what all know includes what they do.
std::optional<SharedKnowledge> arrive(int id, int threads, const Call& call) {
  Machine& machine = Machine::current();
  Thread& thread = Machine::self();
  const auto count = static_cast<std::uint32_t>(threads);
  if (id < 0 || id > 15) {
    machine.fail(Fault::kNamedBarrier, &thread, call.site(),
                 fmt::format("barrier {}: a block has barriers 0 to 15", id));
  }
  if (threads <= 0 || threads % 32 != 0 || count > (thread.block->thread_count + 31) / 32 * 32) {
    machine.fail(Fault::kNamedBarrier, &thread, call.site(),
                 fmt::format("barrier {} for {} threads: not a multiple of 32 within the block", id,
                             threads));
  }
  NamedBarrier& barrier = thread.block->named[id];
  if (barrier.arrived == 0) {
    barrier.expected = count;
    barrier.first = call.site();
  } else if (barrier.expected != count) {
    machine.fail(Fault::kNamedBarrier, &thread, call.site(),
                 fmt::format("barrier {} for {} threads, but for {} at {}", id, threads,
                             barrier.expected, barrier.first.text()));
  }
  release(thread, barrier.joined);
  if (++barrier.arrived < barrier.expected) return std::nullopt;
  barrier.arrived = 0;
  const SharedKnowledge all = barrier.joined.take();
  for (Thread* waiting : barrier.queue.waiting) adopt(*waiting, all);
  machine.wake(barrier.queue);
  return all;
}

void sync(int id, int threads, const Call& call) {
  Thread& thread = Machine::self();
  for (int i = 0; i < call.times(); ++i) {
    collective(thread, call.site());
    if (const auto all = arrive(id, threads, call)) {
      adopt(thread, *all);
      continue;
    }
    NamedBarrier& barrier = thread.block->named[id];
    Machine::current().wait(
        barrier.queue, {call.site(), &barrier, static_cast<std::uint64_t>(id), describe_named});
  }
}

}  // namespace

void syncthreads(const Site& site) {
  const Call call(site);
  sync(0, static_cast<int>((Machine::self().block->thread_count + 31) / 32 * 32), call);
}

void named_barrier_sync(int id, int threads, const Site& site) {
  const Call call(site);
  sync(id, static_cast<int>(call.operand(static_cast<std::uint64_t>(threads))), call);
}

void named_barrier_arrive(int id, int threads, const Site& site) {
  const Call call(site);
  const int count = static_cast<int>(call.operand(static_cast<std::uint64_t>(threads)));
  for (int i = 0; i < call.times(); ++i) {
    collective(Machine::self(), site);
    arrive(id, count, call);
  }
}

std::array<std::uint64_t, 32> meet(std::uint32_t mask, std::uint64_t value, bool orders_memory,
                                   const Site& site) {
  Machine& machine = Machine::current();
  Thread& thread = Machine::self();
  const std::uint32_t lane = 1u << thread.lane;
  if ((mask & lane) == 0) {
    machine.fail(Fault::kDivergence, &thread, site,
                 fmt::format("lane {} is not in its own mask {:#010x}", thread.lane, mask));
  }
  if (mask == 0xffffffffu) collective(thread, site);
  Warp& warp = *thread.warp;
  for (const Thread* other : warp.threads) {
    if (other->done && (mask >> other->lane & 1) != 0) {
      machine.fail(Fault::kDivergence, &thread, site,
                   fmt::format("lane {} of the mask has ended", other->lane));
    }
  }
  Meeting& meeting = warp.meetings[mask];
  if (meeting.arrived == 0) {
    meeting.site = site;
  } else if (!meeting.site.same_place(site)) {
    machine.fail(Fault::kDivergence, &thread, site,
                 fmt::format("other lanes of the mask execute {}", meeting.site.text()));
  }
  meeting.arrived |= lane;
  meeting.values[thread.lane] = value;
  if (orders_memory) release(thread, meeting.joined);
  const std::uint32_t present =
      warp.threads.size() == 32 ? mask : mask & ((1u << warp.threads.size()) - 1);
  if (meeting.arrived != present) {
    machine.wait(meeting.queue, {site, &meeting, mask, describe_meeting});
    return thread.received;
  }
  thread.received = meeting.values;
  for (Thread* waiting : meeting.queue.waiting) waiting->received = meeting.values;
  if (orders_memory) {
    const SharedKnowledge all = meeting.joined.take();
    adopt(thread, all);
    for (Thread* waiting : meeting.queue.waiting) adopt(*waiting, all);
  }
  meeting.arrived = 0;
  machine.wake(meeting.queue);
  return thread.received;
}

void syncwarp(std::uint32_t mask, const Site& site) {
  const Call call(site);
  for (int i = 0; i < call.times(); ++i) meet(mask, 0, true, site);
}

void cluster_arrive(const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Thread& thread = Machine::self();
  Cluster& cluster = *thread.block->cluster;
  collective(thread, site);
  if (thread.cluster_arrived) {
    Machine::current().fail(Fault::kDivergence, &thread, site,
                            "arrives at the cluster's barrier a second time without waiting");
  }
  thread.cluster_arrived = true;
  thread.cluster_phase = cluster.phase;
  release(thread, cluster.joined);
  std::uint32_t threads = 0;
  for (const Block* block : cluster.blocks) threads += block->thread_count;
  if (++cluster.arrived < threads) return;
  cluster.arrived = 0;
  ++cluster.phase;
  cluster.released = Published(cluster.joined.take());
  Machine::current().wake(cluster.queue);
}

void cluster_wait(const Site& site) {
  const Call call(site);
  if (call.removed()) {
    Machine::self().cluster_arrived = false;
    return;
  }
  Thread& thread = Machine::self();
  Cluster& cluster = *thread.block->cluster;
  collective(thread, site);
  if (!thread.cluster_arrived) {
    Machine::current().fail(Fault::kDivergence, &thread, site,
                            "waits at the cluster's barrier without having arrived");
  }
  while (cluster.phase == thread.cluster_phase) {
    Machine::current().wait(cluster.queue, {site, &cluster, 0, describe_cluster});
  }
  thread.cluster_arrived = false;
  acquire(thread, cluster.released);
}

void* map_to_rank(const void* shared, std::uint32_t rank, const Site& site) {
  const Cluster& cluster = *Machine::self().block->cluster;
  if (rank >= cluster.blocks.size()) {
    Machine::current().fail(
        Fault::kOutOfBounds, &Machine::self(), site,
        fmt::format("block {} of a cluster of {}", rank, cluster.blocks.size()));
  }
  return cluster.blocks[rank]->arena + shared_offset(shared);
}

}  // namespace assay::emulator
