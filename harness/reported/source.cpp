// Takes the prefixes of launchers off, and finds the JSON in an output.
#include "harness/reported/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "harness/core/document.h"
#include "harness/core/encoding.h"
#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/regular_expression.h"

namespace assay::reported {

namespace {

constexpr int kMostPrefixes = 4;  // a time, a pod, a rank, a time of its own
constexpr std::size_t kMostWord = 100;

std::string without_colours(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') continue;
    if (text.substr(i, 2) == "\u00a0") {  // a blank of a page that was copied
      plain += ' ';
      ++i;
      continue;
    }
    if (text[i] != '\x1b' || i + 1 >= text.size() || text[i + 1] != '[') {
      plain += text[i];
      continue;
    }
    i = text.find_first_not_of("0123456789;?", i + 2);
    if (i == std::string_view::npos) break;  // a sequence that the line cuts
  }
  return plain;
}

std::string without_prefixes(std::string text) {
  static const RegularExpression kPrefix(
      "^[ \\t]*(?:(?:\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4})?"
      "(?:\\[[^\\]\\s]*\\d+,\\d+\\])?<std(?:out|err|diag)>:? ?"
      "|\\[(?:default|rank)\\d+\\]: ?"  // torchrun
      "|\\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\S+ [^\\s:\\[]+(?:\\[\\d+\\])?:(?: |$)"
      "|(?:>|\\d+:|\\(\\w+ pid=\\d+(?:, ip=[0-9a-f.:]+)?\\)|\\[pod/[^\\]\\s]*\\]|[A-Za-z0-9_.-]+ "
      "+\\|"
      "|\\[?\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?(?:Z|[+-]\\d\\d:?\\d\\d)?"
      "\\]?(?: std(?:out|err) [FP])?)(?:[ \\t]|$))");
  for (int i = 0; i < kMostPrefixes; ++i) {
    const auto found = kPrefix.groups_in(text);
    if (found.empty() || found.front().empty()) break;
    text.erase(0, found.front().size());
  }
  return text;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// What a line of Docker's json-file driver holds, `{"log":"...\n","stream":...,"time":...}`;
/// nothing for any other line.
std::optional<std::string> docker_log(const std::string& line) {
  if (!line.starts_with("{\"log\":") || line.back() != '}') return std::nullopt;
  try {
    const Json entry = parse_json(line, "");
    const Json* log = find(entry, "log");
    if (log != nullptr && log->is_string() && find(entry, "stream") != nullptr)
      return log->get<std::string>();
  } catch (const Error&) {  // an output that only begins like it
  }
  return std::nullopt;
}

/// Its lines; one longer than the driver's buffer stands in several entries, of which the last has
/// the end of the line.
std::vector<Line> raw_lines(const Source& source) {
  std::vector<Line> lines;
  std::istringstream text(source.text);
  bool goes_on = false;
  std::size_t number = 0;
  for (std::string line; std::getline(text, line);) {
    ++number;
    const auto log = docker_log(line);
    std::string content = log.value_or(line);
    const bool is_whole = !log || content.ends_with('\n');
    if (log && is_whole) content.pop_back();
    if (goes_on)
      lines.back().text += content;
    else
      lines.push_back({number, content});
    goes_on = !is_whole;
  }
  return lines;
}

/// Takes `pod container ` of stern off, which stands before every line but its own `+ pod ›
/// container`; where it follows several namespaces, theirs stands first.
void remove_stern(std::vector<Line>& lines) {
  static const RegularExpression kOwn("^[+-] (?:\\S+ )?\\S+ \u203a \\S+$");
  static const RegularExpression kPrefix(
      "^((?:[a-z0-9][a-z0-9.]*-[a-z0-9.-]* [a-z0-9][a-z0-9-]*"
      "|[a-z0-9][a-z0-9-]* [a-z0-9][a-z0-9.]*-[a-z0-9.-]* [a-z0-9][a-z0-9-]*))(?: |$)");
  std::vector<std::pair<Line*, std::size_t>> of_pods;
  std::vector<Line*> own;
  for (Line& line : lines) {
    if (line.text.empty()) continue;
    if (kOwn.is_found_in(line.text)) {
      own.push_back(&line);
      continue;
    }
    const auto found = kPrefix.groups_in(line.text);
    if (found.empty()) return;
    of_pods.emplace_back(&line, found.front().size());
  }
  for (Line* line : own) line->text.clear();
  for (const auto& [line, size] : of_pods) line->text.erase(0, size);
}

/// Takes `node-0: ` of pdsh and clush off, which stands before every line; what stands before some
/// lines only is their own word.
void remove_host(std::vector<Line>& lines) {
  static const RegularExpression kHost("^([A-Za-z0-9][A-Za-z0-9_.-]*:)(?: |$)");
  std::string host;
  for (const Line& line : lines) {
    if (line.text.empty()) continue;
    const auto found = kHost.groups_in(line.text);
    if (found.empty() || (!host.empty() && found[1] != host)) return;
    host = found[1];
  }
  for (Line& line : lines) {
    const std::size_t size = std::min(line.text.size(), host.size() + 1);
    line.text = without_prefixes(line.text.substr(size));
  }
}

}  // namespace

std::vector<Line> lines_of(const Source& source) {
  if (const std::string_view other = other_encoding(source.text); !other.empty())
    throw Error(fmt::format("{}: {}", source.where, other));
  std::vector<Line> lines = raw_lines(source);
  constexpr std::string_view kMark = "\xEF\xBB\xBF";  // of UTF-8, by Windows' editors
  if (!lines.empty() && lines.front().text.starts_with(kMark))
    lines.front().text.erase(0, kMark.size());
  for (Line& line : lines) line.text = without_colours(line.text);
  if (lines.size() > 1) remove_stern(lines);
  for (Line& line : lines) line.text = without_prefixes(std::move(line.text));
  if (lines.size() > 1) remove_host(lines);
  return lines;
}

std::optional<Json> json_in(const Source& source) {
  const std::vector<Line> lines = lines_of(source);
  const Line* first = nullptr;
  const Line* last = nullptr;
  for (const Line& line : lines) {
    const std::string_view text = trimmed(line.text);
    if (first == nullptr && text.starts_with('{')) first = &line;
    if (text.ends_with('}')) last = &line;
  }
  if (first == nullptr) return std::nullopt;
  // The lines before stay, empty, so that a message counts as the file does.
  std::string object(first->number - 1, '\n');
  const Line* end = last == nullptr || last < first ? &lines.back() : last;
  for (const Line* line = first; line <= end; ++line) object += line->text + '\n';
  return parse_json(object, source.where);
}

void refuse(const Source& source, std::size_t line, const std::string& what) {
  throw Error(fmt::format("{}: line {}: {}", source.where, line, what));
}

const Json* find(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::string text_at(const Json& object, const char* key) {
  const Json* value = find(object, key);
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  return value->is_number() ? value->dump() : std::string();
}

std::optional<double> number_at(const Json& object, const char* key) {
  const Json* value = find(object, key);
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) return value->get<double>();
  return value->is_string() ? number_of(value->get<std::string>()) : std::nullopt;
}

std::vector<const Json*> elements_at(const Json& object, const char* key) {
  std::vector<const Json*> elements;
  const Json* array = find(object, key);
  if (array == nullptr || !array->is_array()) return elements;
  for (const Json& element : *array) elements.push_back(&element);
  return elements;
}

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || at != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::vector<std::string> words_in(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string word_from(const std::string& text) {
  std::string word;
  for (const unsigned char c : text) {
    if (word.size() == kMostWord) break;
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool stays = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_upper || stays) {
      word += static_cast<char>(is_upper ? c - 'A' + 'a' : c);
    } else if (!word.empty() && word.back() != '_') {
      word += '_';
    }
  }
  while (!word.empty() && word.back() == '_') word.pop_back();
  if (word.empty()) return "unnamed";
  if (word.front() < 'a') word.insert(0, "n");
  return word;
}

}  // namespace assay::reported
