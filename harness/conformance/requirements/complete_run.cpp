// Requirement: the run ended, every process of it left its document, and every case of the profile
// is there for every device, once.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/conformance/cases.h"
#include "harness/conformance/device_copies.h"
#include "harness/conformance/fabric.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/missing_ranks.h"
#include "harness/core/number_of.h"

namespace assay {

namespace {

using Names = std::set<std::string>;
using AllGroups = std::vector<const DeviceGroups*>;

/// What a group must hold: what the profile names, else what any device shows of this workload
/// and dtype (the build had it, so every group should).
Names wanted_of(const DeviceGroup& group, const AllGroups& all) {
  Names wanted(group.asked->implementations.begin(), group.asked->implementations.end());
  if (!wanted.empty()) return wanted;
  for (const DeviceGroups* some : all) {
    for (const DeviceGroup& other : *some) {
      if (other.asked->workload != group.asked->workload ||
          other.asked->dtype != group.asked->dtype)
        continue;
      for (const Measurement* member : other.members) wanted.insert(member->id.implementation);
    }
  }
  return wanted;
}

class CompleteRun final : public Requirement {
 public:
  std::string kind() const override { return "complete_run"; }
  Axis axis() const override { return Axis::functional; }

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    return std::make_unique<Course>();
  }

  /// What a line without implementations wants is what any device of the fleet has.
  bool looks_at_some(const Profile& profile) const override {
    return std::none_of(profile.cases.begin(), profile.cases.end(),
                        [](const ProfileCases& line) { return line.implementations.empty(); });
  }

 private:
  /// Cases that a run's --filter left out, document by document.
  class LeftOut {
   public:
    /// The documents that come next.
    void begin(const std::vector<Result>& documents) {
      first_ = documents.data();
      seen_ = cases_.size();
      cases_.resize(seen_ + documents.size());
    }
    /// All documents, from the first one.
    void begin_again(const std::vector<Result>& documents) {
      first_ = documents.data();
      seen_ = 0;
    }
    std::size_t& of(const Result& document) {
      return cases_.at(seen_ + static_cast<std::size_t>(&document - first_));
    }

   private:
    std::vector<std::size_t> cases_;
    std::size_t seen_ = 0;           // documents before `first_`
    const Result* first_ = nullptr;  // of those that are looked at
  };

  class Course final : public Inquiry {
   public:
    void leave_out_lists() override { of_documents_.leave_out_lists(); }

    void look(const Evidence& some) override {
      left_out_.begin(some.results);
      for (const Result& result : some.results) {
        for (const NodeFacts& node : result.nodes)
          check_mixed(*some.profile, result.run.backend, node, of_documents_);
        strangers_.push_back(strangers_to(known_in(result), result));
        of_documents_.figure("documents", [&] { return document_figures(result); });
      }
      const DeviceGroups alone = device_groups(some, {});
      CaseFilter filter;
      filter.scope = "node";
      const DeviceGroups at_once = device_groups(some, filter);
      check_groups(alone, {&alone, &at_once}, of_devices_);
      check_groups(at_once, {&alone, &at_once}, of_nodes_);
      const std::vector<DeviceCopies> copies = device_copies(some);
      for (const DeviceCopies& one : copies)
        members_ += check_device_copies(one, left_out_, of_copies_);
      groups_ += alone.size() + at_once.size() + copies.size();
    }

    RequirementVerdict verdict(const Evidence& all) override {
      left_out_.begin_again(all.results);
      Names known;
      for (const Result& result : all.results) known.merge(known_in(result));
      Findings findings;
      for (std::size_t i = 0; i < all.results.size(); ++i)
        check_document(all.results[i], known, strangers_.at(i), findings);
      for (const std::string& line : missing_ranks(all.results))
        findings.not_evaluated("missing", line);
      findings.add(std::move(of_documents_));
      findings.add(std::move(of_devices_));
      findings.add(std::move(of_nodes_));
      const auto [fabric_groups, fabric_members] = check_fabric(all, left_out_, findings);
      findings.add(std::move(of_copies_));
      report(all, left_out_, findings);
      const std::size_t groups = groups_ + fabric_groups, members = members_ + fabric_members;
      findings.set_figure("groups", groups);
      findings.set_figure("measurements", members);
      return findings.verdict(fmt::format("{} cases of {} groups, all present", members, groups));
    }

   private:
    void check_groups(const DeviceGroups& groups, const AllGroups& all, Findings& findings) {
      for (const DeviceGroup& group : groups) {
        members_ += group.members.size();
        check_group(group, wanted_of(group, all), left_out_, findings);
      }
    }

    std::vector<Names> strangers_;  // of each document, as far as it says
    Findings of_documents_, of_devices_, of_nodes_, of_copies_;
    LeftOut left_out_;
    std::size_t groups_ = 0, members_ = 0;
  };

  /// Takes the names that the run's filter left out from those that are missing.
  static void leave_out(const AskedGroup& group, const Result& document, Names& missing,
                        LeftOut& left_out) {
    left_out.of(document) += std::erase_if(missing, [&](const std::string& name) {
      AskedGroup one = group;
      one.implementations = {name};
      return is_left_out(one, document.run.filter);
    });
  }

  /// One line a run: its filter says more than the list of what is missing.
  static void report(const Evidence& all, LeftOut& left_out, Findings& findings) {
    for (const Result& result : all.results) {
      const std::size_t cases = left_out.of(result);
      if (cases == 0) continue;
      findings.not_evaluated("missing",
                             fmt::format("{}: {} of the profile", left_out_text(result.run),
                                         number_of(cases, "case")));
    }
  }

  /// What was judged, for readers of the verdict who do not have the documents.
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
    double medians_s = 0;
    for (const Measurement& measurement : result.measurements) {
      ++scopes[measurement.scope.level];
      if (measurement.samples) medians_s += measurement.samples->median_s;
    }
    entry["measurements_by_scope"] = scopes;
    // A series that was made faster as a whole contradicts nothing: the sum shows it.
    entry["sum_of_medians_s"] = medians_s;
    if (!run.filter.empty()) entry["filter"] = run.filter;
    if (!run.tables.empty()) entry["tables"] = run.tables;
    if (run.rank) entry["rank"] = *run.rank;
    return entry;
  }

  static Names names_of(const std::vector<AskedGroup>& groups) {
    Names names;
    for (const AskedGroup& group : groups) {
      if (group.implementations.empty()) names.insert(group.name());
      for (const std::string& implementation : group.implementations)
        names.insert(group.id(implementation).str());
    }
    return names;
  }

  /// A run measures all devices of a node by the cases of the least capable: what the profile asks
  /// of the others is missing.
  static void check_mixed(const Profile& profile, const std::string& backend, const NodeFacts& node,
                          Findings& findings) {
    const std::string least = least_compute_capability(node.devices);
    if (least.empty()) return;
    const auto asked_of = [&](const std::string& capability) {
      const int devices = static_cast<int>(node.devices.size());
      return names_of(asked_cases(profile, {backend, devices, {kAnyRanks}, capability}));
    };
    Names capabilities;
    for (const DeviceFacts& device : node.devices) capabilities.insert(*device.compute_capability);
    capabilities.erase(least);
    for (const std::string& capability : capabilities) {
      Names lacking;
      const Names wanted = asked_of(capability), had = asked_of(least);
      std::set_difference(wanted.begin(), wanted.end(), had.begin(), had.end(),
                          std::inserter(lacking, lacking.end()));
      if (lacking.empty()) continue;
      findings.not_evaluated(
          "missing",
          fmt::format("{} has devices of compute capability {} and {}, and all were measured by "
                      "the cases of {}: {}{} of {} is missing; run each kind by itself, chosen "
                      "with CUDA_VISIBLE_DEVICES",
                      node.name, least, capability, least, *lacking.begin(),
                      lacking.size() > 1 ? fmt::format(" and {} more", lacking.size() - 1) : "",
                      capability),
          subject_of(node));
    }
  }

  /// Everything that the documents describe: a fabric document's nodes have documents of their own.
  static Names known_in(const Result& result) {
    Names known;
    for (const NodeFacts& node : result.nodes) {
      known.insert(node.name);
      for (const DeviceFacts& device : node.devices) known.insert(device.uuid);
    }
    return known;
  }

  /// `node/device3` and `node/rank1` are of the node.
  static std::string node_of(const std::string& member) {
    return member.substr(0, member.rfind('/'));
  }

  /// Members of the document's scopes that are not `known`.
  static Names strangers_to(const Names& known, const Result& result) {
    Names strangers;
    for (const Measurement& measurement : result.measurements) {
      for (const std::string& member : measurement.scope.members) {
        if (!known.contains(member) && !known.contains(node_of(member))) strangers.insert(member);
      }
    }
    return strangers;
  }

  static void check_document(const Result& result, const Names& known, Names strangers,
                             Findings& findings) {
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
    std::erase_if(strangers, [&](const std::string& member) {
      return known.contains(member) || known.contains(node_of(member));
    });
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
    const Result& document = *copies.from.result;
    if (copies.members.empty() && is_left_out(copies, document.run.filter)) {
      ++left_out.of(document);
    } else if (copies.members.empty()) {
      findings.not_evaluated("missing", copies.name() + " was not measured", subject);
    } else if (copies.members.size() > 1) {
      findings.not_evaluated("excluded", copies.name() + " is there twice; one must go", subject);
    } else {
      findings.pass();
    }
    return copies.members.size();
  }

  /// A profile that asks for something between ranks needs the document that holds it of every run
  /// that had several: what another run measured between its ranks says nothing of these.
  static void check_fabric_documents(const Evidence& evidence, Findings& findings) {
    Names known;
    for (const Result* document : fabric_documents(evidence)) known.insert(document->run.id);
    for (const Result& result : evidence.results) {
      if (ranks_of(result) < 2 || !asks_between_ranks(*evidence.profile, result.run.backend) ||
          !known.insert(result.run.id).second)
        continue;
      findings.not_evaluated("missing",
                             fmt::format("run {} had {} ranks, and no document holds what is "
                                         "between them",
                                         result.run.id, ranks_of(result)),
                             fabric_subject(result));
    }
  }

  /// How many groups and measurements between ranks there are.
  static std::pair<std::size_t, std::size_t> check_fabric(const Evidence& evidence,
                                                          LeftOut& left_out, Findings& findings) {
    check_fabric_documents(evidence, findings);
    std::size_t members = 0;
    const std::vector<FabricGroup> groups = fabric_groups(evidence, {});
    for (const FabricGroup& group : groups) {
      Names seen;
      for (const Measurement* member : group.members) seen.insert(member->id.implementation);
      Names missing(group.implementations.begin(), group.implementations.end());
      for (const std::string& name : seen) missing.erase(name);
      members += group.members.size();
      leave_out(group, *group.document, missing, left_out);
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
    const auto subject = [&] { return subject_of(group.device); };
    Names seen;
    bool measured = false;
    for (const Measurement* member : group.members) {
      if (!seen.insert(member->id.implementation).second) {
        findings.not_evaluated(
            "excluded", fmt::format("{} is there twice; one must go", member->id.str()), subject());
      }
      measured = measured || member->status != MeasurementStatus::not_applicable;
    }
    Names missing;
    std::set_difference(wanted.begin(), wanted.end(), seen.begin(), seen.end(),
                        std::inserter(missing, missing.end()));
    const Result& document = *group.device.result;
    const bool is_out = seen.empty() && is_left_out(*group.asked, document.run.filter);
    if (wanted.empty() && is_out) ++left_out.of(document);
    if (!missing.empty()) leave_out(*group.asked, document, missing, left_out);
    if (missing.empty() && is_out) return;
    if (!missing.empty()) {
      findings.not_evaluated(
          "missing", fmt::format("{} lacks {}", group.asked->name(), fmt::join(missing, ", ")),
          subject());
    } else if (!measured) {
      const Absence absence = why_none(group, {});
      findings.not_evaluated(absence.reason_code, absence.text, subject());
    } else {
      findings.pass();
    }
  }
};

const RequirementEnrolment<CompleteRun> complete_run_enrolment;

}  // namespace

}  // namespace assay
