// What is usually to be done about a verdict, by the word that says what was found.
#include <algorithm>
#include <array>

#include "harness/conformance/requirement.h"

namespace assay {

namespace {

struct ByCode {
  const char* code;
  Action action;
  const char* reason;
};

constexpr std::array kByCode = {
    // Why a requirement could not be evaluated.
    ByCode{"missing", Action::rerun, "the documents lack what this looks at: run it whole"},
    ByCode{"excluded", Action::rerun, "two measurements of one case: run it once, or drop one"},
    ByCode{"too_few_samples", Action::rerun, "the series ended early: give it the time it needs"},
    ByCode{"too_noisy", Action::quiet_machine,
           "the samples differ too much to judge: stop what else runs, then measure again"},
    ByCode{"no_baseline", Action::none,
           "nothing is known to be wrong: give a baseline with --baseline to have it judged"},
    ByCode{"wrong_backend", Action::rerun, "another backend was measured than is asked for"},
    // Answers.
    ByCode{"failed_verification", Action::drain,
           "a wrong answer outranks every rate: use nothing that it computed"},
    ByCode{"other_bits", Action::drain,
           "its peers compute other bits: use nothing that it computed until one is proven right"},
    ByCode{"error", Action::rerun, "the case ended in an error: see its reason, then run it again"},
    // Inventory.
    ByCode{"device_count", Action::restart_node,
           "a device is not seen: restart the node, and have it serviced if it stays away"},
    ByCode{"xid", Action::drain, "the driver reported a fault while the run went on"},
    ByCode{"ecc_off", Action::reset_device, "ECC is turned on by nvidia-smi -e 1 and a reset"},
    ByCode{"remap_pending", Action::reset_device, "a row is remapped when the device is reset"},
    ByCode{"remap_failed", Action::service, "no spare row is left: the device is to be replaced"},
    ByCode{"uncorrected_errors", Action::reset_device,
           "memory gave wrong data: a reset remaps the row, what was computed is lost"},
    ByCode{"link_below_maximum", Action::service,
           "a PCIe link that trained below its maximum is a seating, riser or slot"},
    ByCode{
        "link_below_peers", Action::service,
        "the slot, riser or firmware gives less than that of its peers: see how the node is built"},
    ByCode{"fabric_not_ready", Action::restart_node,
           "the NVLink fabric is not set up: see its manager, then start the node again"},
    ByCode{"link_at_rest", Action::rerun, "the link was read at rest: measure it under load"},
    ByCode{"links_down", Action::reset_device,
           "NVLinks train again when the device is reset; one that stays down is for service"},
    ByCode{"link_errors", Action::service, "an NVLink that counts errors is a cable or a board"},
    ByCode{"link_replays", Action::rerun, "replays cost time, not answers: see if they go on"},
    ByCode{"power_limit_lowered", Action::rerun,
           "somebody set the limit: nvidia-smi -pl puts it back"},
    ByCode{"clock_limit_lowered", Action::rerun,
           "somebody set the limit: nvidia-smi -rgc puts it back"},
    ByCode{"mode", Action::reset_device, "a mode is set by nvidia-smi and takes a reset"},
    ByCode{"drift", Action::drain, "bring the node to the version of the others before it returns"},
    // Kubernetes.
    ByCode{"claimed_not_seen", Action::restart_node,
           "the container lacks a device that its claim was given: see the driver of the node"},
    ByCode{"seen_not_claimed", Action::drain,
           "a container sees a device that it did not claim: another may be using it"},
    ByCode{"not_isolated", Action::drain,
           "containers without a claim reach the devices: see the runtime before jobs share it"},
    ByCode{"partial_gang", Action::rerun,
           "not all started together: see the queue, then run again"},
    ByCode{"gang_deadlock", Action::none,
           "the scheduler keeps no gang whole: see its settings before jobs share the nodes"},
    ByCode{"gang_starved", Action::none,
           "the scheduler forgot a gang that waited: see its queue and its log"},
    ByCode{"good_refused", Action::none,
           "see the operator's pods, its webhook and its certificate"},
    ByCode{"bad_taken", Action::none, "see the operator's webhook configuration"},
    ByCode{"not_by_webhook", Action::none, "see the operator's webhook configuration"},
    ByCode{"not_scaled_up", Action::none, "see the autoscaler's log and its limits"},
    ByCode{"still_pending", Action::none, "the nodes that came do not offer what is claimed"},
    ByCode{"not_scaled_down", Action::none, "see the autoscaler's log for what keeps the nodes"},
    ByCode{"not_exported", Action::none, "see the exporter's pod on the node"},
    ByCode{"no_core_metric", Action::none, "see which metrics the exporter is set to read"},
    ByCode{"does_not_rise", Action::none, "see whether the exporter reads this device at all"},
    ByCode{"does_not_fall", Action::none, "see whether the exporter reads this device at all"},
    ByCode{"slow_start", Action::check_fabric,
           "joining the ranks took long: see name resolution, the network and the image pull"},
    // Validity.
    ByCode{"foreign_processes", Action::quiet_machine, "other processes shared the device"},
    ByCode{"contended", Action::quiet_machine,
           "others used the machine: stop or move them, then measure again"},
    ByCode{"throttled", Action::service,
           "heat or the power supply slowed the device: see its cooling"},
    ByCode{"gate_timeout", Action::rerun, "the host queued too slowly for the gate"},
    ByCode{"wrong_transport", Action::check_fabric,
           "the data took another way than intended: see the NICs, their drivers and modules"},
    ByCode{"transport_degraded", Action::check_fabric,
           "the library found no good paths: see what joins the devices, and its own words"},
    ByCode{"transport_warning", Action::check_fabric,
           "the library warned while it joined the ranks: see its own words"},
    ByCode{"beyond_bound", Action::rerun,
           "nothing is faster than its hardware: its timing, its clock or its bound is wrong"},
    ByCode{"power_limit_not_held", Action::rerun,
           "the device was not at its limit, so what it sustains is not known"},
    // Rates.
    ByCode{"dips", Action::check_fabric, "a size that moves slower is a protocol or a lossy link"},
    ByCode{"not_sustained", Action::service, "the rate falls as the device warms: see its cooling"},
    ByCode{"baseline_expired", Action::none, "the row is to be measured again, not the device"},
    ByCode{"below_library", Action::none, "a matter for the kernel's developers, not the device"},
};

bool is_between(const Subject& subject) {
  return subject.kind == "link" || subject.kind == "fabric";
}

/// A rate below its limit: `below_limit`, `slower_than_peers`, `slow` and the like.
Advice about_rate(const RequirementVerdict& verdict) {
  if (std::any_of(verdict.subjects.begin(), verdict.subjects.end(), is_between))
    return {Action::check_fabric, "what is between devices is slow, not one of them"};
  if (verdict.verdict == Verdict::warn)
    return {Action::rerun, "measure again before anybody acts: one run does not settle a warning"};
  return {Action::drain, "take it out of use and measure it alone; a reset comes before service"};
}

}  // namespace

Advice usual_advice(const RequirementVerdict& verdict) {
  if (verdict.verdict == Verdict::pass || verdict.reason_code == "not_applicable") return {};
  for (const ByCode& known : kByCode)
    if (verdict.reason_code == known.code) return {known.action, known.reason};
  return about_rate(verdict);
}

}  // namespace assay
