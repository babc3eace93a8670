// One launch: its resident blocks, its fibers, its pending asynchronous work, and the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernels/emulator/atomics.h"
#include "kernels/emulator/memory.h"
#include "kernels/emulator/report.h"
#include "kernels/emulator/schedule.h"
#include "kernels/emulator/threads.h"

namespace assay::emulator {

/// What a test chooses for its launches.
struct Settings {
  Mode mode = Mode::kRandom;
  std::uint64_t seed = 1;
  std::optional<Mutation> mutation;
  /// Where to note every synchronising or asynchronous call that was executed.
  std::vector<Site>* sites = nullptr;
  /// How many clusters are resident at once: more than one where kernels wait for other blocks.
  std::uint32_t resident_clusters = 1;
  /// Switches of fibers after which a launch counts as stuck in a loop.
  std::uint64_t max_steps = 50'000'000;
};

/// Work that happens some time after the instruction that started it.
struct AsyncWork {
  virtual ~AsyncWork() = default;
  /// Does some of it; true when nothing is left.
  virtual bool step() = 0;
  virtual std::string describe() const = 0;
};

class Machine {
 public:
  Machine(const Settings& settings, const LaunchConfig& config, Memory& memory,
          std::function<void()> kernel);
  ~Machine();
  /// Throws Failure.
  void run();

  static Machine& current();
  /// Null outside of a kernel: what the hooks of plain accesses look at first.
  static Thread* running();
  static Thread& self();

  const Settings& settings() const { return settings_; }
  const LaunchConfig& config() const { return config_; }
  Memory& memory() { return memory_; }
  Schedule& schedule() { return schedule_; }
  Atomics& atomics() { return atomics_; }
  Random& random() { return schedule_.random(); }
  Block* resident(std::size_t arena) const;

  // On a fiber.
  /// Blocks the running thread until `queue` is woken.
  void wait(WaitQueue& queue, const Blocked& blocked);
  /// Lets others run.
  void yield();

  // Anywhere.
  void wake(WaitQueue& queue);
  void post(std::unique_ptr<AsyncWork> work);
  [[noreturn]] void fail(Fault fault, const Thread* who, const Site& site, std::string detail,
                         const void* pc = nullptr);

  /// A new slot for something that acts by itself through the asynchronous proxy.
  Slot new_slot(std::string name);
  /// The first time of slots of this group; earlier times are those of blocks before.
  std::uint32_t base_time() const { return base_time_; }
  /// No slot has got further.
  void note_time(std::uint32_t time);
  /// Remembers who started an asynchronous write; the epoch of its bytes until they land.
  Epoch new_flight(const Site& site, const Thread& issuer);
  std::string describe(Epoch epoch) const;

 private:
  void load_group(std::uint32_t first_cluster, std::uint32_t count);
  void load_block(Cluster& cluster, std::uint32_t rank, Index3 index);
  void run_group();
  void resume(Thread& thread);
  void step_async();
  void exit_thread(Thread& thread);
  void exit_block(Block& block);
  void report_deadlock();
  static void fiber_main(FiberTransfer transfer);

  const Settings settings_;
  const LaunchConfig config_;
  Memory& memory_;
  const std::function<void()> kernel_;
  Schedule schedule_;
  Atomics atomics_;
  std::unique_ptr<Report> failure_;

  std::vector<std::unique_ptr<Cluster>> clusters_;
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<std::unique_ptr<Warp>> warps_;
  std::vector<std::unique_ptr<Warpgroup>> warpgroups_;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::vector<std::unique_ptr<AsyncWork>> pending_;
  std::uint32_t alive_ = 0;
  std::uint32_t base_time_ = 1;  ///< Clocks go on from group to group.
  std::size_t slot_capacity_ = 0;

  std::uint32_t latest_time_ = 1;
  std::uint32_t first_agent_ = 0;  ///< Slots of threads are below.
  std::vector<std::string> agents_;

  struct Flight {
    Site site;
    const Thread* issuer;
  };
  std::vector<Flight> flights_;
};

/// "block (0, 0, 0) warp 4 thread 131"
std::string describe(const Thread& thread);

/// What the running thread does from now on is later than what it did.
void tick(Thread& thread);
/// Publishes what the running thread knows; what it does next is later than that.
void release(Thread& thread, Gathered& into);
void release(Thread& thread, Knowledge& into);
/// Learns what was published.
void acquire(Thread& thread, Published& from);
void acquire(Thread& thread, const Knowledge& from);
/// An instruction of the running thread, which may be one that a test changed.
class Call {
 public:
  /// Others may run first; a synchronising or asynchronous call is noted.
  explicit Call(const Site& site);
  /// 0 where the test removed it, 2 where it repeated it.
  int times() const { return times_; }
  bool removed() const { return times_ == 0; }
  /// The instruction's number and the address it names, as the test changed them.
  std::uint64_t operand(std::uint64_t value) const {
    return changed(Mutation::Kind::kChange, value);
  }
  template <typename T>
  T* address(T* pointer) const {
    return reinterpret_cast<T*>(
        changed(Mutation::Kind::kMove, reinterpret_cast<std::uint64_t>(pointer)));
  }
  const Site& site() const { return site_; }

 private:
  std::uint64_t changed(Mutation::Kind kind, std::uint64_t value) const;

  const Site& site_;
  int times_ = 1;
  const Mutation* change_ = nullptr;
};

/// The same for an instruction that neither synchronises nor starts anything: no test removes it.
void pass(const Site& site);

/// All lanes of a warp execute the same collectives in the same order.
void collective(Thread& thread, const Site& site);

}  // namespace assay::emulator
