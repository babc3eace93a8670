// Each group has a request for its accelerators, one for its NICs, and a constraint over both.
#include <fmt/format.h>

#include "harness/cluster/nics.h"

namespace assay::cluster {

namespace {

/// The value of one parameter, copied to a field of every request of that name.
std::string replacement(const char* parameter, const char* request, int groups) {
  std::string text = fmt::format(
      "- source: {{kind: ConfigMap, name: assay, fieldPath: data.{}}}\n  targets:\n"
      "  - select: {{kind: ResourceClaimTemplate, name: assay}}\n    fieldPaths:\n",
      parameter);
  for (int group = 0; group < groups; ++group)
    text +=
        fmt::format("    - \"spec.spec.devices.requests.[name={}-{}].exactly.deviceClassName\"\n",
                    request, group);
  return text;
}

}  // namespace

std::string paired_text(const Plan& plan) {
  const int groups = groups_of(plan);
  std::string requests, constraints;
  for (int group = 0; group < groups; ++group) {
    requests += fmt::format(
        "      - name: accelerator-{0}\n"
        "        exactly: {{deviceClassName: gpu.nvidia.com, allocationMode: ExactCount, count: "
        "{1}}}\n"
        "      - name: nic-{0}\n        exactly:\n          deviceClassName: dra.net\n"
        "          allocationMode: ExactCount\n          count: {2}\n          selectors: *rdma\n",
        group, plan.devices / groups, plan.nics / groups);
    constraints += fmt::format(
        "      - {{requests: [accelerator-{0}, nic-{0}], matchAttribute: "
        "resource.kubernetes.io/pcieRoot}}\n",
        group);
  }
  constexpr std::string_view kFirst = "selectors: *rdma\n";
  requests.replace(
      requests.find(kFirst), kFirst.size(),
      fmt::format("selectors: &rdma\n          - cel: {{expression: \"{}\"}}\n", kRdma));
  return "# NICs for RDMA in the same claim as the accelerators, each with its own share of them "
         "under one value\n"
         "# of an attribute: needs allocation/dra and DRANET, and neither network/rdma nor "
         "network/aligned. Here for\n"
         "# eight pairs; `assay cluster plan -o FOLDER` writes it for other numbers. Kueue does "
         "not look at\n"
         "# constraints. Parameters: device-class; nic-class; alignment, such as "
         "resource.kubernetes.io/pcieRoot.\n"
         "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n"
         "- target: {kind: ResourceClaimTemplate, name: assay}\n  patch: |-\n"
         "    - op: replace\n      path: /spec/spec/devices/requests\n      value:\n" +
         requests + "    - op: add\n      path: /spec/spec/devices/constraints\n      value:\n" +
         constraints + "replacements:\n" + replacement("device-class", "accelerator", groups) +
         replacement("nic-class", "nic", groups) +
         "- source: {kind: ConfigMap, name: assay, fieldPath: data.alignment}\n  targets:\n"
         "  - select: {kind: ResourceClaimTemplate, name: assay}\n"
         "    fieldPaths: [\"spec.spec.devices.constraints.*.matchAttribute\"]\n";
}

}  // namespace assay::cluster
