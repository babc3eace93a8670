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

bool is_expected(const std::string& kind, const Kinds& expected) {
  const Kinds parts = parts_of(kind);
  return std::all_of(parts.begin(), parts.end(),
                     [&](const std::string& part) { return is_any_of(part, expected); });
}

/// A node or collective that used another transport than expected, and which one.
struct Astray {
  Subject who;
  std::string what;
};

/// The nodes of a measurement that used another transport, if it names them, else the whole
/// measurement.
std::vector<Astray> all_astray(const Measurement& measurement, const Kinds& expected) {
  std::map<std::string, std::string> by_node;
  for (const MemberTransport& member : measurement.transport->members)
    if (!is_expected(member.kind, expected)) by_node[node_of(member.name)] = member.kind;
  std::vector<Astray> all;
  for (const auto& [node, kind] : by_node) all.push_back({Subject{"node", node}, kind});
  if (!all.empty()) return all;
  const Transport& transport = *measurement.transport;
  const std::string nics =
      transport.nics.empty() ? "" : fmt::format(" ({})", fmt::join(transport.nics, ", "));
  return {{subject_of(measurement.scope), transport.kind + nics}};
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
      const CaseId id = CaseId::parse(row.case_id);
      const auto transport = row.versions.find("transport");
      if (id.workload != measurement.id.workload || row.scope_level != measurement.scope.level ||
          transport == row.versions.end()) {
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
    const Kinds expected = parameters.texts("expected");
    parameters.done();

    Findings findings;
    std::set<std::string> seen;
    for (const Result& result : evidence.results) {
      for (const Measurement& measurement : result.measurements) {
        if (measurement.status != MeasurementStatus::measured ||
            !takes_measurement(filter, levels, measurement)) {
          continue;
        }
        seen.insert(measurement.id.workload);
        const Kinds wanted =
            expected.empty() ? from_baselines(evidence, result, measurement) : expected;
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
  static void check(const Measurement& measurement, const Kinds& expected, Findings& findings) {
    const std::string id = measurement.id.str();
    const Subject subject = subject_of(measurement.scope);
    const std::string kind = measurement.transport ? measurement.transport->kind : "";
    if (kind.empty()) {
      findings.not_evaluated("missing", id + ": its transport is not in the document", subject);
      return;
    }
    record(measurement, kind, expected, findings);
    if (expected.empty()) {
      findings.not_evaluated(
          "no_baseline", id + ": neither the profile nor a baseline says what to expect", subject);
      return;
    }
    if (is_expected(kind, expected)) return findings.pass();
    for (const Astray& one : all_astray(measurement, expected))
      findings.fail(
          "wrong_transport",
          fmt::format("{} went over {}, expected {}", id, one.what, fmt::join(expected, " or ")),
          one.who);
  }

  static void record(const Measurement& measurement, const std::string& kind, const Kinds& expected,
                     Findings& findings) {
    Json entry = Json::object();
    entry["case"] = measurement.id.str();
    entry["series"] = name(measurement.series);
    entry["scope"] = measurement.scope.level;
    entry["transport"] = kind;
    entry["nics"] = measurement.transport->nics;
    entry["expected"] = expected;
    findings.figure("cases", std::move(entry));
  }
};

const RequirementEnrolment<TransportAsExpected> transport_as_expected_enrolment;

}  // namespace

}  // namespace assay
