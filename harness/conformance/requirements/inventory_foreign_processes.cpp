// Requirement: no other process used the device during the run. Only warns: it may not have
// mattered.
#include <fmt/format.h>

#include "harness/conformance/inventory.h"
#include "harness/conformance/parameters.h"

namespace assay {

namespace {

class ForeignProcesses final : public Requirement {
 public:
  std::string kind() const override { return "inventory_foreign_processes"; }
  Axis axis() const override { return Axis::validity; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    Findings findings;
    check_devices(evidence, findings, check);
    return findings.verdict("no other process on any device");
  }

 private:
  static bool check(const DeviceRef& ref, const Subject& subject, Findings& findings) {
    if (ref.device->other_processes.empty()) return true;
    std::vector<std::string> processes;
    for (const OtherProcess& process : ref.device->other_processes) {
      processes.push_back(fmt::format("{} (PID {})", process.name, process.pid));
    }
    findings.warn("foreign_processes",
                  fmt::format("other processes: {}", fmt::join(processes, ", ")), subject);
    return false;
  }
};

const RequirementEnrolment<ForeignProcesses> foreign_processes_enrolment;

}  // namespace

}  // namespace assay
