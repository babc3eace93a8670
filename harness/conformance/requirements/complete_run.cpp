// Requirement: the run ended, and every case of the profile is there for every device, once.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/conformance/cases.h"
#include "harness/conformance/device_copies.h"
#include "harness/conformance/fabric.h"
#include "harness/conformance/findings.h"

namespace assay {

namespace {

using Names = std::set<std::string>;

/// What a group must hold: what the profile names, else what any device shows of this workload
/// and dtype (the build had it, so every group should).
Names wanted_of(const DeviceGroup& group, const std::vector<DeviceGroup>& all) {
  Names wanted(group.implementations.begin(), group.implementations.end());
  if (!wanted.empty()) return wanted;
  for (const DeviceGroup& other : all) {
    if (other.workload != group.workload || other.dtype != group.dtype) continue;
    for (const Measurement* member : other.members) wanted.insert(member->id.implementation);
  }
  return wanted;
}

class CompleteRun final : public Requirement {
 public:
  std::string kind() const override { return "complete_run"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings;
    const Names known = known_in(evidence);
    for (const Result& result : evidence.results) {
      check_document(result, known, findings);
      findings.figure("documents", document_figures(result));
    }
    std::vector<DeviceGroup> groups = device_groups(evidence, {});
    CaseFilter at_once;
    at_once.scope = "node";
    for (DeviceGroup& group : device_groups(evidence, at_once)) {
      groups.push_back(std::move(group));
    }
    std::size_t members = 0;
    LeftOut left_out;
    for (const DeviceGroup& group : groups) {
      members += group.members.size();
      check_group(group, wanted_of(group, groups), left_out, findings);
    }
    const auto [fabric_groups, fabric_members] = check_fabric(evidence, left_out, findings);
    members += fabric_members;
    const std::vector<DeviceCopies> copies = device_copies(evidence);
    for (const DeviceCopies& one : copies) members += check_device_copies(one, left_out, findings);
    report(left_out, findings);
    const std::size_t count = groups.size() + fabric_groups + copies.size();
    findings.set_figure("groups", count);
    findings.set_figure("measurements", members);
    return findings.verdict(fmt::format("{} cases of {} groups, all present", members, count));
  }

 private:
  /// Cases that a run's --filter left out.
  using LeftOut = std::map<const RunFacts*, std::size_t>;

  /// Takes the names that the run's filter left out from those that are missing.
  static void leave_out(const AskedGroup& group, const RunFacts& run, Names& missing,
                        LeftOut& left_out) {
    left_out[&run] += std::erase_if(missing, [&](const std::string& name) {
      AskedGroup one = group;
      one.implementations = {name};
      return is_left_out(one, run.filter);
    });
  }

  /// One line a run: its filter says more than the list of what is missing.
  static void report(const LeftOut& left_out, Findings& findings) {
    for (const auto& [run, cases] : left_out) {
      if (cases == 0) continue;
      findings.not_evaluated("missing",
                             fmt::format("{}: {} case{} of the profile", left_out_text(*run), cases,
                                         cases == 1 ? "" : "s"));
    }
  }

  /// What was judged, for whoever reads the verdict without the documents.
  static Json document_figures(const Result& result) {
    const RunFacts& run = result.run;
    Json entry = {{"run", run.id},
                  {"started", run.started},
                  {"finished", run.finished},
                  {"profile", run.profile_name},
                  {"profile_sha256", run.profile_sha256},
                  {"backend", run.backend},
                  {"simulated", result.simulated},
                  {"schema_version", result.schema_version},
                  {"seed", run.seed},
                  {"world_size", run.world_size},
                  {"links", result.links.size()}};
    std::map<std::string, std::size_t> scopes;
    for (const Measurement& measurement : result.measurements) ++scopes[measurement.scope.level];
    entry["measurements_by_scope"] = scopes;
    if (!run.filter.empty()) entry["filter"] = run.filter;
    if (!run.tables.empty()) entry["tables"] = run.tables;
    if (run.rank) entry["rank"] = *run.rank;
    return entry;
  }

  /// Everything that the documents describe: a fabric document's nodes have documents of their own.
  static Names known_in(const Evidence& evidence) {
    Names known;
    for (const Result& result : evidence.results) {
      for (const NodeFacts& node : result.nodes) {
        known.insert(node.name);
        for (const DeviceFacts& device : node.devices) known.insert(device.uuid);
      }
    }
    return known;
  }

  /// `node/device3` and `node/rank1` are of the node.
  static std::string node_of(const std::string& member) {
    return member.substr(0, member.rfind('/'));
  }

  static void check_document(const Result& result, const Names& known, Findings& findings) {
    if (result.status != RunStatus::complete) {
      findings.not_evaluated("missing",
                             fmt::format("run {} is {}{}{}", result.run.id, name(result.status),
                                         result.error.empty() ? "" : ": ", result.error));
    }
    if (result.imported) {
      findings.not_evaluated("missing",
                             fmt::format("{} is imported from {}, which does not say what was to "
                                         "be measured",
                                         result.run.id, result.imported->tool));
    }
    Names strangers;
    for (const Measurement& measurement : result.measurements) {
      for (const std::string& member : measurement.scope.members) {
        if (!known.contains(node_of(member)) && !known.contains(member)) strangers.insert(member);
      }
    }
    if (!strangers.empty()) {
      findings.not_evaluated(
          "missing", fmt::format("run {} has measurements of {}, which it does not describe",
                                 result.run.id, fmt::join(strangers, ", ")));
    }
  }

  /// One time of several pairs that copied at once is there for each of them, and counts for each.
  static std::size_t check_device_copies(const DeviceCopies& copies, LeftOut& left_out,
                                         Findings& findings) {
    const Subject subject = subject_of(copies);
    const RunFacts& run = copies.from.result->run;
    if (copies.members.empty() && is_left_out(copies, run.filter)) {
      ++left_out[&run];
    } else if (copies.members.empty()) {
      findings.not_evaluated("missing", copies.name() + " was not measured", subject);
    } else if (copies.members.size() > 1) {
      findings.not_evaluated("excluded", copies.name() + " is there twice; one must go", subject);
    } else {
      findings.pass();
    }
    return copies.members.size();
  }

  /// A profile that asks for something between ranks needs the document that holds it where the run
  /// had several. How many groups and measurements that are.
  static std::pair<std::size_t, std::size_t> check_fabric(const Evidence& evidence,
                                                          LeftOut& left_out, Findings& findings) {
    const bool asked =
        std::any_of(evidence.results.begin(), evidence.results.end(), [&](const Result& result) {
          return asks_between_ranks(*evidence.profile, result.run.backend) && ranks_of(result) > 1;
        });
    if (asked && fabric_documents(evidence).empty()) findings.not_evaluated("missing", kNoFabric);
    std::size_t members = 0;
    const std::vector<FabricGroup> groups = fabric_groups(evidence, {});
    for (const FabricGroup& group : groups) {
      Names seen;
      for (const Measurement* member : group.members) seen.insert(member->id.implementation);
      Names missing(group.implementations.begin(), group.implementations.end());
      for (const std::string& name : seen) missing.erase(name);
      members += group.members.size();
      leave_out(group, group.document->run, missing, left_out);
      if (seen.empty() && missing.empty() && is_left_out(group, group.document->run.filter))
        continue;
      if (seen.empty()) {
        findings.not_evaluated("missing", group.name() + " was not measured",
                               fabric_subject(*group.document));
      } else if (!missing.empty()) {
        findings.not_evaluated("missing",
                               fmt::format("{} lacks {}", group.name(), fmt::join(missing, ", ")),
                               fabric_subject(*group.document));
      } else {
        findings.pass();
      }
    }
    return {groups.size(), members};
  }

  static void check_group(const DeviceGroup& group, const Names& wanted, LeftOut& left_out,
                          Findings& findings) {
    const Subject subject = subject_of(group.device);
    Names seen;
    bool measured = false;
    for (const Measurement* member : group.members) {
      if (!seen.insert(member->id.implementation).second) {
        findings.not_evaluated(
            "excluded", fmt::format("{} is there twice; one must go", member->id.str()), subject);
      }
      measured = measured || member->status != MeasurementStatus::not_applicable;
    }
    Names missing;
    std::set_difference(wanted.begin(), wanted.end(), seen.begin(), seen.end(),
                        std::inserter(missing, missing.end()));
    const RunFacts& run = group.device.result->run;
    if (wanted.empty() && seen.empty() && is_left_out(group, run.filter)) ++left_out[&run];
    leave_out(group, run, missing, left_out);
    if (seen.empty() && missing.empty() && is_left_out(group, run.filter)) return;
    if (!missing.empty()) {
      findings.not_evaluated(
          "missing", fmt::format("{} lacks {}", group.name(), fmt::join(missing, ", ")), subject);
    } else if (!measured) {
      const Absence absence = why_none(group, {});
      findings.not_evaluated(absence.reason_code, absence.text, subject);
    } else {
      findings.pass();
    }
  }
};

const RequirementEnrolment<CompleteRun> complete_run_enrolment;

}  // namespace

}  // namespace assay
