// `kubectl apply -k`.
#include "harness/cluster/apply.h"

#include <fmt/format.h>

#include "harness/cluster/explain.h"

namespace assay::cluster {

namespace {

std::vector<std::string> apply_words(const std::filesystem::path& folder) {
  return {"apply", "-k", (folder / "run").string()};
}

void refuse_insecure(const Answer& answer) {
  const std::size_t at = answer.err.find("would violate PodSecurity");
  if (at != std::string::npos)
    throw Error(fmt::format("the namespace's Pod Security level would refuse the pods: {}",
                            answer.err.substr(at, answer.err.find('\n', at) - at)));
}

}  // namespace

void try_out(Kubectl& kubectl, const std::filesystem::path& folder) {
  std::vector<std::string> dry = apply_words(folder);
  dry.push_back("--dry-run=server");
  const Answer answer = kubectl.ask({dry});
  if (!answer.ok()) throw Error("the cluster would refuse the run: " + refusal(answer.err));
  refuse_insecure(answer);
}

void apply(Kubectl& kubectl, const std::filesystem::path& folder) {
  const Answer answer = kubectl.ask({apply_words(folder), 60, true});
  if (!answer.ok()) throw Error("the cluster refused the run: " + refusal(answer.err));
}

}  // namespace assay::cluster
