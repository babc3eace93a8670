// Requirement: each device reaches what a baseline says its SKU reaches; never an average.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "harness/conformance/against_baseline.h"
#include "harness/conformance/quantity.h"

namespace assay {

namespace {

constexpr std::size_t kSearchedShapes = 8;  // fewer are no search
constexpr double kImplausible = 0.5;  // of speed of light, for a rate that nothing else judges

class ThroughputVsBaseline final : public Requirement {
 public:
  std::string kind() const override { return "throughput_vs_baseline"; }
  Axis axis() const override { return Axis::performance; }

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read(parameters);
    // Where neither the row nor the profile says: a tenth under a healthy part's figure is bad.
    const RateLimit standard = RateLimit::read(parameters, RateLimit{0.90, 0.95});
    parameters.done();

    return inquiry(
        Notes(),
        [=](const Evidence& some, Notes& to) {
          for (const DeviceGroup& group : device_groups(some, filter))
            judge_group(group, some.baselines, filter, standard, to);
        },
        [](const Notes& of) { return with_unknown(of).verdict("lowest: " + of.lowest.text); });
  }

 private:
  struct Lowest {
    double fraction = HUGE_VAL;
    std::string text;
  };
  /// A device that no row judges, and its share of speed of light; 0: there is none to compare
  /// with.
  struct Unknown {
    Subject subject;
    double reached;
  };
  struct Notes {
    Findings findings;
    Lowest lowest;
    std::map<std::string, std::vector<Unknown>> unknown;  // by case and SKU, in words
  };

  /// One text for all devices of a case, which a reason would repeat else.
  static std::string text_on(const std::string& what, const std::vector<Unknown>& devices) {
    double least = HUGE_VAL, most = 0;
    for (const Unknown& one : devices) {
      if (one.reached > 0) least = std::min(least, one.reached);
      most = std::max(most, one.reached);
    }
    std::string text = what;
    if (most > 0) {
      const std::string low = percent(least), high = percent(most);
      text += fmt::format("; it reaches {} of speed of light",
                          low == high ? low : fmt::format("{} to {}", low, high));
    }
    return text + "; give one with --baseline";
  }

  /// What no row judges comes first: a device that was not timed for another reason has that said
  /// by another requirement, and its action is not theirs.
  static Findings with_unknown(const Notes& notes) {
    Findings findings;
    for (const auto& [what, devices] : notes.unknown) {
      const std::string text = text_on(what, devices);
      for (const Unknown& one : devices) findings.not_evaluated("no_baseline", text, one.subject);
    }
    findings.add(notes.findings);
    return findings;
  }

  static void judge_group(const DeviceGroup& group, const std::vector<Baseline>& baselines,
                          const CaseFilter& filter, const RateLimit& standard, Notes& notes) {
    Findings& findings = notes.findings;
    const auto subject = [&] { return subject_of(group.device); };
    if (best_of(group, filter) == nullptr) {
      const Absence absence = why_none(group, filter);
      findings.not_evaluated(absence.reason_code, absence.text, subject());
      return;
    }
    const FoundRow found = find_row(baselines, group, filter);
    if (found.row == nullptr) return judge_without_row(group, baselines, filter, standard, notes);
    const auto entry = [&] { return device_figures(group.device); };
    const double fraction = judge_against(found, standard, subject, entry, findings);
    if (fraction < notes.lowest.fraction) notes.lowest = {fraction, text_against(found)};
  }

  /// The fastest rate of the group's workload and dtype on its device over all shapes, and how many
  /// shapes that were.
  struct Search {
    double rate = 0;
    std::size_t shapes = 0;
  };
  static Search search_of(const DeviceGroup& group, const std::string& metric) {
    Search search;
    std::set<std::string> shapes;
    for (const Measurement& one : group.device.result->measurements) {
      if (one.id.workload != group.asked->workload || one.id.dtype != group.asked->dtype ||
          one.series != group.asked->series || one.scope.level != "device" ||
          one.scope.members != std::vector<std::string>{group.device.device->uuid} ||
          !rate_of(one) || !one.metrics.contains(metric))
        continue;
      shapes.insert(one.id.shape.str());
      search.rate = std::max(search.rate, one.metrics.at(metric));
    }
    search.shapes = shapes.size();
    return search;
  }

  /// Where no row is known, a search over shapes is compared with a search, and speed of light says
  /// what is implausible. Neither fails a device, and neither passes one.
  static void judge_without_row(const DeviceGroup& group, const std::vector<Baseline>& baselines,
                                const CaseFilter& filter, const RateLimit& standard, Notes& notes) {
    const DeviceFacts& device = *group.device.device;
    const Subject subject = subject_of(group.device);
    const std::string text =
        fmt::format("no baseline row for {} on {}", group.asked->name(), baseline_sku(device));
    if (const BaselineRow* row = find_search_row(baselines, group)) {
      const Search search = search_of(group, row->metric);
      const double fraction = search.rate / row->value;
      if (search.shapes >= kSearchedShapes && fraction < standard.warn_below) {
        notes.findings.warn(
            "below_warn",
            fmt::format("{}; the best of {} shapes is {} of what a search reached elsewhere", text,
                        search.shapes, percent(fraction)),
            subject);
        return;
      }
    }
    const double reached = best_of(group, filter)->speed_of_light_fraction.value_or(0);
    if (reached > 0 && reached < kImplausible)
      notes.findings.warn("below_warn",
                          fmt::format("{}; it reaches {} of speed of light, below {}", text,
                                      percent(reached), percent(kImplausible)),
                          subject);
    else
      notes.unknown[text].push_back({subject, reached});
  }
};

const RequirementEnrolment<ThroughputVsBaseline> throughput_vs_baseline_enrolment;

}  // namespace

}  // namespace assay
