// Takes the checks of `dcgmi diag`: JSON of DCGM 2 to 4, or the table.
#include <fmt/format.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/regular_expression.h"
#include "harness/reported/document.h"
#include "harness/reported/import.h"

namespace assay::reported {

namespace {

constexpr const char* kNode = "unstated";  // dcgmi prints no host
constexpr std::size_t kMostDetail = 1000;

/// A word that is not known is `unknown`, never a pass.
std::string status_of(const std::string& text) {
  const std::string word = word_from(text);
  for (const char* known : {"pass", "warn", "fail", "skip"}) {
    if (word.starts_with(known)) return known == std::string("skip") ? "skipped" : known;
  }
  return "unknown";
}

/// The devices of `GPU 0`, `0`, `0,1,2` or `all`; empty: the whole node.
std::vector<std::string> devices_in(Result& result, const std::string& text) {
  static const RegularExpression kNumbers("^[\\d, ]+$");
  std::vector<std::string> members;
  if (!kNumbers.is_found_in(text)) return members;
  std::string digits;
  for (const char c : text + ',') {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (!digits.empty() && digits.size() < 5) {
      members.push_back(device_of(result, kNode, std::stoi(digits), "", ""));
      digits.clear();
    }
  }
  return members;
}

void add(Result& result, const std::string& name, const std::string& category,
         const std::vector<std::string>& subjects, const std::string& status,
         const std::string& detail) {
  const std::vector<std::string> whole = {kNode};
  for (const std::string& subject : subjects.empty() ? whole : subjects) {
    result.imported->checks.push_back({name_from(name), printable(category, 200), subject, status,
                                       printable(detail, kMostDetail)});
  }
}

/// Warnings are texts, or since 3.2 objects with `warning`.
std::string detail_of(const Json& of) {
  std::string detail;
  for (const char* key : {"warnings", "info"}) {
    std::vector<const Json*> entries = elements_at(of, key);
    if (const Json* one = find(of, key); one != nullptr && one->is_string()) entries = {one};
    for (const Json* entry : entries) {
      const std::string text =
          entry->is_string() ? entry->get<std::string>() : text_at(*entry, "warning");
      if (!text.empty()) detail += (detail.empty() ? "" : "; ") + text;
    }
  }
  return detail;
}

void take_test(Result& result, const Json& test, const std::string& category) {
  const std::string name = text_at(test, "name");
  if (name.empty()) return;  // DCGM writes null between tests
  const std::size_t before = result.imported->checks.size();
  for (const Json* one : elements_at(test, "results")) {
    std::string devices = text_at(*one, "gpu_id") + text_at(*one, "gpu_ids");
    const std::string group = text_at(*one, "entity_group");
    if (group == "GPU") devices = text_at(*one, "entity_id");
    const std::string detail = detail_of(*one);
    add(result, group.empty() || group == "GPU" ? name : name + " of " + group, category,
        devices_in(result, devices), status_of(text_at(*one, "status")), detail);
  }
  const Json* summary = find(test, "test_summary");
  if (summary == nullptr) return;
  // A failure of the test itself is of none of its results.
  const std::string status = status_of(text_at(*summary, "status"));
  const auto& checks = result.imported->checks;
  const auto first = checks.begin() + static_cast<std::ptrdiff_t>(before);
  const bool is_said = std::any_of(first, checks.end(),
                                   [&](const ReportedCheck& one) { return one.status == status; });
  const bool is_bad = status != "pass" && status != "skipped";
  if (first == checks.end() || (is_bad && !is_said))
    add(result, name, category, {}, status, detail_of(*summary));
}

void take_json(const Source& source, const Json& json, Result& result) {
  if (find(json, "iterations") != nullptr) {  // of --iterations
    for (const Json* one : elements_at(json, "iterations")) take_json(source, *one, result);
    return;
  }
  const Json* root = nullptr;
  for (const char* key : {"DCGM Diagnostic", "DCGM GPU Diagnostic"})
    if (root == nullptr) root = find(json, key);
  if (root == nullptr)
    throw Error(
        fmt::format("{}: this JSON has no \"DCGM Diagnostic\" or \"DCGM GPU Diagnostic\" "
                    "(dcgmi diag -j)",
                    source.where));
  const std::string failure = text_at(*root, "runtime_error");
  if (!failure.empty()) {
    result.status = RunStatus::error;
    result.error = "dcgmi diag ended in an error: " + printable(failure, 500);
  }
  const Json* metadata = find(json, "metadata");
  for (const Json* of : {root, metadata}) {
    if (of == nullptr) continue;
    for (const char* key : {"version", "DCGM Version"})
      if (result.imported->version.empty()) result.imported->version = text_at(*of, key);
    const std::string driver = text_at(*of, "Driver Version Detected");
    if (!driver.empty()) result.software["driver"] = driver;
  }
  for (const Json* category : elements_at(*root, "test_categories")) {
    for (const Json* test : elements_at(*category, "tests"))
      take_test(result, *test, text_at(*category, "category"));
  }
  for (const Json* test : elements_at(*root, "tests")) take_test(result, *test, "");
}

std::string trimmed_cell(const std::string& cell) {
  const std::size_t first = cell.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return cell.substr(first, cell.find_last_not_of(' ') - first + 1);
}

/// The cells of a row of the table, as wide as they are.
std::vector<std::string> cells_of(const std::string& text) {
  std::vector<std::string> cells;
  std::string cell;
  for (std::size_t i = text.find('|') + 1; i < text.size(); ++i) {
    if (text[i] != '|') {
      cell += text[i];
      continue;
    }
    cells.push_back(cell);
    cell.clear();
  }
  return cells;
}

/// The table: a section is a row of dashes around its name. What has no name continues the row
/// before, with the status of other devices or with more of its text, and `Warning` explains it.
/// Other tables of the same output do not begin with Diagnostic and Result.
class DiagnosticTable {
 public:
  explicit DiagnosticTable(Result& result) : result_(result) {}

  void take(const std::string& text) {
    static const RegularExpression kSection("[|+]-+\\s+(\\w[\\w ]*?)\\s+-+\\+");
    if (const auto part = kSection.groups_in(text); !part.empty()) {
      category_ = part[1];
      in_category_ = 0;
      is_in_table_ = true;
      begins_ = false;
      return;
    }
    static const RegularExpression kBorder("^\\s*\\+[-+]+\\+\\s*$");
    if (kBorder.is_found_in(text)) {
      begins_ = true;
      return;
    }
    std::vector<std::string> cells = cells_of(text);
    if (cells.size() < 2) return;
    const std::string content = cells[1];
    for (std::string& cell : cells) cell = trimmed_cell(cell);
    const bool is_heading = cells[0] == "Diagnostic" && cells[1] == "Result";
    if (begins_ || is_heading) is_in_table_ = is_heading;
    begins_ = false;
    if (!is_in_table_ || is_heading) return;
    if (category_ == "Metadata") return take_metadata(cells);
    take_check(cells, content);
  }

 private:
  void take_metadata(const std::vector<std::string>& cells) {
    if (cells[0] == "DCGM Version") result_.imported->version = cells[1];
    if (cells[0] == "Driver Version Detected") result_.software["driver"] = cells[1];
  }

  void take_check(const std::vector<std::string>& cells, const std::string& content) {
    static const RegularExpression kStatus(
        "^(Pass|Fail|Warn|Skip)\\w*(?:\\s*-\\s*(?:GPUs?:?\\s*([\\d, ]+)|All))?");
    static const RegularExpression kDevice(
        "^([A-Z][A-Za-z]*)(\\d{1,5}): (Pass|Fail|Warn|Skip|Not Run)$");
    static const RegularExpression kExplanation(
        "^(?:Warning|Error|Info)(?::(?: *GPU *(\\d{1,5})\\b)?.*)?$");
    static const RegularExpression kDeviceOfText("^GPU (\\d{1,5})\\b");
    auto& checks = result_.imported->checks;
    if (const auto part = kDevice.groups_in(cells[1]); cells[0].empty() && !part.empty()) {
      if (part[1] == "GPU") return add_check(devices_in(result_, part[2]), status_of(part[3]), "");
      return add(result_, name_ + " of " + part[1], category_, {}, status_of(part[3]), "");
    }
    const auto part = kStatus.groups_in(cells[1]);
    const auto explanation = kExplanation.groups_in(cells[0]);
    const bool is_named = !cells[0].empty() && explanation.empty();
    const bool is_more = cells[0].empty() && !part.empty() && !part[2].empty();
    if (!part.empty() && (is_named || is_more)) {
      if (!cells[0].empty()) name_ = cells[0];
      return add_check(devices_in(result_, part[2]), status_of(part[1]), "");
    }
    if (is_named && !cells[1].empty()) {  // `Not Run`, or what a later version says
      name_ = cells[0];
      return add_check({}, "unknown", cells[1]);
    }
    if (cells[1].empty()) return;
    if (cells[0] == "Error" && (in_category_ == 0 || checks.back().status == "pass")) {
      name_ = cells[0];  // of the whole section, not of the row before
      add_check({}, "fail", "");
      last_.clear();
    } else if (checks.empty()) {
      return;
    } else if (!explanation.empty()) {
      const auto begins = kDeviceOfText.groups_in(cells[1]);
      const bool is_in_text = explanation[1].empty() && !begins.empty();
      explained_ = check_of(is_in_text ? begins[1] : explanation[1]);
      last_.clear();
    }
    continue_text(content, checks[explained_].detail);
  }

  /// dcgmi cuts a text every 45 letters, within words too; elsewhere a line ends with a word.
  void continue_text(const std::string& content, std::string& detail) {
    constexpr std::size_t kWidth = 45;
    const bool is_cut = last_.size() == kWidth;
    last_ = content.substr(content.front() == ' ' ? 1 : 0);  // after the bar stands a blank
    last_.erase(last_.find_last_not_of(' ') + 1);
    if (detail.size() >= kMostDetail) return;
    const std::string text = printable(is_cut ? last_ : trimmed_cell(content), kMostDetail);
    detail += (detail.empty() || is_cut ? "" : " ") + text;
  }

  void add_check(const std::vector<std::string>& devices, const std::string& status,
                 const std::string& detail) {
    ++in_category_;
    add(result_, name_, category_, devices, status, detail);
    explained_ = result_.imported->checks.size() - 1;
  }

  /// Of the last name: that of the device, else the last.
  std::size_t check_of(const std::string& device) {
    const auto& checks = result_.imported->checks;
    const std::vector<std::string> member = devices_in(result_, device);
    for (std::size_t i = checks.size(); i > 0 && checks[i - 1].name == name_from(name_); --i)
      if (!member.empty() && checks[i - 1].subject == member.front()) return i - 1;
    return checks.size() - 1;
  }

  Result& result_;
  std::string category_, name_;
  std::size_t in_category_ = 0;  // checks so far
  std::size_t explained_ = 0;    // the check that lines without a name go on to explain
  std::string last_;             // the part of its text that came last
  bool begins_ = false;          // a border was above
  bool is_in_table_ = true;      // of the diagnostic; a part of it may be all there is
};

}  // namespace

Result import_dcgmi(const Source& source) {
  Result result = document_from(source, "dcgmi", "cuda");
  result.imported->unsaid.push_back("the name of the host, and any rate");
  node_of(result, kNode);
  if (const auto json = json_in(source)) {
    take_json(source, *json, result);
  } else {
    DiagnosticTable table(result);
    for (const Line& line : lines_of(source)) table.take(line.text);
  }
  finish(source, result, "",
         "no check of dcgmi diag: its table of Diagnostic and Result, or its JSON (-j)");
  return result;
}

}  // namespace assay::reported
