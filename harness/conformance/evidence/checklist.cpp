// Reads a checklist and fills its empty rows by span.
#include "harness/conformance/evidence/checklist.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "harness/conformance/evidence/yaml_tree.h"
#include "harness/core/error.h"
#include "harness/core/message.h"

namespace assay {

namespace {

using Kind = YamlNode::Kind;

constexpr std::size_t kLargestBytes = std::size_t{256} << 10;
constexpr std::size_t kLongestNotes = 1000;

class Reading {
 public:
  Reading(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  void metadata(const YamlNode& root, Checklist& checklist) const {
    const YamlNode& about = member(root, "metadata", Kind::mapping);
    for (const auto& [name, value] : about.members)
      if (value.kind == Kind::scalar) checklist.metadata[name] = value.value;
  }

  void rows(const YamlNode& root, Checklist& checklist) {
    for (const auto& [category, list] : member(root, "spec", Kind::mapping).members) {
      require(list, Kind::sequence, category);
      for (const YamlNode& entry : list.items) checklist.rows.push_back(row(category, entry));
    }
    if (checklist.rows.empty()) refuse_yaml(where_, root, "the checklist has no requirement");
  }

 private:
  ChecklistRow row(const std::string& category, const YamlNode& entry) {
    ChecklistRow made;
    made.category = category;
    const YamlNode& id = member(entry, "id", Kind::scalar);
    made.id = id.value;
    made.line = id.line;
    if (!ids_.insert(made.id).second)
      refuse_yaml(where_, id, fmt::format("{} is there twice", in_quotes(made.id)));
    made.level = one_of(member(entry, "level", Kind::scalar), {"MUST", "SHOULD"});
    const YamlNode& status = place(entry, "status");
    require(status, Kind::scalar, "status");
    made.status =
        one_of(status, {"", "Implemented", "Not Implemented", "Partially Implemented", "N/A"});
    made.status_at = {status.begin, status.end};
    const YamlNode& notes = place(entry, "notes");
    require(notes, Kind::scalar, "notes");
    made.notes = notes.value;
    made.notes_at = {notes.begin, notes.end};
    read_evidence(entry, made);
    return made;
  }

  void read_evidence(const YamlNode& entry, ChecklistRow& made) const {
    const YamlNode& list = place(entry, "evidence");
    made.evidence_at = {list.begin, list.end};
    if (list.kind == Kind::scalar && list.value.empty()) return;  // `evidence:`
    require(list, Kind::sequence, "evidence");
    for (const YamlNode& item : list.items) {
      require(item, Kind::scalar, "an entry of evidence");
      made.evidence.push_back(item.value);
    }
  }

  const YamlNode& any_member(const YamlNode& mapping, const std::string& name) const {
    require(mapping, Kind::mapping, "a requirement");
    const YamlNode* found = mapping.find(name);
    if (found == nullptr) refuse_yaml(where_, mapping, in_quotes(name) + " is missing");
    return *found;
  }

  /// A member that can be filled: YAML takes a name without a colon, which a value cannot follow.
  const YamlNode& place(const YamlNode& entry, const std::string& name) const {
    const YamlNode& found = any_member(entry, name);
    if (found.begin == found.end && text_[found.begin - 1] != ':')
      refuse_yaml(where_, found, fmt::format("expected a colon after {}", in_quotes(name)));
    return found;
  }

  const YamlNode& member(const YamlNode& mapping, const std::string& name, Kind kind) const {
    const YamlNode& found = any_member(mapping, name);
    require(found, kind, name);
    return found;
  }

  void require(const YamlNode& node, Kind kind, const std::string& what) const {
    constexpr const char* kKinds[] = {"a text", "a list", "a mapping"};
    if (node.kind != kind)
      refuse_yaml(
          where_, node,
          fmt::format("expected {} to be {}", in_quotes(what), kKinds[static_cast<int>(kind)]));
  }

  std::string one_of(const YamlNode& node, const std::set<std::string>& words) const {
    if (words.contains(node.value)) return node.value;
    refuse_yaml(
        where_, node,
        fmt::format("{} is none of \"{}\"", in_quotes(node.value), fmt::join(words, "\", \"")));
  }

  std::string_view text_;
  std::string where_;
  std::set<std::string> ids_;
};

/// Double-quoted, which is the same in JSON and in YAML for what printable() leaves.
std::string quoted(const std::string& text) {
  std::string made = "\"";
  for (const char letter : printable(text, kLongestNotes)) {
    if (letter == '"' || letter == '\\') made += '\\';
    made += letter;
  }
  return made + '"';
}

struct Replacement {
  TextSpan at;
  std::string text;
};

Replacement replacement(const TextSpan& at, const std::string& text) {
  // A value that is not written at all begins right after its colon.
  return {at, at.begin == at.end ? " " + text : text};
}

std::vector<Replacement> replacements(const Checklist& checklist, const ChecklistFill& fill) {
  const ChecklistRow& row = checklist.rows.at(fill.row);
  if (!row.is_empty())
    throw Error(fmt::format("row {} of the checklist is filled already", in_quotes(row.id)));
  std::vector<std::string> evidence;
  for (const std::string& one : fill.evidence) evidence.push_back(quoted(one));
  return {replacement(row.status_at, quoted(fill.status)),
          replacement(row.evidence_at, fmt::format("[{}]", fmt::join(evidence, ", "))),
          replacement(row.notes_at, quoted(fill.notes))};
}

/// `kubernetesVersion` as `kubernetes_version`.
std::string in_snake_case(const std::string& name) {
  std::string made;
  for (const char letter : name) {
    const auto code = static_cast<unsigned char>(letter);
    if (std::isupper(code) != 0) made += '_';
    made += static_cast<char>(std::tolower(code));
  }
  return made;
}

}  // namespace

std::string Checklist::about(const std::string& name) const {
  for (const std::string& one : {name, in_snake_case(name)})
    if (const auto found = metadata.find(one); found != metadata.end()) return found->second;
  return "";
}

Checklist read_checklist(std::string_view text, const std::string& where) {
  if (text.size() > kLargestBytes)
    throw Error(where + ": larger than 256 KiB: this is no checklist");
  const YamlNode root = parse_yaml(text, where);
  Checklist checklist;
  checklist.text = text;
  Reading reading(text, where);
  reading.metadata(root, checklist);
  reading.rows(root, checklist);
  return checklist;
}

std::string filled(const Checklist& checklist, const std::vector<ChecklistFill>& fills) {
  std::vector<Replacement> all;
  for (const ChecklistFill& fill : fills)
    for (Replacement& one : replacements(checklist, fill)) all.push_back(std::move(one));
  // From the end, so that the spans before it stay where they are.
  std::sort(all.begin(), all.end(),
            [](const Replacement& a, const Replacement& b) { return a.at.begin > b.at.begin; });
  std::string text = checklist.text;
  for (const Replacement& one : all)
    text.replace(one.at.begin, one.at.end - one.at.begin, one.text);
  return text;
}

}  // namespace assay
