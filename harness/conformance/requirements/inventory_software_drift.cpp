// Requirement: the same driver, kernel, libraries and VBIOS everywhere; the odd ones out are named.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/conformance/inventory.h"
#include "harness/conformance/parameters.h"

namespace assay {

namespace {

/// Who has which version of one thing.
struct Holder {
  Subject subject;
  std::string version;
};

class SoftwareDrift final : public Requirement {
 public:
  std::string kind() const override { return "inventory_software_drift"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    std::vector<std::string> keys = parameters.texts("software");
    parameters.done();
    if (keys.empty()) keys = {"driver", "kernel", "nccl"};

    Findings findings;
    for (const std::string& key : keys) {
      compare(key, software(evidence, key, findings), findings);
    }
    for (const auto& [model, holders] : vbios(evidence, findings)) {
      compare("VBIOS of " + model, holders, findings);
    }
    return findings.verdict(fmt::format("{} and VBIOS the same everywhere", fmt::join(keys, ", ")));
  }

 private:
  static std::vector<Holder> software(const Evidence& evidence, const std::string& key,
                                      Findings& findings) {
    std::vector<Holder> holders;
    for (const Result& result : evidence.results) {
      const auto version = result.software.find(key);
      for (const NodeFacts& node : result.nodes) {
        if (version == result.software.end()) {
          findings.not_evaluated("missing", fmt::format("{}: {} is not known", node.name, key),
                                 subject_of(node));
        } else {
          holders.push_back({subject_of(node), version->second});
        }
      }
    }
    return holders;
  }

  /// By model: two models have two VBIOS versions by right.
  static std::map<std::string, std::vector<Holder>> vbios(const Evidence& evidence,
                                                          Findings& findings) {
    std::map<std::string, std::vector<Holder>> by_model;
    check_devices(
        evidence, findings, [&](const DeviceRef& ref, const Subject& subject, Findings& to) {
          const std::string* version = present(ref.device->vbios, "the VBIOS version", subject, to);
          if (version == nullptr) return false;
          by_model[ref.device->name].push_back({subject, *version});
          return true;
        });
    return by_model;
  }

  /// The most common version is the reference. If two are equally common, there is no reference and
  /// all are named.
  static void compare(const std::string& what, const std::vector<Holder>& holders,
                      Findings& findings) {
    std::map<std::string, std::size_t> count;
    for (const Holder& holder : holders) ++count[holder.version];
    findings.figure("versions", {{"what", what}, {"count", count}});
    std::size_t most = 0, as_common = 0;
    std::string rule;
    for (const auto& [version, n] : count) {
      as_common = n == most ? as_common + 1 : n > most ? 1 : as_common;
      if (n > most) rule = version;
      most = std::max(most, n);
    }
    for (const Holder& holder : holders) {
      if (as_common == 1 && holder.version == rule) continue;
      findings.fail("drift",
                    as_common == 1 ? fmt::format("{}: {} is {}, elsewhere {}", holder.subject.name,
                                                 what, holder.version, rule)
                                   : fmt::format("{}: {} is {}, others differ", holder.subject.name,
                                                 what, holder.version),
                    holder.subject);
    }
  }
};

const RequirementEnrolment<SoftwareDrift> software_drift_enrolment;

}  // namespace

}  // namespace assay
