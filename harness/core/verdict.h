// The verdict document as C++: the outcome of a profile's requirements on result documents.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay {

enum class Verdict { pass, warn, fail, not_evaluated };
enum class Level { must, should };
enum class Axis { functional, performance, validity };

/// What to do about a verdict, from leaving it to replacing hardware.
enum class Action {
  none,
  rerun,
  quiet_machine,
  drain,
  reset_device,
  restart_node,
  service,
  check_fabric
};

struct Subject {
  std::string kind;  // device | link | node | fabric
  std::string name;
};

/// One requirement's outcome. For `not_evaluated`, `reason_code` is one of the words that the
/// schema lists, else a word of the requirement's own.
struct RequirementVerdict {
  std::string id;
  Level level = Level::must;
  Axis axis = Axis::functional;
  Verdict verdict = Verdict::not_evaluated;
  std::string reason_code;
  std::string reason;
  std::vector<Subject> subjects;
  Json figures = Json::object();
  Action action = Action::none;
  std::string action_reason = {};  // why that; empty where nothing is to be done
};

/// A file that the verdict rests on, as it was named.
struct VerdictInput {
  std::string file;
  std::optional<std::string> sha256;  // of its bytes; absent of a pipe, which is read once
};

struct VerdictDocument {
  Verdict verdict = Verdict::not_evaluated;
  /// By verdict name; what the profile itself excludes is counted as `not_applicable` alone.
  std::map<std::string, int> counts;
  std::string profile_name;
  std::string judged_by;  // the version of Assay, which brings the built-in profiles and baselines
  std::vector<VerdictInput> inputs;  // documents, and the profile and baselines that were files
  std::vector<RequirementVerdict> requirements;
};

/// Excluded by the profile's own `applies_when`: it does not count.
bool is_not_applicable(const RequirementVerdict& requirement);

/// `not_applicable` does not count; any other `not_evaluated` of a `must` counts like a failure; a
/// failed `should` warns; a verdict in which nothing was evaluated never passes.
VerdictDocument summarise(std::string profile_name, std::vector<RequirementVerdict> requirements);

Json to_json(const VerdictDocument& document);
VerdictDocument verdict_from_json(const Json& document);
std::span<const Word<Verdict>> words_of(Verdict);
std::span<const Word<Level>> words_of(Level);
std::span<const Word<Axis>> words_of(Axis);
std::span<const Word<Action>> words_of(Action);
const char* name(Verdict verdict);
const char* name(Level level);
const char* name(Axis axis);
const char* name(Action action);

}  // namespace assay
