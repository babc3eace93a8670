// Splits an output into its lines, and finds the JSON in it.
#include "harness/reported/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <utility>

#include "harness/core/document.h"
#include "harness/core/encoding.h"
#include "harness/core/error.h"
#include "harness/core/escapes.h"
#include "harness/core/message.h"
#include "harness/reported/prefixes.h"

namespace assay::reported {

namespace {

constexpr std::size_t kMostWord = 100;

/// `[36m` at `begin`, a colour whose escape a page took away; nothing of any other text.
std::size_t size_of_colour(std::string_view text, std::size_t begin) {
  const std::size_t end = text.find_first_not_of("0123456789;", begin + 1);
  const bool is_one = end != std::string_view::npos && end > begin + 1 && text[end] == 'm';
  return is_one ? end + 1 - begin : 0;
}

std::string without_colours(std::string_view coloured) {
  const std::string text = without_escapes(coloured);
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') continue;
    if (text.substr(i, 2) == "\u00a0") {  // a blank of a page that was copied
      plain += ' ';
      ++i;
    } else if (const std::size_t size = text[i] == '[' ? size_of_colour(text, i) : 0; size > 0) {
      i += size - 1;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

/// What `&lt;` and its like stand for, where the source of a page was copied.
std::string without_entities(std::string text) {
  static constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&lt;", '<'},   {"&gt;", '>'},    {"&quot;", '"'}, {"&#34;", '"'},
      {"&#39;", '\''}, {"&#x27;", '\''}, {"&nbsp;", ' '}, {"&amp;", '&'}};
  for (std::size_t at = 0; (at = text.find('&', at)) != std::string::npos; ++at) {
    for (const auto& [entity, character] : kEntities)
      if (std::string_view(text).substr(at).starts_with(entity)) {
        text.replace(at, entity.size(), 1, character);
        break;
      }
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

}  // namespace

std::vector<Line> lines_of(const Source& source) {
  if (const std::string_view other = other_encoding(source.text); !other.empty())
    throw Error(fmt::format("{}: {}", source.where, other));
  std::vector<Line> lines = raw_lines(source);
  constexpr std::string_view kMark = "\xEF\xBB\xBF";  // of UTF-8, by Windows' editors
  if (!lines.empty() && lines.front().text.starts_with(kMark))
    lines.front().text.erase(0, kMark.size());
  for (Line& line : lines) line.text = without_entities(without_colours(line.text));
  remove_prefixes(lines);
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
  try {
    return parse_json(object, source.where);
  } catch (const Error& error) {
    const std::string what = error.what();
    if (!what.ends_with("; expected end of input")) throw;
    throw Error(what + ": another JSON follows the first: import one at a time");
  }
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
