// Requirement: on a sound fabric more bytes never go slower; a size that surely does is named.
#include <fmt/format.h>

#include <map>

#include "harness/conformance/fabric.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/fabric/cost_model.h"

namespace assay {

namespace {

/// One implementation's sweep, by bytes.
using Curves = std::map<std::string, std::map<double, SweepPoint>>;

class FabricCurveDips final : public Requirement {
 public:
  std::string kind() const override { return "fabric_curve_dips"; }
  Axis axis() const override { return Axis::performance; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read(parameters);
    const double tolerance = parameters.fraction("tolerance", 0.9);
    parameters.done();
    Findings findings;
    findings.set_figure("tolerance", tolerance);
    const std::vector<const Result*> documents = fabric_documents(evidence);
    if (documents.empty()) findings.not_evaluated("missing", kNoFabric);
    std::size_t curves = 0;
    const std::map<const Result*, Curves> all = curves_of(evidence, filter);
    for (const Result* document : documents) {
      const auto own = all.find(document);
      if (own == all.end()) continue;
      for (const auto& [name, points] : own->second) {
        check_curve(name, points, tolerance, fabric_subject(*document), findings);
        ++curves;
      }
    }
    return findings.verdict(fmt::format("{} sweeps, none dips", curves));
  }

 private:
  /// The racks of a cluster have sweeps of their own.
  static std::string of_scope(const Measurement& member) {
    const Scope& scope = member.scope;
    if (scope.level == "cluster" || scope.members.empty()) return "";
    return fmt::format(", {} of {}", scope.level, scope.members.front());
  }

  /// By document.
  static std::map<const Result*, Curves> curves_of(const Evidence& evidence,
                                                   const CaseFilter& filter) {
    std::map<const Result*, Curves> curves;
    for (const FabricGroup& group : fabric_groups(evidence, filter)) {
      if (group.workload == "pair") continue;
      for (const Measurement* member : group.members) {
        if (!rate_of(*member)) continue;
        if (filter.implementation && member->id.implementation != *filter.implementation) continue;
        const std::string name =
            fmt::format("{}.{}.{} ({}{})", member->id.workload, member->id.dtype,
                        member->id.implementation, assay::name(group.series), of_scope(*member));
        const auto bytes = static_cast<double>(member->id.shape.at("bytes"));
        const Samples& samples = *member->samples;
        curves[group.document][name][bytes] = {bytes, samples.median_s, samples.ci_low_s,
                                               samples.ci_high_s};
      }
    }
    return curves;
  }

  static void check_curve(const std::string& name, const std::map<double, SweepPoint>& points,
                          double tolerance, const Subject& subject, Findings& findings) {
    std::vector<SweepPoint> sweep;
    for (const auto& [bytes, point] : points) sweep.push_back(point);
    if (sweep.size() < 2) {
      findings.not_evaluated("missing", name + " was measured at one size only", subject);
      return;
    }
    const std::vector<CurveDip> dips = curve_dips(sweep, tolerance);
    for (const CurveDip& dip : dips) {
      findings.figure("dips", {{"curve", name},
                               {"bytes", dip.bytes},
                               {"smaller_bytes", dip.smaller_bytes},
                               {"fraction", dip.fraction}});
      findings.fail("dips",
                    fmt::format("{} moves {} bytes at {} of the rate that {} bytes reach", name,
                                dip.bytes, percent(dip.fraction), dip.smaller_bytes),
                    subject);
    }
    if (dips.empty()) findings.pass();
  }
};

const RequirementEnrolment<FabricCurveDips> fabric_curve_dips_enrolment;

}  // namespace

}  // namespace assay
