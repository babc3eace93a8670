// Requirement: no device is slower than the fleet in all that one of its parts does. Small losses
// that no single case shows are seen in the sum of a family's cases.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/standing.h"
#include "harness/core/error.h"

namespace assay {

namespace {

struct FleetLimit {
  double fail_from = 0, warn_from = 0;  // shares below the peers
  PeerSpread spread;
};

class SlowerThanFleet final : public Requirement {
 public:
  std::string kind() const override { return "slower_than_fleet"; }
  Axis axis() const override { return Axis::performance; }

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const double fail_from = parameters.fraction("fail_from", 0.08);
    const double warn_from = parameters.fraction("warn_from", std::min(0.02, fail_from));
    parameters.done();
    if (warn_from > fail_from)
      throw Error(fmt::format("profile requirement '{}': warn_from is above fail_from", asked.id));
    return inquiry(
        Notes(),
        [](const Evidence& some, Notes& to) {
          for (const char* scope : {"device", "node"}) {
            CaseFilter filter;
            filter.scope = scope;
            const DeviceGroups groups = device_groups(some, filter);
            to.has_groups = to.has_groups || groups.size() > 0;
            to.fleet.add(groups, some.baselines);
          }
        },
        [=](const Notes& of) { return conclude(of, fail_from, warn_from); });
  }

 private:
  struct Notes {
    FleetNotes fleet;
    bool has_groups = false;
  };

  static RequirementVerdict conclude(const Notes& notes, double fail_from, double warn_from) {
    const std::vector<Standing> all = notes.fleet.standings();
    Findings findings;
    if (all.empty() && notes.has_groups) return nobody_to_compare();
    double lowest = 0;
    std::map<Family, FleetLimit> limits;
    for (const Standing& one : all) {
      auto known = limits.find(one.family);
      if (known == limits.end()) {
        FleetLimit limit{fail_from, warn_from, notes.fleet.spread_of(one.family, all)};
        const PeerSpread& spread = limit.spread;
        limit.fail_from = std::max(
            fail_from, spread.sd * deviations_by_chance(kChanceOfFail, all.size(), spread.freedom));
        limit.warn_from = std::max(
            warn_from, spread.sd * deviations_by_chance(kChanceOfWarn, all.size(), spread.freedom));
        record(one.family, limit, findings);
        known = limits.emplace(one.family, std::move(limit)).first;
      }
      judge_one(one, known->second, findings);
      lowest = std::max(lowest, one.below);
    }
    return findings.verdict(
        fmt::format("the slowest device is {} below its peers in a family", percent(lowest)));
  }

  static RequirementVerdict nobody_to_compare() {
    RequirementVerdict verdict;
    verdict.verdict = Verdict::not_evaluated;
    verdict.reason_code = "not_applicable";
    verdict.reason = "no two devices of one model measured the same case";
    return verdict;
  }

  static void record(Family family, const FleetLimit& limit, Findings& findings) {
    findings.figure("families", {{"family", name(family)},
                                 {"spread", limit.spread.sd},
                                 {"spread_from", limit.spread.source},
                                 {"fail_from", limit.fail_from},
                                 {"warn_from", limit.warn_from}});
  }

  static void judge_one(const Standing& one, const FleetLimit& limit, Findings& findings) {
    constexpr double kHalf = 1.96;  // standard errors
    if (one.below + kHalf * one.error < limit.warn_from) return findings.pass();
    Json entry = device_figures(one.device);
    entry["family"] = name(one.family);
    entry["below_peers"] = one.below;
    entry["below_peers_ci_low"] = one.below - kHalf * one.error;
    entry["below_peers_ci_high"] = one.below + kHalf * one.error;
    entry["without_slowest_case"] = one.without_worst;
    entry["cases"] = one.cases;
    findings.figure("devices", std::move(entry));
    const Subject subject = subject_of(one.device);
    const std::string text = fmt::format(
        "{} device {} is {:.1f} % below its peers in {} ({} cases; by {}, limits {:.1f} % and "
        "{:.1f} %)",
        one.device.node->name, one.device.device->index, 100 * one.below, name(one.family),
        one.cases, limit.spread.source, 100 * limit.warn_from, 100 * limit.fail_from);
    const bool confirmed = one.cases > 1 && one.without_worst >= limit.warn_from;
    if (one.below - kHalf * one.error >= limit.fail_from && confirmed && !limit.spread.only_warns)
      return findings.fail("slower_than_peers", text, subject);
    if (one.below >= limit.fail_from && one.below - kHalf * one.error < limit.fail_from &&
        confirmed && !limit.spread.only_warns)
      return findings.not_evaluated("too_noisy", text + ", and its samples may say otherwise",
                                    subject);
    if (one.below >= limit.warn_from)
      return findings.warn("slower_than_peers",
                           confirmed ? text : text + "; one case alone makes it so", subject);
    findings.pass();
  }
};

const RequirementEnrolment<SlowerThanFleet> slower_than_fleet_enrolment;

}  // namespace

}  // namespace assay
