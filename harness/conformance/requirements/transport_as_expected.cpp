// Requirement: what moved the data is what should have: sockets instead of InfiniBand, or PCIe
// instead of NVLink, is a failure however fast.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/conformance/baseline_lookup.h"
#include "harness/conformance/cases.h"
#include "harness/conformance/fabric.h"
#include "harness/conformance/findings.h"
#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/transport_words.h"

namespace assay {

namespace {

using Kinds = std::vector<std::string>;

/// `ib_gdr+nvlink` as its two parts: a collective is as good as the worst of them.
Kinds parts_of(const std::string& kind) {
  Kinds parts;
  std::size_t begin = 0;
  for (std::size_t plus; (plus = kind.find('+', begin)) != std::string::npos; begin = plus + 1) {
    parts.push_back(kind.substr(begin, plus - begin));
  }
  parts.push_back(kind.substr(begin));
  return parts;
}

/// A profile may name a kind as a document has it, with its parts.
Kinds parts_of_all(const Kinds& kinds) {
  Kinds all;
  for (const std::string& kind : kinds)
    for (std::string& part : parts_of(kind)) all.push_back(std::move(part));
  return all;
}

bool is_any_of(const std::string& one, const Kinds& all) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// The ranks' number belongs to the run, not to the profile: `bytes8` is also `bytes8_ranks16`.
bool is_shape(const std::string& wanted, const std::string& shape) {
  return shape == wanted || shape.starts_with(wanted + "_ranks");
}

bool takes_measurement(const CaseFilter& filter, const Kinds& levels,
                       const Measurement& measurement) {
  const CaseId& id = measurement.id;
  const std::string shape = id.shape.str();
  return is_any_of(id.workload, filter.workloads) &&
         (filter.dtypes.empty() || is_any_of(id.dtype, filter.dtypes)) &&
         (filter.series.empty() || is_any_of(name(measurement.series), filter.series)) &&
         (levels.empty() || is_any_of(measurement.scope.level, levels)) &&
         (!filter.implementation || *filter.implementation == id.implementation) &&
         (filter.shapes.empty() ||
          std::any_of(filter.shapes.begin(), filter.shapes.end(),
                      [&](const std::string& wanted) { return is_shape(wanted, shape); }));
}

/// A device of several in its node is named `node/device0`; its process, which reports for all of
/// them, is the node's.
std::string node_of(const std::string& member) { return member.substr(0, member.find("/device")); }

/// What the profile asks of the measurements that its filter takes.
struct Rule {
  Kinds expected;
  bool is_between_nodes = false;  // of nothing but scopes of several nodes
};

/// A rule about links between nodes leaves the links inside them to others; where there is no
/// network (NVLink joins the nodes), it is about all.
Kinds parts_held_to(const std::string& kind, const Rule& rule) {
  Kinds parts = parts_of(kind);
  const auto is_of_network = [](const std::string& part) { return is_network(part); };
  if (rule.is_between_nodes && std::any_of(parts.begin(), parts.end(), is_of_network)) {
    std::erase_if(parts, [&](const std::string& part) { return !is_of_network(part); });
  }
  return parts;
}

bool is_expected(const std::string& kind, const Rule& rule) {
  const Kinds parts = parts_held_to(kind, rule);
  return std::all_of(parts.begin(), parts.end(),
                     [&](const std::string& part) { return is_any_of(part, rule.expected); });
}

/// A node or collective that used another transport than expected, and which one.
struct Astray {
  Subject who;
  std::string what;
};

/// The nodes of a measurement that used another transport, if it names them, else the whole
/// measurement.
std::vector<Astray> all_astray(const Measurement& measurement, const Rule& rule) {
  std::map<std::string, std::string> by_node;
  for (const MemberTransport& member : measurement.transport->members)
    if (!is_expected(member.kind, rule)) by_node[node_of(member.name)] = member.kind;
  std::vector<Astray> all;
  for (const auto& [node, kind] : by_node) all.push_back({Subject{"node", node}, kind});
  if (!all.empty()) return all;
  const Transport& transport = *measurement.transport;
  const std::string nics =
      transport.nics.empty() ? "" : fmt::format(" ({})", fmt::join(transport.nics, ", "));
  const std::string why = transport.kind == "unknown" && !transport.warnings.empty()
                              ? fmt::format(" ({})", transport.warnings.back())
                              : "";
  return {{subject_of(measurement.scope), transport.kind + nics + why}};
}

/// What the device's baselines were measured over, from their rows' versions; empty: they do not
/// say.
Kinds from_baselines(const Evidence& evidence, const Result& result,
                     const Measurement& measurement) {
  Kinds kinds;
  if (result.nodes.empty() || result.nodes.front().devices.empty()) return kinds;
  for (const Baseline& baseline : evidence.baselines) {
    if (!is_of(baseline, result.nodes.front().devices.front())) continue;
    for (const BaselineRow& row : baseline.rows) {
      const auto transport = row.versions.find("transport");
      if (row.id.workload != measurement.id.workload ||
          row.scope_level != measurement.scope.level || transport == row.versions.end()) {
        continue;
      }
      for (std::string& part : parts_of(transport->get<std::string>())) {
        if (!is_any_of(part, kinds)) kinds.push_back(std::move(part));
      }
    }
  }
  return kinds;
}

class TransportAsExpected final : public Requirement {
 public:
  std::string kind() const override { return "transport_as_expected"; }
  Axis axis() const override { return Axis::validity; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read(parameters);
    const Kinds levels = parameters.texts("scope");
    Rule rule{parts_of_all(parameters.texts("expected")), !levels.empty()};
    parameters.done();
    refuse_unfit_rule(filter, levels, *evidence.profile);
    for (const std::string& level : levels) {
      rule.is_between_nodes = rule.is_between_nodes && (level == "rack" || level == "cluster");
    }

    Findings findings(evidence);
    std::set<std::string> seen;
    for (const Result& result : evidence.results) {
      for (const Measurement& measurement : result.measurements) {
        if (measurement.status != MeasurementStatus::measured ||
            !takes_measurement(filter, levels, measurement)) {
          continue;
        }
        seen.insert(measurement.id.workload);
        Rule wanted = rule;
        if (rule.expected.empty()) wanted.expected = from_baselines(evidence, result, measurement);
        check(measurement, wanted, findings);
      }
    }
    for (const std::string& workload : filter.workloads) {
      if (!seen.contains(workload)) {
        findings.not_evaluated("missing", workload + " was not measured");
      }
    }
    return findings.verdict("every transport as expected");
  }

 private:
  static void refuse_unfit_rule(const CaseFilter& filter, const Kinds& levels,
                                const Profile& profile) {
    if (filter.workloads.empty())
      throw Error(fmt::format("profile requirement '{}': parameter 'workload' must be given",
                              filter.requirement));
    for (const std::string& level : levels)
      if (!is_any_of(level, {"nvlink_domain", "node", "rack", "cluster"}))
        throw Error(
            fmt::format("profile requirement '{}': scope {} is none of nvlink_domain, "
                        "node, rack, cluster",
                        filter.requirement, in_quotes(level)));
    CaseFilter without_shapes = filter;  // whose ranks belong to the run
    without_shapes.shapes.clear();
    without_shapes.refuse_unknown(profile, CaseFilter::Where::between_ranks);
  }

  static void check(const Measurement& measurement, const Rule& rule, Findings& findings) {
    const std::string id = measurement.id.str();
    const Subject subject = subject_of(measurement.scope);
    const std::string kind = measurement.transport ? measurement.transport->kind : "";
    if (kind.empty()) {
      findings.not_evaluated("missing", id + ": its transport is not in the document", subject);
      return;
    }
    record(measurement, kind, rule.expected, findings);
    add_complaint(measurement, subject, findings);
    if (rule.expected.empty()) {
      findings.not_evaluated(
          "no_baseline", id + ": neither the profile nor a baseline says what to expect", subject);
      return;
    }
    if (is_expected(kind, rule)) return findings.pass();
    for (const Astray& one : all_astray(measurement, rule))
      findings.fail("wrong_transport",
                    fmt::format("{} went over {}, expected {}", id, one.what,
                                fmt::join(rule.expected, " or ")),
                    one.who);
  }

  /// Whether the library itself was not content with the paths, whatever they are called.
  static void add_complaint(const Measurement& measurement, const Subject& subject,
                            Findings& findings) {
    const Transport& transport = *measurement.transport;
    const std::string id = measurement.id.str();
    if (!transport.degraded.empty())
      findings.fail(
          "transport_degraded",
          fmt::format("{}: the library's search for paths fell back: {}", id, transport.degraded),
          subject);
    else if (transport.kind != "unknown" && !transport.warnings.empty())
      findings.warn(
          "transport_warning",
          fmt::format("{}: the library warned: {}", id, fmt::join(transport.warnings, "; ")),
          subject);
  }

  static void record(const Measurement& measurement, const std::string& kind, const Kinds& expected,
                     Findings& findings) {
    findings.figure("cases", [&] {
      Json entry = Json::object();
      entry["case"] = measurement.id.str();
      entry["series"] = name(measurement.series);
      entry["scope"] = measurement.scope.level;
      entry["transport"] = kind;
      const Transport& transport = *measurement.transport;
      if (!transport.algorithm.empty()) entry["algorithm"] = transport.algorithm;
      if (!transport.protocol.empty()) entry["protocol"] = transport.protocol;
      if (transport.channels) entry["channels"] = *transport.channels;
      entry["nics"] = transport.nics;
      entry["expected"] = expected;
      return entry;
    });
  }
};

const RequirementEnrolment<TransportAsExpected> transport_as_expected_enrolment;

}  // namespace

}  // namespace assay
