// The profile's cases and what the documents hold of each, device by device.
#pragma once

#include <boost/iterator/indirect_iterator.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/conformance/asked_memo.h"
#include "harness/conformance/devices.h"
#include "harness/conformance/parameters.h"
#include "harness/core/asked_cases.h"
#include "harness/core/rate.h"

namespace assay {

/// Which of the profile's cases a requirement looks at; empty lists take all.
struct CaseFilter {
  std::vector<std::string> workloads, dtypes, shapes, series;
  std::optional<std::string> implementation;
  std::string scope = "device";  ///< Or `node`: a device while all of its node worked.
  std::string requirement;       ///< Whose filter it is, for messages; empty: of no profile's.
  /// The requirement looks at devices and between ranks, and at whatever of both there is.
  bool is_of_any_reach = false;

  /// Reads the parameters `workload`, `dtype`, `shapes`, `series` and `implementation`.
  static CaseFilter read(Parameters& parameters);
  /// `scope` too: `device`, or `node` for what all devices did at once.
  static CaseFilter read_with_scope(Parameters& parameters);

  bool takes(const AskedGroup& group) const;
  /// Whether it takes any group of the line.
  bool takes(const ProfileCases& line) const;
  /// Whether a line of the profile that it takes, whatever its implementation, names one of which
  /// `is_wanted` holds, or leaves open which it has.
  bool finds_implementation(const Profile& profile,
                            const std::function<bool(const std::string&)>& is_wanted) const;
  /// Throws Error for what no case of the profile has: each word by itself, then all at once of a
  /// case that is measured there.
  enum class Where { on_devices, between_ranks };
  void refuse_unknown(const Profile& profile, Where where) const;
};

/// Whether a run's --filter, empty for none, takes no case of the group.
bool is_left_out(const AskedGroup& group, const std::string& filter);
/// The reason for what was left out: the run and its filter.
std::string left_out_text(const RunFacts& run);

/// One group that the profile asks of every device, and the measurements that one device has of
/// it. `members` may be empty: that is what `missing` means.
struct DeviceGroup {
  const AskedGroup* asked = nullptr;
  DeviceRef device;
  std::vector<const Measurement*> members;

  bool is_at_once() const { return asked->reach == Reach::devices_at_once; }
};

/// All groups of the profile for every device of some documents.
struct DeviceLayout {
  std::shared_ptr<AskedMemo> asked;  ///< Its groups are those of the lists.
  std::vector<DeviceGroup> alone, at_once;
};
/// Refers to the evidence's documents.
std::shared_ptr<const DeviceLayout> layout_of(const Evidence& evidence);

/// A range of groups.
class DeviceGroups {
 public:
  /// Those of `all` that the filter takes.
  DeviceGroups(std::shared_ptr<const DeviceLayout> layout, const CaseFilter& filter);

  auto begin() const { return boost::make_indirect_iterator(taken_.begin()); }
  auto end() const { return boost::make_indirect_iterator(taken_.end()); }
  std::size_t size() const { return taken_.size(); }

 private:
  std::shared_ptr<const DeviceLayout> layout_;
  std::vector<const DeviceGroup*> taken_;
};

/// Every group of the profile that the filter takes, for every device of every document. Of scope
/// `node` on nodes with several devices only: on others the profile asks for none.
/// Throws Error as CaseFilter::refuse_unknown.
DeviceGroups device_groups(const Evidence& evidence, const CaseFilter& filter);

/// The fastest verified member (or the one that the filter names); null when there is none.
const Measurement* best_of(const DeviceGroup& group, const CaseFilter& filter);
/// Why `best_of` found none, for a `not_evaluated`: code `missing` or `failed_verification`.
struct Absence {
  std::string reason_code, text;
};
Absence why_none(const DeviceGroup& group, const CaseFilter& filter);

}  // namespace assay
