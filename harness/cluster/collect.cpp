// `kubectl exec POD -- assay export`: the stream is trusted only by its digests.
#include "harness/cluster/collect.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cluster/archive.h"
#include "harness/cluster/last_words.h"
#include "harness/cluster/outage.h"
#include "harness/core/error.h"

namespace assay::cluster {

namespace {

constexpr double kRetry_s = 2;
constexpr double kStream_s = 600;
constexpr const char* kFolder = "/results";  // manifests/base/job.yaml

class Collection {
 public:
  Collection(Kubectl& kubectl, const Target& target, const Inventory& inventory, const Pace& pace,
             Memory& memory)
      : kubectl_(kubectl), target_(target), inventory_(inventory), pace_(pace), memory_(memory) {}

  void run(const std::filesystem::path& folder) {
    for (;;) {
      if (pace_.stopped()) throw Error("stopped before the results were collected");
      if (is_taken(folder)) break;
      if (pace_.now_s() >= pace_.deadline_s)
        throw Error(fmt::format("no results within the deadline: {}",
                                last_.empty() ? "the run has not ended" : last_));
      pace_.sleep_s(kRetry_s);
    }
    acknowledge();
  }

 private:
  /// Those that can be asked: where every node is silent for a while, none.
  std::vector<Pod> running_pods() {
    const Snapshot snapshot = look(kubectl_, target_, inventory_);
    remember(snapshot, inventory_, memory_.pods);
    std::vector<Pod> pods;
    bool none_left = true;
    for (const Pod& pod : snapshot.pods) {
      if (!pod.running || pod.deleted) continue;
      none_left = false;
      if (!pod.silent) pods.push_back(pod);
    }
    std::sort(pods.begin(), pods.end(), [](const Pod& a, const Pod& b) { return a.rank < b.rank; });
    if (pods.size() < snapshot.pods.size() || none_left) report_lost(snapshot, none_left);
    return pods;
  }

  /// What is seen of a rank that was lost is kept: of a drained pod nothing is left later.
  void report_lost(const Snapshot& snapshot, bool none_left) {
    std::vector<Cause> causes = ask_why(kubectl_, target_.name_space, snapshot, inventory_);
    std::erase_if(causes, [](const Cause& cause) { return cause.is_usual; });
    if (!causes.empty()) memory_.causes = causes;
    const std::string why = sentence(causes);
    if (!why.empty() && why != said_) pace_.say(said_ = why);
    if (!none_left) return;
    const std::string unknown =
        snapshot.jobs.empty() && snapshot.pods.empty()
            ? fmt::format(
                  "nothing of run {} is in namespace {}: it was cleaned, or its time to live "
                  "is over, and its results went with the pods; or it is in another "
                  "namespace",
                  target_.run, target_.name_space)
            : "they ended before they were collected";
    throw Error(fmt::format("no rank is left that could hand over results: {}",
                            memory_.causes.empty() ? unknown : sentence(memory_.causes)));
  }

  /// What asking again will not mend.
  void refuse_hopeless(const Pod& holder, const Answer& answer) const {
    if (contains(answer.err, "OCI runtime exec failed"))
      throw Error(
          fmt::format("{}: the image does not hold assay: {}", called(holder), reason_of(answer)));
    if (contains(answer.err, "(Forbidden)"))
      throw Error(fmt::format("{}: {}", called(holder), refusal(answer.err)));
    if (refuses_command(answer.err))
      throw Error(fmt::format("{}: {}; {}", called(holder), reason_of(answer),
                              image_advice(answer.err, version_of(holder))));
  }

  /// A call of the assay in a pod, whatever other containers were injected there.
  std::vector<std::string> exec(const Pod& pod, std::initializer_list<const char*> words) const {
    std::vector<std::string> all = {"exec", "-n", target_.name_space, pod.name};
    if (!pod.container.empty()) all.insert(all.end(), {"-c", pod.container});
    all.insert(all.end(), {"--", "assay"});
    all.insert(all.end(), words.begin(), words.end());
    return all;
  }

  std::string version_of(const Pod& holder) const {
    return kubectl_.ask({exec(holder, {"version"})}).out;
  }

  /// A run that does not start to measure leaves nothing but its words.
  void refuse_nothing(const Pod& holder) const {
    const std::string words = last_words(kubectl_, target_.name_space, holder);
    const std::string advice = image_advice(words, version_of(holder));
    throw Error(fmt::format("{}: its run ended without a document; its last words: {}{}{}",
                            called(holder), words, advice.empty() ? "" : "; ", advice));
  }

  bool is_taken(const std::filesystem::path& folder) {
    try {
      const bool taken = take(folder);
      outage_.end();
      return taken;
    } catch (const Unreachable& why) {
      last_ = why.what();
      outage_.wait(why);
      return false;
    }
  }

  bool take(const std::filesystem::path& folder) {
    pods_ = running_pods();
    if (pods_.empty()) {
      last_ = sentence(memory_.causes);
      return false;
    }
    const Pod& holder = pods_.front();
    if (holder.name != holder_)
      pace_.say(fmt::format("{} has the results when its run ends", called(holder)));
    holder_ = holder.name;
    const Answer answer = kubectl_.ask({exec(holder, {"export", kFolder, "--held"}), kStream_s});
    if (!answer.ok()) {
      refuse_hopeless(holder, answer);
      last_ = fmt::format("{}: {}", called(holder), reason_of(answer));
      return false;
    }
    std::size_t files = 0;
    try {
      files = unpack(answer.out, folder);
    } catch (const Error& error) {
      pace_.say(last_ = fmt::format("{}: {}", called(holder), error.what()));
      return false;
    }
    if (files == 0) refuse_nothing(holder);
    if (holder.rank > 0)
      pace_.say(fmt::format(
          "rank 0 is gone: what {} has was collected, which may be its own node's alone",
          called(holder)));
    for (auto& [pod, facts] : memory_.pods) facts.cluster.gang = memory_.gang;
    stamp_documents(folder, memory_.pods, inventory_);
    return true;
  }

  /// The results are here: a pod that cannot be reached ends at its own deadline, or by deletion.
  void acknowledge() {
    for (const Pod& pod : pods_) {
      try {
        kubectl_.ask({exec(pod, {"export", kFolder, "--acknowledge"})});
      } catch (const Unreachable& why) {
        pace_.say(fmt::format("{}: {}", called(pod), why.what()));
      }
    }
  }

  Kubectl& kubectl_;
  const Target& target_;
  const Inventory& inventory_;
  const Pace& pace_;
  Memory& memory_;
  Outage outage_{pace_};
  std::vector<Pod> pods_;
  std::string holder_, last_, said_;
};

}  // namespace

void collect(Kubectl& kubectl, const Target& target, const Inventory& inventory, const Pace& pace,
             Memory& memory, const std::filesystem::path& folder) {
  Collection(kubectl, target, inventory, pace, memory).run(folder);
}

}  // namespace assay::cluster
