// The rows of the checklists 1.33 to 1.37, and what of Assay's documents speaks to each.
#include "harness/conformance/evidence/proofs.h"

#include <fmt/format.h>

#include "harness/core/cluster_facts.h"

namespace assay {

namespace {

// A scheduler that binds pods one by one would have bound some by then: those that fit.
constexpr double kHeldBack_s = 10;

std::string lacks_claim(const std::vector<Result>& results) {
  for (const Result& result : results)
    for (const NodeFacts& node : result.nodes)
      if (!node.kubernetes || node.kubernetes->claim.empty())
        return fmt::format("{}: no ResourceClaim is named", node.name);
  return "";
}

/// Where there was room for every pod from the start, any scheduler binds them all.
std::string lacks_contention(const std::vector<Result>& results) {
  for (const Result& result : results) {
    const auto facts = cluster_facts(result);
    if (!facts || !facts->gang) continue;
    if (facts->gang->pods >= 2 && facts->gang->held_back_s >= kHeldBack_s) return "";
  }
  return fmt::format(
      "no gang of two pods or more was held back whole for {:.0f} s, so that any scheduler could "
      "have started it: start the run with `assay cluster run` while there is room for some of its "
      "pods and not for all",
      kHeldBack_s);
}

}  // namespace

const std::vector<ConformanceProof>& conformance_proofs() {
  static const std::vector<ConformanceProof> kProofs = {
      {"dra_support",
       {"kubernetes_claimed_devices"},
       lacks_claim,
       "A ResourceClaim allocated the devices of every pod, and its runtime saw these and no "
       "other: "
       "the DRA driver answered, and the scheduler and the kubelet acted on it.",
       "The claims asked for whole devices; selectors on attributes and shared claims were not "
       "tried."},
      {"driver_runtime_management",
       {"kubernetes_driver_versions", "kubernetes_claimed_devices"},
       nullptr,
       "The driver that runs is of the version that the devices' ResourceSlices publish, which is "
       "the mechanism of verification by DRA, and the runtime gave every container its claimed "
       "devices, on which verified workloads ran.",
       "How drivers are installed and updated is for the platform's documentation."},
      {"gpu_sharing", {}, nullptr, "A run claims whole devices; none shares one.", ""},
      {"virtualized_accelerator", {}, nullptr, "No document says whether a device is virtual.", ""},
      {"ai_inference", {}, nullptr, "Assay sends nothing through a Gateway.", ""},
      {"advanced_inference_ingress",
       {},
       nullptr,
       "Assay sends nothing through an inference gateway.",
       ""},
      {"high_performance_networking",
       {},
       nullptr,
       "Assay measures what the network carries, not how the cluster exposes its interfaces.",
       ""},
      {"disaggregated_inference", {}, nullptr, "Assay installs no serving platform.", ""},
      {"gang_scheduling",
       {"kubernetes_gang"},
       lacks_contention,
       "While there was no room for all pods of the run, the gang scheduler bound none of them, "
       "though it had accepted the run; later it bound all of them together.",
       "Looked at every two seconds, so that a shorter partial start is not seen."},
      {"cluster_autoscaling", {}, nullptr, "A run takes the nodes that are there.", ""},
      {"pod_autoscaling", {}, nullptr, "A run has as many pods as it was started with.", ""},
      {"accelerator_metrics",
       {},
       nullptr,
       "Assay reads the devices itself and not the platform's metrics endpoint.",
       ""},
      {"ai_service_metrics", {}, nullptr, "Assay does not ask the platform's monitoring.", ""},
      {"secure_accelerator_access",
       {"kubernetes_claimed_devices", "kubernetes_unclaimed_container"},
       nullptr,
       "In every pod the container that claims devices saw those that its claim allocated and no "
       "other, and a container that claims nothing saw none: access follows the claim alone.",
       "Tried from unprivileged containers, as the manifests of Assay make them."},
      {"workload_sandboxing", {}, nullptr, "A run is not started in a sandbox.", ""},
      {"robust_controller",
       {},
       nullptr,
       "A run needs no operator; what starts it is a plain Job unless the user asks otherwise.",
       ""},
  };
  return kProofs;
}

const ConformanceProof* proof_of(std::string_view row) {
  for (const ConformanceProof& proof : conformance_proofs())
    if (proof.row == row) return &proof;
  return nullptr;
}

}  // namespace assay
