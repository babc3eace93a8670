// What a profile asks of a run: the one place that expands its lines of cases into groups.
#pragma once

#include <string>
#include <vector>

#include "harness/core/case_filter.h"
#include "harness/core/profile.h"

namespace assay {

/// Where the cases of a group are measured.
enum class Reach {
  each_device,      ///< Every device alone.
  devices_at_once,  ///< All devices of a node at the same time.
  between_devices,  ///< Copies between every two devices of a node, alone and in disjoint pairs.
  between_ranks,    ///< Every group of as many ranks as the shape names.
  rank_pairs,       ///< Every two ranks.
};

/// The facts about a run's machines that decide which groups of a profile it has.
struct AskedWorld {
  std::string backend;  // host | cuda
  int devices = 1;      // of one node
  /// The sizes of the groups of ranks that collectives run over: all ranks first, then the scopes
  /// inside. A process with one device is one rank, which has nothing to measure between ranks.
  std::vector<int> ranks = {1};
  std::string compute_capability = {};  // the least of the devices; empty: not known
};

/// The least compute capability of the devices, `9.0`; empty where one's is not known.
std::string least_compute_capability(const std::vector<DeviceFacts>& devices);
/// Whether `9.0` is `least` or above; what is not known is.
bool is_capable(const std::string& compute_capability, const std::string& least);

/// A number of ranks that is not known: shapes are left as the profile has them, without ranks.
inline constexpr int kAnyRanks = 0;

/// One workload, dtype, shape and series: its implementations are measured in alternation.
struct AskedGroup {
  std::string workload, dtype;
  Shape shape;  // as in case ids
  Series series = Series::cold;
  Reach reach = Reach::each_device;
  std::vector<std::string> implementations;  // none: the profile takes whatever there is
  SamplingRule sampling = {};

  CaseId id(const std::string& implementation) const;
  /// `workload.dtype/shape`, with the series when it is not cold, and that all devices work at
  /// once.
  std::string name() const;
};

/// An implementation that an executable has.
struct Implemented {
  std::string workload, dtype, backend, name;
  bool on_request = false;  // a variant that is measured only where a profile names it
};

/// Every group of the profile in that world, in the profile's order; lines that name one group are
/// merged into one, under the stricter of their rules of sampling. A line without implementations
/// gets those of `implemented`; where that is empty (documents are judged on machines that have no
/// kernels), the group is left without any.
std::vector<AskedGroup> asked_cases(const Profile& profile, const AskedWorld& world,
                                    const std::vector<Implemented>& implemented = {});

/// The same for a run, restricted by the filter. Throws Error when the profile asks nothing of this
/// world or the filter leaves nothing.
std::vector<AskedGroup> asked_of_run(const Profile& profile, const AskedWorld& world,
                                     const std::vector<Implemented>& implemented,
                                     const std::string& filter);

/// Throws Error, naming the line of the profile, for a size that the dtype or the workload cannot
/// have, for pairs of two sizes, and for what `implemented` lacks. A backend of which `implemented`
/// has nothing is not checked: an executable without CUDA does not know the names of CUDA's
/// kernels.
void refuse_unknown_cases(const Profile& profile, const std::vector<Implemented>& implemented);

/// Whether the backend is one of the profile's.
bool is_for(const Profile& profile, const std::string& backend);

bool asks_between_ranks(const std::vector<AskedGroup>& groups);
/// Whether the profile asks for anything between ranks on that backend.
bool asks_between_ranks(const Profile& profile, const std::string& backend);

}  // namespace assay
