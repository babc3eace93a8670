// Requirement: as many NVLinks are up as the part's design connects and its peers have, the fabric
// that they lead to is ready, none counts errors.
#include <fmt/format.h>

#include "harness/conformance/inventory.h"
#include "harness/conformance/nvlink_design.h"
#include "harness/conformance/parameters.h"

namespace assay {

namespace {

class Nvlink final : public Requirement {
 public:
  std::string kind() const override { return "inventory_nvlink"; }
  Axis axis() const override { return Axis::functional; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const std::optional<std::int64_t> links = parameters.count("links");
    parameters.done();
    Findings findings(evidence);
    const NvlinkPeers peers(evidence.results);
    check_devices(evidence, findings,
                  [&](const DeviceRef& ref, const Subject& subject, Findings& to) {
                    std::optional<int> expected = peers.expected(*ref.node, *ref.device);
                    if (links) expected = static_cast<int>(*links);
                    return check(ref, subject, expected, to);
                  });
    return findings.verdict("every link up that the parts connect, no errors, no replays");
  }

 private:
  static bool check(const DeviceRef& ref, const Subject& subject, std::optional<int> expected,
                    Findings& findings) {
    const NvlinkState* state = present(ref.device->nvlink, "NVLink's state", subject, findings);
    if (state == nullptr) return false;
    const int* count = present(state->count, "the number of NVLinks", subject, findings);
    const int* active = present(state->active, "the number of active NVLinks", subject, findings);
    if (count == nullptr || active == nullptr || !expected) return false;
    record(ref, *state, *expected, findings);
    const std::int64_t errors = state->errors.value_or(0), replays = state->replays.value_or(0);
    bool healthy = true;
    if (*active != *expected) {
      findings.fail("links_down",
                    fmt::format("{} of {} NVLinks active, {} expected", *active, *count, *expected),
                    subject);
      healthy = false;
    }
    if (*expected > 0 && state->fabric_state.value_or("completed") != "completed") {
      findings.fail("fabric_not_ready",
                    fmt::format("the NVLink fabric's state is {}", *state->fabric_state), subject);
      healthy = false;
    }
    if (errors > 0) {
      findings.fail("link_errors", fmt::format("{} NVLink errors", errors), subject);
      healthy = false;
    }
    if (healthy && replays > 0) {
      findings.warn("link_replays", fmt::format("{} NVLink replays", replays), subject);
      healthy = false;
    }
    return healthy;
  }

  /// A counter that the part's generation does not have does not apply, and is no figure.
  static void record(const DeviceRef& ref, const NvlinkState& state, int expected,
                     Findings& findings) {
    findings.figure("devices", [&] {
      Json entry = device_figures(ref);
      entry["count"] = *state.count;
      entry["active"] = *state.active;
      entry["expected"] = expected;
      if (state.errors) entry["errors"] = *state.errors;
      if (state.replays) entry["replays"] = *state.replays;
      if (state.fabric_state) entry["fabric_state"] = *state.fabric_state;
      return entry;
    });
  }
};

const RequirementEnrolment<Nvlink> nvlink_enrolment;

}  // namespace

}  // namespace assay
