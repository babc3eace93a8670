// A kubectl that answers with what a real one answered, call by call.
#pragma once

#include <deque>
#include <map>
#include <sstream>

#include "harness/cluster/watch.h"
#include "tests/cluster/recordings.h"

namespace assay::test {

/// `pods` or `podgroups.scheduling.k8s.io` names the kind `Pod` or `PodGroup`.
inline bool is_kind(const std::string& asked, const std::string& kind) {
  std::string name = asked.substr(0, asked.find('.')), lower;
  if (name.ends_with('s')) name.pop_back();
  for (const char c : kind) lower += static_cast<char>(std::tolower(c));
  return name == lower;
}

/// The items of a list whose kind was asked for and, where a run was named, that carry its label.
inline std::string asked_for(const std::vector<std::string>& words, const Json& list) {
  const bool labelled = std::find(words.begin(), words.end(), "-l") != words.end();
  Json items = Json::array();
  for (const Json& item : list["items"]) {
    std::istringstream kinds(words.at(1));
    for (std::string kind; std::getline(kinds, kind, ',');)
      if (is_kind(kind, item["kind"]) &&
          (!labelled || item["metadata"].value("labels", Json::object()).contains("assay.io/run")))
        items.push_back(item);
  }
  return Json{{"items", items}}.dump();
}

/// Keeps the calls and what is said; time passes by sleeping alone.
class KubectlOnPaper : public cluster::Kubectl {
 public:
  cluster::Pace pace(double deadline_s) {
    cluster::Pace made;
    made.now_s = [this] { return now_s; };
    made.sleep_s = [this](double seconds) { now_s += seconds; };
    made.stopped = [] { return false; };
    made.say = [this](const std::string& line) { said.push_back(line); };
    made.deadline_s = deadline_s;
    return made;
  }

  std::vector<std::string> calls, said;
  double now_s = 0;

 protected:
  /// The call in one line, which is kept.
  std::string keep(const cluster::Call& call) {
    std::string line;
    for (const std::string& word : call.words) line += (line.empty() ? "" : " ") + word;
    calls.push_back(line);
    return line;
  }
};

/// Recorded lists of a run's objects, and recorded answers to exec and delete, each in their order;
/// the last is repeated. Two lists that are asked for one after the other, of the labelled objects
/// and of those without label, are one moment of the recording.
class Replay : public KubectlOnPaper {
 public:
  explicit Replay(const std::string& situation) {
    std::istringstream lines(recorded(situation + "/calls.jsonl"));
    for (std::string line; std::getline(lines, line);) {
      const Json call = parse_json(line, situation);
      answers_[call["argv"][0]].push_back(call);
    }
  }

  cluster::Answer ask(const cluster::Call& call) override {
    const std::string line = keep(call);
    const std::string& verb = call.words.front();
    if (verb == "get" && (call.words.at(1) == "events" || line.find(" -n ") == std::string::npos))
      return {1, "", "Error from server (Forbidden): not recorded\n"};
    const bool same_moment = verb == "get" && line.find(" -l ") == std::string::npos;
    const Json& recorded = same_moment ? now_ : next(verb);
    if (verb == "get") now_ = recorded;
    if (!recorded.contains("rc")) return {1, "", "not recorded\n"};
    const Json& out = recorded["out"];
    return {recorded["rc"].get<int>(),
            verb == "get" ? asked_for(call.words, out) : out.get<std::string>(),
            recorded["err"].get<std::string>()};
  }

 private:
  Json next(const std::string& verb) {
    std::deque<Json>& left = answers_[verb];
    if (left.empty()) return Json::object();
    const Json first = left.front();
    if (left.size() > 1) left.pop_front();
    return first;
  }

  std::map<std::string, std::deque<Json>> answers_;
  Json now_ = Json::object();
};

/// What a cluster says of itself, asked call by call; `variant` as the files of discovery/ end.
class Discovered : public cluster::Kubectl {
 public:
  std::string api_versions = "api-versions.txt", device_classes = "deviceclasses.json";
  std::map<std::string, std::string> failing;  // what kubectl says of a kind that it cannot list
  bool driver = true;

  void refuse(const std::string& kind) {
    failing[kind] = "Error from server (Forbidden): " + kind + " is forbidden: User \"alice\"\n";
  }

  cluster::Answer ask(const cluster::Call& call) override {
    const std::string& verb = call.words.front();
    if (verb == "version") return {0, recorded("discovery/version.json"), ""};
    if (verb == "api-versions") return {0, recorded("discovery/" + api_versions), ""};
    const std::string& kind = call.words.at(1);
    if (failing.contains(kind)) return {1, "", failing.at(kind)};
    if (kind == "nodes") return {0, recorded("discovery/nodes.json"), ""};
    if (kind == "deviceclasses") return {0, recorded("discovery/" + device_classes), ""};
    if (kind == "resourceslices")
      return {0, driver ? recorded("discovery/resourceslices.json") : R"({"items": []})", ""};
    if (kind.starts_with("localqueues")) return {0, recorded("discovery/localqueues.json"), ""};
    if (kind.starts_with("clusterqueues")) return {0, recorded("discovery/clusterqueues.json"), ""};
    return {0, "", ""};
  }
};

}  // namespace assay::test
