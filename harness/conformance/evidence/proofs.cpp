// The rows of the checklists 1.33 to 1.37, and what of Assay's documents speaks to each.
#include "harness/conformance/evidence/proofs.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/cluster_facts.h"

namespace assay {

namespace {

std::string lacks_claim(const std::vector<Result>& results) {
  for (const Result& result : results)
    for (const NodeFacts& node : result.nodes)
      if (!node.kubernetes || node.kubernetes->claim.empty())
        return fmt::format("{}: no ResourceClaim is named", node.name);
  return "";
}

/// The webhook of an operator is no use where nothing reconciles what it let in.
std::string lacks_operator(const std::vector<Result>& results) {
  const auto is_trainer = [](const WebhookFacts& webhook) {
    return webhook.resource == "trainjobs.trainer.kubeflow.org";
  };
  for (const Result& result : results) {
    const auto facts = cluster_facts(result);
    if (facts && facts->gang && facts->gang->scheduler == "trainjob" &&
        std::any_of(facts->webhooks.begin(), facts->webhooks.end(), is_trainer))
      return "";
  }
  return "no run was started by an operator whose webhook was tried: use `assay cluster run --gang "
         "trainjob --probe webhook` on two nodes or more";
}

}  // namespace

const std::vector<ConformanceProof>& conformance_proofs() {
  static const std::vector<ConformanceProof> kProofs = {
      {"dra_support",
       {"kubernetes_claimed_devices"},
       lacks_claim,
       "A ResourceClaim allocated the devices of every pod, and its runtime saw these and no "
       "other: the DRA driver answered, and the scheduler and the kubelet acted on it.",
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
       {"kubernetes_gang", "kubernetes_gang_contention"},
       nullptr,
       "Two gangs claimed the accelerators of all nodes while one node was taken: none of their "
       "pods was bound. When the node was free one gang was bound whole, and after its end the "
       "other; then the run's own pods were bound together and measured.",
       "Looked at every two seconds, so that a shorter partial start is not seen."},
      {"cluster_autoscaling",
       {"kubernetes_autoscaling"},
       nullptr,
       "For a pod whose claim of accelerators no node could meet a node came and took it; when the "
       "pods had gone, so did the node.",
       "One more node was asked for than was free; limits of the pool were not tried.",
       "An autoscaler that leaves none of these signs and takes longer to bring a node."},
      {"pod_autoscaling", {}, nullptr, "A run has as many pods as it was started with.", ""},
      {"accelerator_metrics",
       {"kubernetes_exported_metrics"},
       nullptr,
       "The platform's exporter showed utilization and memory of every claimed accelerator, found "
       "by its UUID: idle before the run, busy under GEMMs that the run measured, idle after it.",
       "Temperature, power and interconnect were not looked at, nor how the metrics are "
       "collected."},
      {"ai_service_metrics", {}, nullptr, "Assay does not ask the platform's monitoring.", ""},
      {"secure_accelerator_access",
       {"kubernetes_claimed_devices", "kubernetes_unclaimed_container"},
       nullptr,
       "In every pod the container that claims devices saw those that its claim allocated and no "
       "other, and a container that claims nothing saw none: access follows the claim alone.",
       "Tried from unprivileged containers, as the manifests of Assay make them."},
      {"workload_sandboxing", {}, nullptr, "A run is not started in a sandbox.", ""},
      {"robust_controller",
       {"kubernetes_webhook"},
       lacks_operator,
       "Kubeflow Trainer's webhook took a good TrainJob and refused one that its schema allows, "
       "and the run itself was a TrainJob, which the operator reconciled into pods that measured.",
       "The operator was there already; its installation and its restart were not tried."},
  };
  return kProofs;
}

const ConformanceProof* proof_of(std::string_view row) {
  for (const ConformanceProof& proof : conformance_proofs())
    if (proof.row == row) return &proof;
  return nullptr;
}

}  // namespace assay
