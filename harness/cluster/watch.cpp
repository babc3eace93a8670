// Looks every two seconds; a cause must stand for a while, because much that is said is transient.
#include "harness/cluster/watch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/cluster/how_claimed.h"
#include "harness/cluster/outage.h"
#include "harness/cluster/progress.h"
#include "harness/core/error.h"

namespace assay::cluster {

namespace {

constexpr double kInterval_s = 2;
constexpr double kPatience_s = 10;  // with what waiting will not mend

class Watch {
 public:
  Watch(Kubectl& kubectl, const Target& target, int nodes, const Inventory& inventory,
        const Pace& pace, Memory& memory)
      : kubectl_(kubectl),
        target_(target),
        nodes_(nodes),
        inventory_(inventory),
        pace_(pace),
        memory_(memory) {}

  void run() {
    for (;;) {
      if (pace_.stopped()) throw Error("stopped while the run was starting");
      if (is_started()) return;
      if (pace_.now_s() >= pace_.deadline_s)
        throw Error(fmt::format("the run did not start within its deadline: {}; {}",
                                progress_.line(), waits_for()));
      pace_.sleep_s(kInterval_s);
    }
  }

 private:
  bool is_started() {
    try {
      if (all_run()) return true;
      outage_.end();
      note_held_back();
      give_up_when_hopeless();
    } catch (const Unreachable& why) {
      outage_.wait(why);
    }
    return false;
  }

  bool all_run() {
    const Snapshot snapshot = look(kubectl_, target_, inventory_);
    remember(snapshot, inventory_, memory_.pods);
    progress_ = progress_of(snapshot, nodes_);
    note_partial_gang();
    if (const std::string line = progress_.line(); line != said_) pace_.say(said_ = line);
    for (const std::string& line : how_claimed(snapshot))
      if (told_.insert(line).second) pace_.say(line);
    if (progress_.all_run()) return true;
    memory_.causes = ask_why(kubectl_, target_.name_space, snapshot, inventory_);
    const bool is_usual = !memory_.causes.empty() && memory_.causes.front().is_usual;
    if (const std::string why = sentence(memory_.causes);
        !why.empty() && !is_usual && why != explained_)
      pace_.say(explained_ = why);
    return false;
  }

  void note_partial_gang() {
    const bool partial = progress_.scheduled > 0 && progress_.scheduled < progress_.wanted;
    if (!partial) partial_since_s_ = -1;
    if (partial && partial_since_s_ < 0) partial_since_s_ = pace_.now_s();
    if (partial && memory_.gang)
      memory_.gang->partial_s = std::max(memory_.gang->partial_s, pace_.now_s() - partial_since_s_);
  }

  void note_held_back() {
    const bool held = progress_.scheduled == 0 &&
                      std::any_of(memory_.causes.begin(), memory_.causes.end(),
                                  [](const Cause& cause) { return cause.holds_gang; });
    if (!held) held_since_s_ = -1;
    if (held && held_since_s_ < 0) held_since_s_ = pace_.now_s();
    if (held && memory_.gang)
      memory_.gang->held_back_s =
          std::max(memory_.gang->held_back_s, pace_.now_s() - held_since_s_);
  }

  void give_up_when_hopeless() {
    const bool hopeless = !memory_.causes.empty() && memory_.causes.front().hopeless;
    if (!hopeless) {
      hopeless_since_s_ = -1;
    } else if (hopeless_since_s_ < 0) {
      hopeless_since_s_ = pace_.now_s();
    } else if (pace_.now_s() - hopeless_since_s_ >= kPatience_s) {
      throw Error(fmt::format("the run cannot start: {}", waits_for()));
    }
  }

  std::string waits_for() const {
    const std::string why = sentence(memory_.causes);
    return why.empty() ? "nothing in the cluster says why" : why;
  }

  Kubectl& kubectl_;
  const Target& target_;
  int nodes_;
  const Inventory& inventory_;
  const Pace& pace_;
  Memory& memory_;
  Outage outage_{pace_};
  Progress progress_;
  std::string said_, explained_;
  std::set<std::string> told_;
  double hopeless_since_s_ = -1, partial_since_s_ = -1, held_since_s_ = -1;
};

}  // namespace

void wait_until_running(Kubectl& kubectl, const Target& target, int nodes,
                        const Inventory& inventory, const Pace& pace, Memory& memory) {
  Watch(kubectl, target, nodes, inventory, pace, memory).run();
}

std::string sentence(const std::vector<Cause>& causes) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_text;
  for (const Cause& cause : causes) {
    const auto found = std::find_if(by_text.begin(), by_text.end(),
                                    [&](const auto& one) { return one.first == cause.text; });
    if (found == by_text.end()) {
      by_text.push_back({cause.text, {cause.subject}});
    } else {
      found->second.push_back(cause.subject);
    }
  }
  std::vector<std::string> lines;
  for (const auto& [text, subjects] : by_text)
    lines.push_back(fmt::format("{}: {}", fmt::join(subjects, ", "), text));
  return fmt::format("{}", fmt::join(lines, "; "));
}

}  // namespace assay::cluster
