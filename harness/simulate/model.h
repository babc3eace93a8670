// The model behind simulated documents: an accelerator, how its devices differ, and what is broken.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/family.h"
#include "harness/core/gpu_model.h"
#include "harness/core/profile.h"
#include "harness/core/result.h"

namespace assay {

/// One thing that is wrong with a device, or with all devices of a node.
struct Fault {
  std::string spec;  ///< As it was planted.
  enum class Kind { slow, wrong, other_bits, lost, memory_errors, noisy };
  Kind kind = Kind::slow;
  int node = 0;
  std::optional<int> device;        ///< Absent: every device of the node.
  Family family = Family::compute;  ///< Of `slow`: every case of it.
  double amount = 0;  ///< `slow`: the share of its rate that is gone; `noisy`: the factor of noise.
};

/// Reads `compute:3/2:0.05`, `wrong:0/7` and so on; the device may be `*`. Throws Error that names
/// what is wrong and the kinds that there are.
Fault fault_from_spec(const std::string& spec);
/// Why no case of the profile shows the fault, as in "no case of it moves data over links"; empty
/// where one does.
std::string why_unseen(const Fault& fault, const Profile& profile);
/// The specs that fault_from_spec() reads, with what each does, for a manual.
std::string fault_kinds();

struct SimulationModel {
  const GpuModel* gpu = nullptr;
  int devices = 8;  ///< Of a node.
  std::uint64_t seed = 1;
  std::int64_t samples = 64;  ///< Of a series at least; a profile may ask for more.
  // Relative standard deviations of rates, and of single samples.
  double device_spread = 0.004, node_spread = 0.002, case_spread = 0.004;
  double noise = 0.005;
  double slow_share = 0.005;  ///< Of samples, which take 5 to 20 % longer.
  std::string started = "2026-01-01T00:00:00.000Z";
  std::vector<std::string> command = {"assay", "simulate"};
  std::vector<Fault> faults = {};
};

/// Makes the documents of nodes one after the other; what they have in common is made once.
class SimulatedNodes {
 public:
  /// Refers to the profile. Throws Error for one that is not for cuda.
  SimulatedNodes(SimulationModel model, const Profile& profile);
  ~SimulatedNodes();

  /// Another cluster of the model from here on.
  void plant(std::uint64_t seed, std::vector<Fault> faults);
  /// The document of one node, without fits, in the memory of one that this made before: what is
  /// the same in both is left as it is. Throws Error for a profile with pairs of ranks.
  void make(int node, Result& document);

 private:
  struct Common;
  std::unique_ptr<Common> common_;
};

/// The document of one node, counted from 0: what every device measured of the profile's cases,
/// and the collectives between them. The same model and node give the same document. Throws Error
/// for a profile that is not for cuda or asks for pairs of ranks.
Result simulated_node(const SimulationModel& model, const Profile& profile, int node);

}  // namespace assay
