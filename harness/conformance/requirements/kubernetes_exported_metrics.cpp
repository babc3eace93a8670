// Requirement: an exporter's utilization and memory of every claimed device rise under a GEMM load
// that the same documents measured, and fall after it. An endpoint that answers, with values that
// do not move, monitors nothing.
#include <fmt/format.h>

#include <algorithm>

#include "harness/conformance/devices.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/parameters.h"
#include "harness/core/cluster_facts.h"

namespace assay {

namespace {

// GEMMs that are timed keep a device busy for most of an exporter's interval, not for all of it.
constexpr double kLeastRise = 0.3;

const ExportedDevice* exported(const ExporterFacts& facts, const std::string& node,
                               const std::string& device) {
  for (const ExportedDevice& one : facts.devices)
    if (one.node == node && one.device == device) return &one;
  return nullptr;
}

bool has_gemm(const Result& result) {
  return std::any_of(result.measurements.begin(), result.measurements.end(), [](const auto& one) {
    return one.id.workload == "gemm" && one.status == MeasurementStatus::measured;
  });
}

class ExportedMetrics final : public Requirement {
 public:
  std::string kind() const override { return "kubernetes_exported_metrics"; }
  Axis axis() const override { return Axis::functional; }

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const double rise = parameters.fraction("least_rise", kLeastRise);
    parameters.done();
    Findings findings;
    findings.set_figure("least_rise", rise);
    const auto see = [rise](const Evidence& some, Findings& found) {
      for (const Result& result : some.results)
        for (const NodeFacts& node : result.nodes) check(result, node, rise, found);
    };
    const auto conclude = [](const Findings& found) {
      return found.verdict("the metrics of every claimed device follow its load");
    };
    return inquiry(std::move(findings), see, conclude);
  }

 private:
  static void check(const Result& result, const NodeFacts& node, double rise, Findings& findings) {
    const std::optional<ClusterFacts> facts = cluster_facts(result);
    if (!facts || !facts->exporter || facts->exporter->scrapes == 0)
      return findings.not_evaluated("missing", node.name + ": no exporter was read during the run",
                                    subject_of(node));
    if (!has_gemm(result))
      return findings.not_evaluated("missing", node.name + ": no GEMM loaded its devices",
                                    subject_of(node));
    if (!node.kubernetes || node.kubernetes->allocated.empty())
      return findings.not_evaluated("missing", node.name + ": no allocated device is known",
                                    subject_of(node));
    for (const std::string& device : node.kubernetes->allocated) {
      const ExportedDevice* one = exported(*facts->exporter, node.name, device);
      if (one == nullptr) {
        findings.fail("not_exported", not_exported(node.name, device, *facts->exporter),
                      subject_of(node));
      } else {
        check(*one, rise, findings);
      }
    }
  }

  static std::string not_exported(const std::string& node, const std::string& device,
                                  const ExporterFacts& facts) {
    return fmt::format("{}: {} exports nothing of {}{}", node, facts.exporter, device,
                       facts.faults.empty() ? "" : " (" + facts.faults.front() + ")");
  }

  static void check(const ExportedDevice& one, double rise, Findings& findings) {
    const Subject subject{"device", one.node + "/" + one.device};
    findings.figure("devices", {{"node", one.node},
                                {"device", one.device},
                                {"utilization_metric", one.utilization_metric},
                                {"utilization", one.utilization},
                                {"memory_metric", one.memory_metric},
                                {"memory", one.memory}});
    const std::string name = one.node + ": " + one.device;
    if (one.utilization.size() != 3 || one.memory.size() != 3)
      return findings.fail(
          "no_core_metric",
          fmt::format("{}: {} is not exported", name,
                      one.utilization.size() != 3 ? "utilization" : "memory in use"),
          subject);
    // Some exporters write a percentage, some a fraction.
    const double whole = one.utilization[1] > 1 ? 100 : 1;
    if (one.utilization[0] > 0.5 * whole)
      return findings.not_evaluated(
          "missing",
          fmt::format("{}: {} was {} before the run: others loaded the device", name,
                      one.utilization_metric, one.utilization[0]),
          subject);
    if (follow(name, one.utilization_metric, one.utilization, rise * whole, subject, findings) &&
        follow(name, one.memory_metric, one.memory, 0, subject, findings))
      findings.pass();
  }

  static bool follow(const std::string& name, const std::string& metric,
                     const std::vector<double>& values, double least, const Subject& subject,
                     Findings& findings) {
    const double risen = values[1] - values[0], left = values[2] - values[0];
    if (risen <= 0 || risen < least) {
      findings.fail("does_not_rise",
                    fmt::format("{}: {} was {} before the load and at most {} under it", name,
                                metric, values[0], values[1]),
                    subject);
      return false;
    }
    if (left > risen / 2) {
      findings.fail("does_not_fall",
                    fmt::format("{}: {} was {} under load and {} after it", name, metric, values[1],
                                values[2]),
                    subject);
      return false;
    }
    return true;
  }
};

const RequirementEnrolment<ExportedMetrics> exported_metrics_enrolment;

}  // namespace

}  // namespace assay
