// The emulator as a test sees it: buffers, launches, and trials under many seeds.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/emulator/machine.h"

namespace assay::emulator {

/// The memory and the settings of a test's launches. device::launch uses the one that lives.
class Emulator {
 public:
  explicit Emulator(Settings settings = {});
  ~Emulator();
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  /// Between guard bands, zero. The host may write it at any time outside of a launch.
  template <typename T>
  std::span<T> input(std::string name, std::size_t count) {
    return {reinterpret_cast<T*>(allocate(std::move(name), count * sizeof(T), true)), count};
  }
  /// The same, full of NaN, and an error for a kernel to read before it has written it.
  template <typename T>
  std::span<T> output(std::string name, std::size_t count) {
    return {reinterpret_cast<T*>(allocate(std::move(name), count * sizeof(T), false)), count};
  }

  /// For kernels that wait for other blocks: how many clusters (blocks, without) run at once.
  void keep_resident(std::uint32_t clusters) { settings_.resident_clusters = clusters; }

  /// Runs the kernel of every thread. Throws Failure.
  void launch(const LaunchConfig& config, std::function<void()> kernel);

  static Emulator& current();

 private:
  char* allocate(std::string name, std::size_t bytes, bool initialised);
  Settings settings_;
  Memory memory_;
  Emulator* outer_;
};

/// What a test repeats: makes its inputs, launches, and compares, in the Emulator it is given.
using Trial = std::function<void(Emulator&)>;

/// Ends a trial as Fault::kWrongResult.
void expect(bool right, const std::string& otherwise);

/// What the trial finds under these settings, or nothing.
std::optional<Report> run_trial(const Trial& trial, const Settings& settings);

/// Every synchronising or asynchronous call that the trial executes.
std::vector<Site> sites_of(const Trial& trial);

/// ASSAY_EMULATOR_SEED, to replay one seed; and how many seeds to try: `usual`, or
/// ASSAY_SOAK_COUNT.
std::vector<std::uint64_t> seeds(std::uint64_t usual);

struct Found {
  int failures = 0;
  int trials = 0;
  std::optional<Report> first;
};
/// Tries seeds in turn through all modes, stopping at the first report.
Found search(const Trial& trial, const std::vector<std::uint64_t>& seeds,
             const std::optional<Mutation>& mutation = std::nullopt);

}  // namespace assay::emulator
