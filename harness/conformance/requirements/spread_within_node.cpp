// Requirement: no device is slower than its peers of the same node; the slow one is named.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "harness/conformance/cases.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/rate_limit.h"
#include "harness/conformance/standing.h"
#include "harness/core/error.h"
#include "harness/core/statistics.h"

namespace assay {

namespace {

struct Peer {
  DeviceRef device;
  Rate rate;
  MedianTime time;
};

/// Devices that can be compared: one model in one node of one run, one case, one series.
struct CaseOfNode {
  std::string run_id, node, model, case_id, series;
  auto operator<=>(const CaseOfNode&) const = default;
};

using NodeOfRun = std::pair<std::string, std::string>;

struct PeersOfCase {
  std::vector<Peer> peers;
  double spread = 0;  // what a baseline's row says of how devices differ, where one does
};

/// From which share below its peers a device fails or warns.
struct SpreadLimit {
  double fail_from = 0, warn_from = 0;
};

class SpreadWithinNode final : public Requirement {
 public:
  std::string kind() const override { return "spread_within_node"; }
  Axis axis() const override { return Axis::performance; }

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read(parameters);
    const double fail_from = parameters.fraction("fail_from", 0.05);
    const double warn_from = parameters.fraction("warn_from", std::min(0.03, fail_from));
    parameters.done();
    if (warn_from > fail_from) {
      throw Error(fmt::format("profile requirement '{}': warn_from is above fail_from", asked.id));
    }

    Notes notes;
    notes.findings.set_figure("fail_from", fail_from);
    notes.findings.set_figure("warn_from", warn_from);
    return inquiry(
        std::move(notes), [=](const Evidence& some, Notes& to) { note_peers(some, filter, to); },
        [=](Notes& of) { return conclude(of, fail_from, warn_from); });
  }

 private:
  struct Notes {
    Findings findings;
    std::map<CaseOfNode, PeersOfCase> all;
  };

  static RequirementVerdict conclude(Notes& notes, double fail_from, double warn_from) {
    Findings& findings = notes.findings;
    double widest = 0;
    std::size_t comparisons = 0;
    for (const auto& [key, of_case] : notes.all) comparisons += of_case.peers.size();
    std::set<NodeOfRun> with_peers;
    for (const auto& [key, of_case] : notes.all)
      if (!is_of_one_device(of_case.peers)) with_peers.insert({key.run_id, key.node});
    for (const auto& [key, of_case] : notes.all) {
      const std::vector<Peer>& peers = of_case.peers;
      if (is_of_one_device(peers)) {
        // The only device of its model in a node whose others have peers is left out.
        if (with_peers.contains({key.run_id, key.node}) &&
            is_only_one_of_its_model(peers.front().device))
          continue;
        findings.not_evaluated("missing",
                               fmt::format("{} has {} on one {} only: nothing to compare", key.node,
                                           key.case_id, key.model),
                               subject_of(*peers.front().device.node));
        continue;
      }
      // Devices that are known to differ more are not accused of it.
      const double sd = widened_by_peers(of_case.spread, peers.size() - 1);
      const SpreadLimit limit{
          std::max(fail_from, sd * deviations_by_chance(kChanceOfFail, comparisons, 0)),
          std::max(warn_from, sd * deviations_by_chance(kChanceOfWarn, comparisons, 0))};
      for (const Peer& peer : peers) {
        const double slower = compare(key.case_id, peer, peers, limit, findings);
        widest = std::max(widest, slower);
      }
    }
    return findings.verdict(fmt::format("slowest device {} below its peers, limit {}",
                                        percent(widest), percent(fail_from)));
  }

  static bool is_of_one_device(const std::vector<Peer>& peers) {
    const DeviceFacts* first = peers.front().device.device;
    return std::all_of(peers.begin(), peers.end(),
                       [&](const Peer& peer) { return peer.device.device == first; });
  }

  static bool is_only_one_of_its_model(const DeviceRef& one) {
    return std::count_if(
               one.node->devices.begin(), one.node->devices.end(),
               [&](const DeviceFacts& device) { return device.name == one.device->name; }) == 1;
  }

  static void note_peers(const Evidence& some, const CaseFilter& filter, Notes& notes) {
    for (const DeviceGroup& group : device_groups(some, filter)) {
      if (best_of(group, filter) == nullptr) {
        const Absence absence = why_none(group, filter);
        notes.findings.not_evaluated(absence.reason_code, absence.text, subject_of(group.device));
      }
      const double spread = sd_of(find_row(some.baselines, group, filter)).value_or(0);
      for (const Measurement* member : group.members) {
        if (filter.implementation && member->id.implementation != *filter.implementation) continue;
        const std::optional<Rate> rate = rate_of(*member);
        if (!rate) continue;
        PeersOfCase& of_case =
            notes.all[{group.device.result->run.id, group.device.node->name,
                       group.device.device->name, member->id.str(), name(member->series)}];
        of_case.peers.push_back({group.device, *rate, median_time_of(*member)});
        of_case.spread = spread;
      }
    }
  }

  /// How far one device is below the median of the others: a fraction, 0 when it is not.
  static double compare(const std::string& case_id, const Peer& one, const std::vector<Peer>& all,
                        const SpreadLimit& limit, Findings& findings) {
    std::vector<double> others;
    for (const Peer& other : all) {
      if (other.device.device != one.device.device) others.push_back(other.rate.value);
    }
    const double peers = median(others);
    const RateFraction fraction = with_interval(one.rate.value / peers, one.time);
    const double slower = std::max(0.0, 1 - fraction.at_median);
    findings.figure("cases", [&] {
      Json entry = device_figures(one.device);
      entry["case"] = case_id;
      entry["below_peers"] = slower;
      entry["below_peers_ci_low"] = 1 - fraction.favourable;
      entry["below_peers_ci_high"] = 1 - fraction.unfavourable;
      return entry;
    });
    if (slower < limit.warn_from) {
      findings.pass();
      return slower;
    }
    const std::string text =
        fmt::format("{} {}, {} below the median of its {} peers ({})", case_id, in_words(one.rate),
                    percent(slower), others.size(), in_words({one.rate.metric, peers}));
    const Subject subject = subject_of(one.device);
    if (slower < limit.fail_from)
      findings.warn("slower_than_peers", text, subject);
    else if (1 - fraction.favourable < limit.fail_from)
      findings.not_evaluated(
          "too_noisy",
          fmt::format("{}, and its interval from {:.1f} % to {:.1f} % holds the "
                      "limit of {}",
                      text, 100 * (1 - fraction.favourable), 100 * (1 - fraction.unfavourable),
                      percent(limit.fail_from)),
          subject);
    else
      findings.fail("slower_than_peers", text, subject);
    return slower;
  }
};

const RequirementEnrolment<SpreadWithinNode> spread_within_node_enrolment;

}  // namespace

}  // namespace assay
