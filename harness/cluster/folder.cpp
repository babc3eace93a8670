// Two short YAML texts; everything else is copied.
#include "harness/cluster/folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "harness/cluster/alignment.h"
#include "harness/cluster/manifests.h"
#include "harness/cluster/nics.h"
#include "harness/core/document.h"
#include "harness/core/error.h"

namespace assay::cluster {

namespace fs = std::filesystem;

namespace {

/// 256 bits of the system's randomness, as hexadecimal.
std::string new_token() {
  std::random_device random;
  std::string token;
  for (int word = 0; word < 8; ++word) token += fmt::format("{:08x}", random());
  return token;
}

void write_token(const fs::path& path) {
  const mode_t before = umask(0077);
  std::ofstream(path) << new_token();
  umask(before);
  if (!fs::exists(path)) throw Error(fmt::format("cannot write {}", path.string()));
}

std::vector<std::string> components(const Plan& plan) {
  std::vector<std::string> names;
  if (!plan.wishes.profile_text.empty()) names.push_back("profile");
  if (!plan.wishes.node.empty()) names.push_back("node");
  if (plan.idle) names.push_back("idle");
  if (!plan.wishes.results_claim.empty()) names.push_back("results-claim");
  if (!plan.wishes.pull_secret.empty()) names.push_back("pull-secret");
  if (!plan.hosts.empty()) names.push_back("hosts");
  if (!plan.wishes.tolerations.empty()) names.push_back("tolerations");
  if (plan.allocation != "none") names.push_back("allocation/" + plan.allocation);
  const bool paired = !plan.wishes.alignment.empty() && groups_of(plan) > 1;
  if (paired) names.push_back("network/paired");
  if (!plan.wishes.nic_class.empty() && !paired) names.push_back("network/rdma");
  if (!plan.wishes.alignment.empty() && !paired) names.push_back("network/aligned");
  if (plan.gang != "none") names.push_back("gang/" + plan.gang);
  return names;
}

/// `name`, `tag` and `digest` of an image, as kustomize wants them.
std::string image_fields(const std::string& image) {
  const std::size_t digest = image.find('@');
  std::string name = image.substr(0, digest), fields;
  const std::size_t tag = name.rfind(':');
  if (tag != std::string::npos && name.find('/', tag) == std::string::npos) {
    if (digest == std::string::npos) fields = fmt::format(", newTag: \"{}\"", name.substr(tag + 1));
    name.erase(tag);
  }
  if (digest != std::string::npos)
    fields = fmt::format(", digest: \"{}\"", image.substr(digest + 1));
  return fmt::format("newName: \"{}\"{}", name, fields);
}

/// The component `hosts`, which no ConfigMap could hold: kustomize copies no lists.
std::string hosts_text(const Plan& plan) {
  return fmt::format(
      "# The only nodes that the pods may run on.\n"
      "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n"
      "- target: {{kind: Job, name: assay}}\n  patch: |-\n"
      "    - op: add\n      path: /spec/template/spec/affinity/nodeAffinity\n      value:\n"
      "        requiredDuringSchedulingIgnoredDuringExecution:\n          nodeSelectorTerms:\n"
      "          - matchExpressions:\n"
      "            - {{key: kubernetes.io/hostname, operator: In, values: [\"{}\"]}}\n",
      fmt::join(plan.hosts, "\", \""));
}

/// The component `tolerations`, in place of those that another component set.
std::string tolerations_text(const Plan& plan) {
  std::string list;
  for (const Toleration& one : tolerations_of(plan.wishes)) {
    list += fmt::format("      - {{key: \"{}\"", one.key);
    list += one.value ? fmt::format(", operator: Equal, value: \"{}\"", *one.value)
                      : ", operator: Exists";
    if (!one.effect.empty()) list += ", effect: " + one.effect;
    list += "}\n";
  }
  return "# The taints that the pods tolerate.\n"
         "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n"
         "- target: {kind: Job, name: assay}\n  patch: |-\n"
         "    - op: add\n      path: /spec/template/spec/tolerations\n      value:\n" +
         list;
}

/// A block scalar of YAML, which keeps the bytes of a text that ends in at most one line break.
std::string block_of(const std::string& text) {
  std::string block = text.ends_with('\n') ? "|2\n" : "|2-\n";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) block += "    " + line + "\n";
  return block;
}

}  // namespace

std::string parameters_text(const Plan& plan) {
  std::string text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: assay}\ndata:\n";
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {}: \"{}\"\n", key, value);
  };
  add("nodes", std::to_string(plan.wishes.nodes));
  const bool own = !plan.wishes.profile_text.empty();
  add("profile", own ? "/profile/profile.json" : plan.wishes.profile);
  if (own) text += "  profile.json: " + block_of(plan.wishes.profile_text);
  add("devices", plan.devices > 0 ? std::to_string(plan.devices) : "");
  add("device-class", plan.device_class);
  add("nic-class", plan.wishes.nic_class);
  add("nics", plan.nics > 0 ? std::to_string(plan.nics) : "");
  if (!plan.wishes.alignment.empty()) add("alignment", alignment_attribute(plan.wishes.alignment));
  add("queue", plan.queue);
  add("node", plan.wishes.node);
  add("results-claim", plan.wishes.results_claim);
  add("pull-secret", plan.wishes.pull_secret);
  const auto deadline = static_cast<long>(plan.wishes.deadline_s);
  add("deadline-seconds", std::to_string(deadline + 600));  // the Job outlives its watcher
  add("hold-seconds", std::to_string(std::max(deadline, 60L)));
  return text;
}

std::string kustomization_text(const Plan& plan) {
  std::string text = fmt::format(
      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: \"{}\"\n"
      "nameSuffix: \"-{}\"\nresources: [parameters.yaml]\ncomponents:\n- ../base\n",
      plan.wishes.name_space, plan.run);
  for (const std::string& name : components(plan))
    text += fmt::format("- ../components/{}\n", name);
  text += fmt::format(
      "images:\n- {{name: assay, {}}}\nlabels:\n- includeTemplates: true\n"
      "  pairs: {{app.kubernetes.io/managed-by: assay, assay.io/run: \"{}\"}}\n  fields:\n"
      "  - {{kind: Service, path: spec/selector, create: true}}\n",
      image_fields(plan.wishes.image), plan.run);
  if (plan.allocation == "dra")
    text += "  - {kind: ResourceClaimTemplate, path: spec/metadata/labels, create: true}\n";
  return text;
}

void write_kustomization(const Plan& plan, const fs::path& folder) {
  for (const EmbeddedFile& file : manifests()) {
    const fs::path path = folder / file.name;
    fs::create_directories(path.parent_path());
    write_text(std::string(file.text), path);
  }
  fs::create_directories(folder / "run");
  if (!plan.hosts.empty()) {
    fs::create_directories(folder / "components/hosts");
    write_text(hosts_text(plan), folder / "components/hosts/kustomization.yaml");
  }
  if (!plan.wishes.tolerations.empty()) {
    fs::create_directories(folder / "components/tolerations");
    write_text(tolerations_text(plan), folder / "components/tolerations/kustomization.yaml");
  }
  if (!plan.wishes.alignment.empty() && groups_of(plan) > 1)
    write_text(paired_text(plan), folder / "components/network/paired/kustomization.yaml");
  write_token(folder / "base/token");
  write_text(parameters_text(plan), folder / "run/parameters.yaml");
  write_text(kustomization_text(plan), folder / "run/kustomization.yaml");
}

}  // namespace assay::cluster
