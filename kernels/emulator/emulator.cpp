// Trials: one launch after another under seeds and modes, until something is found.
#include "kernels/emulator/emulator.h"

#include <cstdlib>
#include <cstring>
#include <utility>

namespace assay::emulator {

namespace {
Emulator* current_emulator = nullptr;
}

Emulator::Emulator(Settings settings) : settings_(std::move(settings)), outer_(current_emulator) {
  current_emulator = this;
}

Emulator::~Emulator() { current_emulator = outer_; }

Emulator& Emulator::current() {
  if (current_emulator == nullptr) {
    throw Error("launching a kernel: no Emulator lives; make one before the launch");
  }
  return *current_emulator;
}

char* Emulator::allocate(std::string name, std::size_t bytes, bool initialised) {
  char* begin = memory_.allocate(std::move(name), bytes);
  memory_.set_initialised(begin, initialised);
  if (initialised) std::memset(begin, 0, bytes);
  return begin;
}

void Emulator::launch(const LaunchConfig& config, std::function<void()> kernel) {
  Machine machine(settings_, config, memory_, std::move(kernel));
  machine.run();
}

void expect(bool right, const std::string& otherwise) {
  if (right) return;
  Report report;
  report.fault = Fault::kWrongResult;
  report.detail = otherwise;
  throw Failure(std::move(report));
}

std::optional<Report> run_trial(const Trial& trial, const Settings& settings) {
  Emulator emulator(settings);
  try {
    trial(emulator);
  } catch (const Failure& failure) {
    Report report = failure.report();
    report.seed = settings.seed;
    report.mode = name(settings.mode);
    return report;
  }
  return std::nullopt;
}

std::vector<Site> sites_of(const Trial& trial) {
  std::vector<Site> sites;
  Settings settings;
  settings.sites = &sites;
  if (const auto report = run_trial(trial, settings)) throw Error(report->text());
  return sites;
}

std::vector<std::uint64_t> seeds(std::uint64_t usual) {
  if (const char* one = std::getenv("ASSAY_EMULATOR_SEED"); one != nullptr) {
    return {std::strtoull(one, nullptr, 10)};
  }
  std::uint64_t count = usual;
  if (const char* soak = std::getenv("ASSAY_SOAK_COUNT"); soak != nullptr) {
    count = std::strtoull(soak, nullptr, 10);
  }
  std::vector<std::uint64_t> all;
  for (std::uint64_t seed = 1; seed <= count; ++seed) all.push_back(seed);
  return all;
}

Found search(const Trial& trial, const std::vector<std::uint64_t>& seeds,
             const std::optional<Mutation>& mutation) {
  Found found;
  for (const std::uint64_t seed : seeds) {
    Settings settings;
    settings.seed = seed;
    settings.mode = kAllModes[seed % std::size(kAllModes)];
    settings.mutation = mutation;
    ++found.trials;
    found.first = run_trial(trial, settings);
    if (!found.first) continue;
    ++found.failures;
    return found;
  }
  return found;
}

}  // namespace assay::emulator
