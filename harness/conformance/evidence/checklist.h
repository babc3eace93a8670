// A checklist of the Kubernetes AI Conformance programme, read so that single fields can be filled
// in its text without a change to any other byte.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// Bytes [begin, end) of the checklist's text.
struct TextSpan {
  std::size_t begin = 0, end = 0;
};

struct ChecklistRow {
  std::string category, id, level;  // level: MUST | SHOULD
  std::string status, notes;
  std::vector<std::string> evidence;
  std::size_t line = 0;  // of its id, from 1
  TextSpan status_at, evidence_at, notes_at;

  /// Nobody has filled any of it.
  bool is_empty() const { return status.empty() && evidence.empty() && notes.empty(); }
};

struct Checklist {
  std::map<std::string, std::string> metadata;
  std::vector<ChecklistRow> rows;
  std::string text;

  /// The metadata under its name in camel case (`kubernetesVersion`) or in snake case, both of
  /// which the programme's validator reads; empty: there is none.
  std::string about(const std::string& name) const;
};

/// Reads YAML 1.1 in UTF-8. Throws Error (`where: line L, column C: what`) for what is no
/// checklist: no rows, a row twice, a row without one of its fields, an unknown level or status,
/// an alias, a name twice, more than 256 KiB.
Checklist read_checklist(std::string_view text, const std::string& where);

struct ChecklistFill {
  std::size_t row = 0;  // of Checklist::rows; an empty one
  std::string status, notes;
  std::vector<std::string> evidence;
};

/// The checklist's text with these rows filled; texts are written as they come through printable().
/// Throws Error for a row that is not empty.
std::string filled(const Checklist& checklist, const std::vector<ChecklistFill>& fills);

}  // namespace assay
