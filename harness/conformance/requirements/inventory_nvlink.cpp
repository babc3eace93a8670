// Requirement: every NVLink is up, devices of a node have equally many, none counts errors.
#include <fmt/format.h>

#include <algorithm>

#include "harness/conformance/inventory.h"
#include "harness/conformance/parameters.h"

namespace assay {

namespace {

/// The links that a device should have: as many as the best connected device of its node.
int links_of_node(const NodeFacts& node) {
  int most = 0;
  for (const DeviceFacts& device : node.devices) {
    if (device.nvlink && device.nvlink->count) most = std::max(most, *device.nvlink->count);
  }
  return most;
}

class Nvlink final : public Requirement {
 public:
  std::string kind() const override { return "inventory_nvlink"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const std::optional<std::int64_t> links = parameters.count("links");
    parameters.done();
    Findings findings;
    check_devices(
        evidence, findings, [&](const DeviceRef& ref, const Subject& subject, Findings& to) {
          const int expected = links ? static_cast<int>(*links) : links_of_node(*ref.node);
          return check(ref, subject, expected, to);
        });
    return findings.verdict("every link up, no errors, no replays");
  }

 private:
  static bool check(const DeviceRef& ref, const Subject& subject, int expected,
                    Findings& findings) {
    const NvlinkState* state = present(ref.device->nvlink, "NVLink's state", subject, findings);
    if (state == nullptr) return false;
    const int* count = present(state->count, "the number of NVLinks", subject, findings);
    const int* active = present(state->active, "the number of active NVLinks", subject, findings);
    const std::int64_t* errors = present(state->errors, "NVLink's errors", subject, findings);
    const std::int64_t* replays = present(state->replays, "NVLink's replays", subject, findings);
    if (count == nullptr || active == nullptr || errors == nullptr || replays == nullptr) {
      return false;
    }
    Json entry = device_figures(ref);
    entry["count"] = *count;
    entry["active"] = *active;
    entry["expected"] = expected;
    entry["errors"] = *errors;
    entry["replays"] = *replays;
    findings.figure("devices", std::move(entry));
    if (*count != expected || *active != *count) {
      findings.fail("links_down",
                    fmt::format("{} of {} NVLinks active, {} expected", *active, *count, expected),
                    subject);
    } else if (*errors > 0) {
      findings.fail("link_errors", fmt::format("{} NVLink errors", *errors), subject);
    } else if (*replays > 0) {
      findings.warn("link_replays", fmt::format("{} NVLink replays", *replays), subject);
    } else {
      return true;
    }
    return false;
  }
};

const RequirementEnrolment<Nvlink> nvlink_enrolment;

}  // namespace

}  // namespace assay
