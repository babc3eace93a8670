// The loop: a fiber or some asynchronous work takes the next step until all blocks have ended.
#include "kernels/emulator/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "kernels/emulator/finish.h"
#include "kernels/emulator/mbarrier.h"
#include "kernels/emulator/wgmma.h"

#if defined(__SANITIZE_ADDRESS__)
// A fiber that found a fault is abandoned with what it held.
extern "C" const char* __lsan_default_options() { return "detect_leaks=0"; }
#endif

namespace assay::emulator {

namespace {

// Plain globals: compilers cache the addresses of thread-local ones across switches of stacks.
Machine* current_machine = nullptr;
Thread* running_thread = nullptr;

}  // namespace

Machine& Machine::current() { return *current_machine; }
Thread* Machine::running() { return running_thread; }
Thread& Machine::self() { return *running_thread; }

Machine::Machine(const Settings& settings, const LaunchConfig& config, Memory& memory,
                 std::function<void()> kernel)
    : settings_(settings),
      config_(config),
      memory_(memory),
      kernel_(std::move(kernel)),
      schedule_(settings.mode, settings.seed) {
  current_machine = this;
}

Machine::~Machine() {
  current_machine = nullptr;
  running_thread = nullptr;
}

void Machine::run() {
  memory_.settle();
  memory_.context().readers.clear();
  const Index3 grid = config_.grid;
  const Index3 cluster = config_.cluster;
  if (grid.x % cluster.x != 0 || grid.y % cluster.y != 0 || grid.z % cluster.z != 0) {
    throw std::invalid_argument("the grid is not a whole number of clusters");
  }
  const std::uint32_t clusters = grid.x / cluster.x * (grid.y / cluster.y) * (grid.z / cluster.z);
  for (std::uint32_t first = 0; first < clusters; first += settings_.resident_clusters) {
    load_group(first, std::min(settings_.resident_clusters, clusters - first));
    run_group();
  }
}

void Machine::run_group() {
  for (std::uint64_t step = 0; alive_ > 0 || !pending_.empty(); ++step) {
    const bool stuck = pending_.empty() && schedule_.empty();
    if (stuck && !nudge_polling(atomics_)) report_deadlock();
    const bool can_run = !schedule_.empty();
    if (step >= settings_.max_steps) {
      fail(Fault::kDeadlock, nullptr, {}, fmt::format("still running after {} steps", step));
    }
    if (!pending_.empty() && schedule_.prefers_async()) {
      step_async();
    } else if (can_run) {
      resume(*schedule_.take());
    }
  }
}

void Machine::resume(Thread& thread) {
  running_thread = &thread;
  thread.context = enter_fiber(thread.context, thread.slot - 1);
  running_thread = nullptr;
  if (failure_ != nullptr) throw Failure(*failure_);
}

void Machine::fiber_main(FiberTransfer transfer) {
  begin_fiber(transfer);
  Machine& machine = *current_machine;
  machine.kernel_();
  machine.exit_thread(*running_thread);
  for (;;) leave_fiber();
}

void Machine::step_async() {
  const std::size_t at = random().below(pending_.size());
  if (!pending_[at]->step()) return;
  // A step may have posted more work, so the place is looked up again.
  std::swap(pending_[at], pending_.back());
  pending_.pop_back();
}

void Machine::post(std::unique_ptr<AsyncWork> work) { pending_.push_back(std::move(work)); }

void Machine::wait(WaitQueue& queue, const Blocked& blocked) {
  Thread& thread = self();
  thread.blocked = blocked;
  queue.waiting.push_back(&thread);
  leave_fiber();
  thread.blocked = {};
}

void Machine::wake(WaitQueue& queue) {
  for (Thread* thread : queue.waiting) schedule_.add(thread);
  queue.waiting.clear();
}

void Machine::yield() {
  schedule_.add(&self());
  leave_fiber();
}

void Machine::fail(Fault fault, const Thread* who, const Site& site, std::string detail,
                   const void* pc) {
  Report report;
  report.fault = fault;
  if (who != nullptr) report.who = emulator::describe(*who);
  report.site = site;
  report.pc = pc;
  report.detail = std::move(detail);
  report.seed = settings_.seed;
  report.mode = name(settings_.mode);
  if (running_thread == nullptr) throw Failure(std::move(report));
  failure_ = std::make_unique<Report>(std::move(report));
  for (;;) leave_fiber();
}

void Machine::exit_thread(Thread& thread) {
  finish_thread(thread);
  thread.done = true;
  --alive_;
  if (--thread.block->alive == 0) exit_block(*thread.block);
}

void Machine::exit_block(Block& block) {
  finish_block(block);
  block.exited = true;
}

void Machine::note_time(std::uint32_t time) {
  latest_time_ = std::max(latest_time_, time);
  if (latest_time_ >= kMaxClock) throw std::length_error("the emulator's clocks have run out");
}

Slot Machine::new_slot(std::string name) {
  const std::size_t slot = first_agent_ + agents_.size();
  if (slot >= slot_capacity_) throw std::length_error("more mbarriers than the emulator expects");
  agents_.push_back(std::move(name));
  return static_cast<Slot>(slot);
}

Epoch Machine::new_flight(const Site& site, const Thread& issuer) {
  flights_.push_back({site, &issuer});
  if (flights_.size() > kMaxClock) throw std::length_error("too many copies for the emulator");
  return make_epoch(kInFlightSlot, static_cast<std::uint32_t>(flights_.size() - 1));
}

std::string Machine::describe(Epoch epoch) const {
  const Slot slot = slot_of(epoch);
  if (epoch == 0) return "nobody";
  if (slot == kHostSlot) return "the host";
  if (slot == kInFlightSlot) {
    const Flight& flight = flights_[clock_of(epoch)];
    return fmt::format("{} by {}", flight.site.text(), emulator::describe(*flight.issuer));
  }
  if (slot == kBarrierSlot) return "an mbarrier";
  if (slot >= first_agent_) return agents_[slot - first_agent_];
  if (clock_of(epoch) < base_time_) return "a block that ran before";
  return emulator::describe(*threads_[slot - 1]);
}

Block* Machine::resident(std::size_t arena) const {
  return arena < blocks_.size() ? blocks_[arena].get() : nullptr;
}

std::string describe(const Thread& thread) {
  const Index3& at = thread.block->index;
  return fmt::format("block ({}, {}, {}) warp {} thread {}", at.x, at.y, at.z, thread.warp->index,
                     thread.linear);
}

}  // namespace assay::emulator
