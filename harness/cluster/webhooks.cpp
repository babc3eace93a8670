// `kubectl create --dry-run=server`: webhooks are called, and nothing is stored.
#include "harness/cluster/webhooks.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cluster/explain.h"
#include "harness/cluster/manifests.h"
#include "harness/cluster/private_folder.h"
#include "harness/core/document.h"
#include "harness/core/message.h"
#include "harness/core/regular_expression.h"

namespace assay::cluster {

namespace {

struct Pair {
  std::string resource, good, bad;
};

struct Operator {
  const char *api, *resource, *files;
};
constexpr Operator kOperators[] = {
    {"jobset.x-k8s.io/v1alpha2", "jobsets.jobset.x-k8s.io", "jobset"},
    {"trainer.kubeflow.org/v1alpha1", "trainjobs.trainer.kubeflow.org", "trainjob"}};

std::string manifest(const std::string& name) {
  for (const EmbeddedFile& file : manifests())
    if (file.name == name) return std::string(file.text);
  throw Error(fmt::format("manifests/{} is not in this executable", name));
}

/// A TrainJob is good only where it names a runtime that there is.
std::string name_a_runtime(Kubectl& kubectl, std::string good) {
  const std::string placeholder = "RUNTIME";
  const std::size_t at = good.find(placeholder);
  if (at == std::string::npos) return good;
  const Answer answer = kubectl.ask({{"get", "clustertrainingruntimes.trainer.kubeflow.org", "-o",
                                      "jsonpath={.items[0].metadata.name}"}});
  if (!answer.ok() || answer.out.empty()) return "";
  return good.replace(at, placeholder.size(), printable(answer.out, 253));
}

std::string resource_of(const std::string& text) {
  static const RegularExpression kKind(R"((?m)^kind:\s*(\S+))");
  static const RegularExpression kApi(R"((?m)^apiVersion:\s*([^/\s]+))");
  const std::vector<std::string> kind = kKind.groups_in(text), api = kApi.groups_in(text);
  if (kind.empty() || api.empty()) throw Error("good.yaml names no apiVersion and kind");
  return kind[1] + "." + api[1];
}

/// The temporary file's name tells a reader of the documents nothing.
std::string without_path(std::string answer) {
  const std::size_t from = answer.find("error when creating \""), to = answer.find("\": ", from);
  if (from != std::string::npos && to != std::string::npos) answer.erase(from, to + 3 - from);
  return answer;
}

std::vector<Pair> pairs(Kubectl& kubectl, const Inventory& inventory,
                        const std::filesystem::path& own) {
  std::vector<Pair> found;
  for (const Operator& one : kOperators) {
    if (!inventory.serves(one.api)) continue;
    const std::string stem = fmt::format("probes/{}", one.files);
    const std::string good = name_a_runtime(kubectl, manifest(stem + "-good.yaml"));
    if (!good.empty()) found.push_back({one.resource, good, manifest(stem + "-bad.yaml")});
  }
  if (own.empty()) return found;
  const std::string good = read_text(own / "good.yaml");
  found.push_back({resource_of(good), good, read_text(own / "bad.yaml")});
  return found;
}

}  // namespace

std::vector<WebhookFacts> ask_webhooks(Kubectl& kubectl, const Inventory& inventory,
                                       const std::string& name_space,
                                       const std::filesystem::path& own) {
  static const RegularExpression kDenied(R"re(admission webhook "([^"]+)" denied the request)re");
  const PrivateFolder folder;
  const auto create = [&](const std::string& text) {
    const std::filesystem::path path = folder.path() / "resource.yaml";
    write_text(text, path);
    return kubectl.ask(
        {{"create", "--dry-run=server", "-n", name_space, "-o", "name", "-f", path.string()}});
  };
  std::vector<WebhookFacts> all;
  for (const Pair& pair : pairs(kubectl, inventory, own)) {
    WebhookFacts facts;
    facts.resource = pair.resource;
    const Answer good = create(pair.good), bad = create(pair.bad);
    facts.good_taken = good.ok();
    if (!good.ok()) facts.good_answer = refusal(good.err);
    if (!bad.ok()) facts.bad_answer = without_path(reason_of(bad));
    const std::vector<std::string> match = kDenied.groups_in(bad.err);
    if (!bad.ok() && !match.empty()) facts.denied_by = match[1];
    all.push_back(std::move(facts));
  }
  return all;
}

}  // namespace assay::cluster
