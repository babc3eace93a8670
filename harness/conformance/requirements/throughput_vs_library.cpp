// Requirement: a native kernel keeps up with the vendor's library (or another kernel) that was
// measured in alternation with it; the ratio of every shape is in the figures.
#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "harness/conformance/cases.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/rate_limit.h"
#include "harness/core/error.h"
#include "harness/core/library_ratio.h"
#include "harness/core/message.h"

namespace assay {

namespace {

class ThroughputVsLibrary final : public Requirement {
 public:
  std::string kind() const override { return "throughput_vs_library"; }
  Axis axis() const override { return Axis::performance; }

  std::unique_ptr<Inquiry> inquire(const Profile& profile,
                                   const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read(parameters);
    const RateLimit limit = RateLimit::read_ratio(parameters);
    const Beside beside = read_beside(parameters);
    parameters.done();
    if (!filter.implementation) {
      throw Error(
          fmt::format("profile requirement '{}': parameter 'implementation' must be given, "
                      "the native kernel that is judged",
                      asked.id));
    }
    refuse_nothing_beside(filter, beside, profile);
    Notes notes;
    set_figures(limit, notes.findings);
    return inquiry(
        std::move(notes),
        [=](const Evidence& some, Notes& to) {
          for (const DeviceGroup& group : device_groups(some, filter))
            judge_group(group, filter, limit, beside, to.findings, to.ratios);
        },
        [=](Notes& of) { return verdict_of(of.ratios, limit, beside, of.findings); });
  }

 private:
  struct Ratios {
    std::size_t count = 0;
    double sum_of_logarithms = 0, least = HUGE_VAL;
    bool is_partial = false;
    std::string lowest;
    Subject of_lowest;
  };
  struct Notes {
    Findings findings;
    Ratios ratios;
  };

  struct Beside {
    std::optional<std::string> peer;  // in place of the library
    bool by_mean = false;             // the limits are of the geometric mean
  };

  static RequirementVerdict verdict_of(const Ratios& ratios, const RateLimit& limit,
                                       const Beside& beside, Findings& findings) {
    if (ratios.count == 0) return findings.verdict("");
    const double mean = std::exp(ratios.sum_of_logarithms / static_cast<double>(ratios.count));
    findings.set_figure("geometric_mean", mean);
    const std::string text =
        fmt::format("{:.2f} of {} by geometric mean of {}, lowest {}", mean,
                    beside.peer.value_or("the library"), ratios.count, ratios.lowest);
    // A mean of some of the shapes says nothing of all.
    if (beside.by_mean && !ratios.is_partial)
      judge_mean(text, mean, limit, ratios.of_lowest, findings);
    return findings.verdict(text);
  }

  static Beside read_beside(Parameters& parameters) {
    const std::string judged = parameters.text("judged").value_or("each");
    if (judged != "each" && judged != "geometric_mean") {
      throw Error(fmt::format("profile requirement '{}': judged must be each or geometric_mean",
                              parameters.id()));
    }
    return {parameters.text("peer"), judged == "geometric_mean"};
  }

  static bool is_beside(const std::string& implementation, const Beside& beside) {
    return beside.peer ? implementation == *beside.peer : is_library(implementation);
  }

  static void refuse_nothing_beside(const CaseFilter& filter, const Beside& beside,
                                    const Profile& profile) {
    if (!filter.finds_implementation(
            profile, [&](const std::string& one) { return is_beside(one, beside); }))
      throw Error(fmt::format(
          "profile requirement '{}': none of the cases that it looks at has {} beside {}",
          filter.requirement, beside.peer ? in_quotes(*beside.peer) : "a vendor's library",
          in_quotes(*filter.implementation)));
  }

  static void judge_mean(const std::string& text, double mean, const RateLimit& limit,
                         const Subject& lowest, Findings& findings) {
    const Verdict verdict = against(without_interval(mean), limit);
    if (verdict == Verdict::pass) return findings.pass();
    const std::string below = fmt::format(
        "{}, under {:g}", text, verdict == Verdict::fail ? limit.fail_below : limit.warn_below);
    if (verdict == Verdict::fail) return findings.fail("below_library", below, lowest);
    findings.warn("below_library", below, lowest);
  }

  /// Groups that the profile asks neither of are of no interest here.
  static bool is_asked(const DeviceGroup& group, const CaseFilter& filter, const Beside& beside) {
    bool native = false, library = false;
    for (const std::string& name : group.asked->implementations) {
      native |= name == *filter.implementation;
      library |= is_beside(name, beside);
    }
    return native && library;
  }

  static void judge_group(const DeviceGroup& group, const CaseFilter& filter,
                          const RateLimit& limit, const Beside& beside, Findings& findings,
                          Ratios& ratios) {
    if (!is_asked(group, filter, beside)) return;
    const auto subject = [&] { return subject_of(group.device); };
    const Measurement* native = best_of(group, filter);
    if (native == nullptr) {
      ratios.is_partial = true;
      const Absence absence = why_none(group, filter);
      return findings.not_evaluated(absence.reason_code, absence.text, subject());
    }
    // What is beside the native one is of its group: a document has hundreds of others.
    const auto ratio = beside.peer ? ratio_to_peer(*native, *beside.peer, group.members)
                                   : ratio_to_library(*native, group.members);
    if (!ratio) {
      ratios.is_partial = true;
      return findings.not_evaluated(
          "missing",
          fmt::format("{} was not measured beside {}", beside.peer.value_or("the library"),
                      native->id.str()),
          subject());
    }
    findings.figure("cases", [&] {
      Json entry = device_figures(group.device);
      entry["case"] = native->id.str();
      entry["library"] = ratio->library->id.implementation;
      entry["ratio"] = ratio->value;
      return entry;
    });
    ++ratios.count;
    ratios.sum_of_logarithms += std::log(ratio->value);
    const Verdict verdict =
        beside.by_mean ? Verdict::pass : against(with_interval(ratio->value, *native), limit);
    const bool is_least = ratio->value < ratios.least;
    if (!is_least && beside.by_mean) return;
    if (!is_least && verdict == Verdict::pass) return findings.pass();
    const std::string text = fmt::format("{} {:.2f} of {}", native->id.str(), ratio->value,
                                         ratio->library->id.implementation);
    if (is_least) {
      ratios.least = ratio->value;
      ratios.lowest = text;
      ratios.of_lowest = subject();
    }
    if (beside.by_mean) return;
    switch (verdict) {
      case Verdict::fail:
        return findings.fail("below_library", text, subject());
      case Verdict::warn:
        return findings.warn("below_library", text, subject());
      case Verdict::not_evaluated:
        return findings.not_evaluated(
            "too_noisy", text + ", and the limit lies in the interval of the samples", subject());
      default:
        return findings.pass();
    }
  }
};

const RequirementEnrolment<ThroughputVsLibrary> throughput_vs_library_enrolment;

}  // namespace

}  // namespace assay
