// Requirement: the driver that runs is of the version that the cluster publishes for its devices.
#include <fmt/format.h>

#include <sstream>

#include "harness/conformance/devices.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/parameters.h"
#include "harness/core/cluster_facts.h"

namespace assay {

namespace {

std::vector<long> version_parts(const std::string& version) {
  std::vector<long> parts;
  std::istringstream text(version);
  for (std::string part; std::getline(text, part, '.');) parts.push_back(std::atol(part.c_str()));
  return parts;
}

/// At the precision that both have: `580.65.6` is `580.65.06`, `13.0` is `13.0.0`.
bool agree(const std::string& one, const std::string& other) {
  std::vector<long> a = version_parts(one), b = version_parts(other);
  const std::size_t shared = std::min(a.size(), b.size());
  a.resize(shared);
  b.resize(shared);
  return shared > 0 && a == b;
}

class DriverVersions final : public Requirement {
 public:
  std::string kind() const override { return "kubernetes_driver_versions"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings;
    for (const Result& result : evidence.results)
      for (const NodeFacts& node : result.nodes) {
        const std::optional<ClusterFacts> facts = cluster_facts(result);
        // A driver may leave the version out: that is no fault of the node's.
        if (!facts || facts->published.empty())
          findings.warn("not_published", node.name + ": the cluster publishes no driver version",
                        subject_of(node));
        else
          check(node, result.software, facts->published, findings);
      }
    return findings.verdict("the versions that run are those that are published");
  }

 private:
  using Versions = std::map<std::string, std::string>;

  static void check(const NodeFacts& node, const Versions& running, const Versions& published,
                    Findings& findings) {
    for (const auto& [what, version] : published) {
      const auto found = running.find(what);
      const std::string runs =
          found == running.end() || found->second == "absent" ? "" : found->second;
      findings.figure(
          "versions",
          {{"node", node.name}, {"what", what}, {"published", version}, {"running", runs}});
      if (runs.empty())
        findings.not_evaluated("missing", fmt::format("{}: {} is not known", node.name, what),
                               subject_of(node));
      else if (!agree(version, runs))
        findings.fail(
            "version_differs",
            fmt::format("{}: {} {} runs and {} is published", node.name, what, runs, version),
            subject_of(node));
      else
        findings.pass();
    }
  }
};

const RequirementEnrolment<DriverVersions> driver_versions_enrolment;

}  // namespace

}  // namespace assay
