// How each device stands among its peers, family by family.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/conformance/baseline_lookup.h"
#include "harness/core/family.h"

namespace assay {

/// One device's cases of one family against the same cases of its model's other devices.
struct Standing {
  DeviceRef device;
  Family family = Family::compute;
  double below = 0;          ///< The share by which its rates are below its peers', over all cases.
  double without_worst = 0;  ///< The same without the case where it is slowest.
  double error = 0;          ///< Standard error of `below` from the device's own samples.
  std::size_t cases = 0, peers = 0;
};

/// How healthy devices differ in a family.
struct PeerSpread {
  double sd = 0;            ///< Of Standing::below.
  double freedom = 0;       ///< Degrees of freedom of that estimate; 0: it is taken as known.
  std::string source;       ///< In words.
  bool only_warns = false;  ///< Nobody measured it: it is assumed.
};

/// What a fleet's devices reached, noted document by document: a few numbers of each measurement.
class FleetNotes {
 public:
  FleetNotes() = default;
  FleetNotes(FleetNotes&&) = default;  // a copy's groups would point to the races of this one
  void add(const DeviceGroups& groups, const std::vector<Baseline>& baselines);
  /// Of every device and family in which it shares a case with a peer. A case's residual is the
  /// logarithm of its rate less the median of the peers' (the device apart where they are few); the
  /// mean over the cases combines them.
  std::vector<Standing> standings() const;
  /// Of `family` among `all`: from the fleet where 32 devices or more were measured, else from the
  /// rows of the baselines for the cases (their devices' values differ in all cases alike at most),
  /// else a wide one.
  PeerSpread spread_of(Family family, const std::vector<Standing>& all) const;

 private:
  struct Device {
    DeviceRef ref;
    bool alone = false;  // some group is of the device alone
  };
  struct Reading {
    std::size_t device = 0;  // index in devices_
    double log_rate = 0, error = 0;
  };
  /// The spread that a row says, of the first group of each device and name.
  struct RowSpread {
    Family family;
    std::string of;
    std::optional<double> sd;
  };
  using Races = std::map<std::pair<int, std::string>, std::vector<Reading>>;
  /// A group that devices of one model measured: where its readings go, implementation by
  /// implementation.
  struct KnownGroup {
    std::string model;
    AskedGroup asked;
    std::vector<std::pair<std::string, std::vector<Reading>*>> readings;
  };

  KnownGroup& known_group(const DeviceGroup& group, Family family,
                          const std::vector<Baseline>& baselines);
  std::vector<Reading>& readings_of(const Measurement& measurement, Family family,
                                    KnownGroup& group);
  void add_row(const DeviceGroup& group, Family family, const std::vector<Baseline>& baselines);
  std::optional<double> sd_of_rows(Family family) const;

  std::vector<Device> devices_;
  std::unordered_map<const DeviceFacts*, std::size_t> index_of_;
  Races races_;                    // by family and what can be compared
  std::vector<KnownGroup> known_;  // device after device has the same groups in the same order
  std::size_t last_known_ = 0;
  std::vector<RowSpread> rows_[2];  // of devices alone, of all at once
  std::set<std::string, std::less<>> has_row_[2];
};

/// Of healthy devices among few peers, whose median has a spread of its own.
double widened_by_peers(double sd, std::size_t peers);
/// The relative standard deviation that the row says of its devices; nothing where it does not.
std::optional<double> sd_of(const FoundRow& found);

/// The chances that a healthy fleet has a device that is failed or named, over all comparisons.
inline constexpr double kChanceOfFail = 1e-4, kChanceOfWarn = 5e-3;

/// How many standard deviations below its peers a healthy device gets, in any of `comparisons`,
/// with the probability `chance`; by Student's t where `freedom` is limited.
double deviations_by_chance(double chance, std::size_t comparisons, double freedom);

}  // namespace assay
