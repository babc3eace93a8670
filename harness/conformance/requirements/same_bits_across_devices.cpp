// Requirement: devices of the same model and size, under the same software, compute the same bits,
// in whatever node they are; the one that does not is named.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/conformance/cases.h"
#include "harness/conformance/findings.h"
#include "harness/core/error.h"
#include "harness/core/message.h"

namespace assay {

namespace {

/// The key of results that must be equal: one case on identical devices. The driver is in it
/// because it may compile a kernel once more for a device that the binary has no machine code for.
struct Alike {
  std::string assay, driver, case_id, series, model;
  int multiprocessors;
  std::string input_pattern;
  std::uint64_t input_seed;
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
    std::size_t compared = 0, without_peer = 0;
    for (const auto& [key, answers] : notes.answers) {
      if (answers.size() < 2) {
        ++without_peer;
        continue;
      }
      compared += answers.size();
      compare(key, answers, findings);
    }
    if (compared == 0 && without_peer > 0 && findings.empty()) return nobody_to_compare();
    findings.set_figure("compared", compared);
    findings.set_figure("without_peer", without_peer);
    return findings.verdict(fmt::format("{} results, alike bit for bit", compared));
  }

  static RequirementVerdict nobody_to_compare() {
    RequirementVerdict verdict;
    verdict.verdict = Verdict::not_evaluated;
    verdict.reason_code = "not_applicable";
    verdict.reason =
        "no two devices of one model and number of multiprocessors, under one version of Assay and "
        "of the driver, ran the same case";
    return verdict;
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
    answers[{software(device, "assay"), software(device, "driver"), measurement.id.str(),
             name(measurement.series), device.device->name, *multiprocessors,
             measurement.input_pattern, measurement.input_seed}]
        .push_back({device, *checksum});
    return true;
  }

  /// The version of it; empty where the document does not say.
  static std::string software(const DeviceRef& device, const std::string& what) {
    const auto found = device.result->software.find(what);
    return found == device.result->software.end() ? "" : found->second;
  }

  /// A node's word is what more than half of its devices have; what more than half of the nodes
  /// say is right. So a whole node that differs does not outvote a smaller one.
  static void compare(const Alike& key, const std::vector<Answer>& answers, Findings& findings) {
    std::map<std::string, std::vector<const Answer*>> of_node;
    for (const Answer& answer : answers) {
      of_node[answer.device.node->name].push_back(&answer);
      findings.figure("answers", [&] {
        Json entry = device_figures(answer.device);
        entry["case"] = key.case_id;
        entry["checksum"] = answer.checksum;
        return entry;
      });
    }
    std::vector<const Answer*> words;  // one of those who have it, for each node that has a word
    for (const auto& [node, members] : of_node)
      if (const Answer* one = majority(members)) words.push_back(one);
    if (const Answer* right = majority(words)) {
      std::vector<const Answer*> all;
      for (const Answer& answer : answers) all.push_back(&answer);
      return name_others(key, all, right, findings);
    }
    for (const auto& [node, members] : of_node)
      name_others(key, members, majority(members), findings);
    for (const Answer* one : words)  // there are none, or they differ
      findings.fail(
          "other_bits",
          fmt::format("{}: {} nodes disagree, {} different results, {} among them", key.case_id,
                      words.size(), different(words), in_quotes(one->device.node->name)),
          subject_of(*one->device.node));
  }

  /// Who has what more than half of them have; null where there is no such answer.
  static const Answer* majority(const std::vector<const Answer*>& answers) {
    std::map<std::string, std::size_t> votes;
    for (const Answer* answer : answers)
      if (2 * ++votes[answer->checksum] > answers.size()) return answer;
    return nullptr;
  }

  static std::size_t different(const std::vector<const Answer*>& answers) {
    std::set<std::string> checksums;
    for (const Answer* answer : answers) checksums.insert(answer->checksum);
    return checksums.size();
  }

  /// Of these devices those that have not what `right` has; all of them where nothing is right.
  static void name_others(const Alike& key, const std::vector<const Answer*>& answers,
                          const Answer* right, Findings& findings) {
    const auto agree = std::count_if(answers.begin(), answers.end(), [&](const Answer* one) {
      return right != nullptr && one->checksum == right->checksum;
    });
    for (const Answer* one : answers) {
      const int index = one->device.device->index;
      if (right != nullptr && one->checksum == right->checksum)
        findings.pass();
      else if (right != nullptr)
        findings.fail("other_bits",
                      fmt::format("{} has other bits on device {} than on {} of its {} peers",
                                  key.case_id, index, agree, answers.size() - 1),
                      subject_of(one->device));
      else
        findings.fail("other_bits",
                      fmt::format("{}: the {} devices disagree, {} different results, device {} "
                                  "among them",
                                  key.case_id, answers.size(), different(answers), index),
                      subject_of(one->device));
    }
  }
};

const RequirementEnrolment<SameBitsAcrossDevices> same_bits_across_devices_enrolment;

}  // namespace

}  // namespace assay
