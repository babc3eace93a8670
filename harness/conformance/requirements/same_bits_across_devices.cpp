// Requirement: devices of one node, of the same model and size, compute the same bits; the one that
// does not is named.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/conformance/cases.h"
#include "harness/conformance/findings.h"
#include "harness/core/error.h"
#include "harness/core/message.h"

namespace assay {

namespace {

/// The key of results that must be equal: one case on identical devices.
struct Alike {
  std::string run_id, node, case_id, series, model;
  int multiprocessors;
  auto operator<=>(const Alike&) const = default;
};

struct Answer {
  DeviceRef device;
  std::string checksum;
};

using Answers = std::map<Alike, std::vector<Answer>>;

/// Only these promise the same bits: a library may choose another algorithm on each device.
bool promises_bits(const std::string& implementation, const CaseFilter& filter) {
  return filter.implementation ? implementation == *filter.implementation
                               : implementation.ends_with("_sdc");
}

class SameBitsAcrossDevices final : public Requirement {
 public:
  std::string kind() const override { return "same_bits_across_devices"; }
  Axis axis() const override { return Axis::functional; }

  std::unique_ptr<Inquiry> inquire(const Profile& profile,
                                   const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read(parameters);
    parameters.done();
    refuse_no_promise(filter, profile);
    return inquiry(
        Notes(), [=](const Evidence& some, Notes& to) { note_answers(some, filter, to); },
        conclude);
  }

 private:
  struct Notes {
    Findings findings;
    Answers answers;
  };

  static void refuse_no_promise(const CaseFilter& filter, const Profile& profile) {
    if (!filter.finds_implementation(
            profile, [&](const std::string& one) { return promises_bits(one, filter); }))
      throw Error(fmt::format(
          "profile requirement '{}': none of the cases that it looks at has {}", filter.requirement,
          filter.implementation ? in_quotes(*filter.implementation)
                                : "an implementation whose name ends in _sdc: others do not "
                                  "promise the same bits"));
  }

  static RequirementVerdict conclude(Notes& notes) {
    Findings& findings = notes.findings;
    std::size_t compared = 0;
    for (const auto& [key, answers] : notes.answers) {
      if (answers.size() < 2) {
        findings.not_evaluated("missing",
                               fmt::format("{} ran on no other {} of {} multiprocessors of {}: "
                                           "nothing to compare",
                                           key.case_id, key.model, key.multiprocessors, key.node),
                               subject_of(answers.front().device));
        continue;
      }
      compared += answers.size();
      compare(key, answers, findings);
    }
    findings.set_figure("compared", compared);
    return findings.verdict(fmt::format("{} results, alike bit for bit", compared));
  }

  static void note_answers(const Evidence& some, const CaseFilter& filter, Notes& notes) {
    for (const DeviceGroup& group : device_groups(some, filter)) {
      const bool is_asked =
          std::any_of(group.asked->implementations.begin(), group.asked->implementations.end(),
                      [&](const std::string& name) { return promises_bits(name, filter); });
      bool is_there = false;
      for (const Measurement* member : group.members) {
        if (!promises_bits(member->id.implementation, filter)) continue;
        is_there |= add(group.device, *member, notes.answers, notes.findings);
      }
      if (is_asked && !is_there) {
        const Absence absence = why_none(group, filter);
        notes.findings.not_evaluated(absence.reason_code, absence.text, subject_of(group.device));
      }
    }
  }

  /// False when the measurement has no answer to compare and that is yet to be said.
  static bool add(const DeviceRef& device, const Measurement& measurement, Answers& answers,
                  Findings& findings) {
    if (!rate_of(measurement)) return false;
    const Subject subject = subject_of(device);
    const auto& checksum = measurement.verification->checksum;
    const auto& multiprocessors = device.device->multiprocessors;
    if (!checksum || !multiprocessors) {
      findings.not_evaluated("missing",
                             fmt::format("{} of {} is not known",
                                         checksum ? "the number of multiprocessors"
                                                  : "the checksum of " + measurement.id.str(),
                                         device.device->name),
                             subject);
      return true;
    }
    answers[{device.result->run.id, device.node->name, measurement.id.str(),
             name(measurement.series), device.device->name, *multiprocessors}]
        .push_back({device, *checksum});
    return true;
  }

  /// What more than half of them have is right; where no answer has that, none is known to be.
  static void compare(const Alike& key, const std::vector<Answer>& answers, Findings& findings) {
    std::map<std::string, std::size_t> votes;
    for (const Answer& answer : answers) ++votes[answer.checksum];
    const auto most =
        std::max_element(votes.begin(), votes.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    const bool is_majority = 2 * most->second > answers.size();
    for (const Answer& answer : answers) {
      findings.figure("answers", [&] {
        Json entry = device_figures(answer.device);
        entry["case"] = key.case_id;
        entry["checksum"] = answer.checksum;
        return entry;
      });
      if (is_majority && answer.checksum == most->first) {
        findings.pass();
      } else if (is_majority) {
        findings.fail(
            "other_bits",
            fmt::format("{} has other bits on device {} than on {} of its {} peers", key.case_id,
                        answer.device.device->index, most->second, answers.size() - 1),
            subject_of(answer.device));
      } else {
        findings.fail(
            "other_bits",
            fmt::format("{}: the {} devices disagree, {} different results, device {} "
                        "among them",
                        key.case_id, answers.size(), votes.size(), answer.device.device->index),
            subject_of(answer.device));
      }
    }
  }
};

const RequirementEnrolment<SameBitsAcrossDevices> same_bits_across_devices_enrolment;

}  // namespace

}  // namespace assay
