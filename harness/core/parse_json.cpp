// Strict JSON: what the library's lexer leaves open (NUL bytes, byte order marks, duplicate names,
// depth, size) is refused here, and its messages are brought to one short line.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>
#include <vector>

#include "harness/core/document.h"
#include "harness/core/encoding.h"
#include "harness/core/error.h"
#include "harness/core/json_limits.h"
#include "harness/core/message.h"

namespace assay {

namespace {

constexpr std::string_view kCutOff = "unexpected end of input";

/// Reads the text and counts, for every copy that the lexer makes of it, how far it has read.
class CountingIterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    *furthest_ = ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    const CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** furthest_;
};

/// Receives the lexer's events and builds the document with a stack of its own.
class Builder {
 public:
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  bool null() { return scalar(nullptr); }
  bool boolean(bool value) { return scalar(value); }
  bool number_integer(number_integer_t value) { return scalar(value); }
  bool number_unsigned(number_unsigned_t value) { return scalar(value); }
  bool number_float(number_float_t value, const string_t&) { return scalar(value); }
  bool string(string_t& value) { return scalar(std::move(value)); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(string_t& name) {
    if (!is_new(name)) {
      problem_ = fmt::format("the name {} appears twice in one object", in_quotes(name));
      return false;
    }
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const Json::exception& problem) {
    problem_ = plain(problem.what());
    return false;
  }

  const std::string& problem() const { return problem_; }
  Json take() { return std::move(document_); }

 private:
  struct Open {
    Json* container;
    std::unordered_set<std::string> names;  // of an object with many
  };

  /// Most objects have few names, which are found faster where they stand than in a set.
  bool is_new(const std::string& name) {
    constexpr std::size_t kFew = 16;
    Open& open = open_.back();
    const auto& members = open.container->get_ref<const Json::object_t&>();
    if (members.size() < kFew)
      return std::none_of(members.begin(), members.end(),
                          [&](const auto& member) { return member.first == name; });
    if (open.names.empty())
      for (const auto& member : members) open.names.insert(member.first);
    return open.names.insert(name).second;
  }

  Json& add(Json value) {
    if (open_.empty()) return document_ = std::move(value);
    Json& parent = *open_.back().container;
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return parent.back();
    }
    // Past the map's own linear search for the name: key() has already refused duplicates.
    auto& members = parent.get_ref<Json::object_t&>();
    members.emplace_back(std::move(key_), std::move(value));
    return members.back().second;
  }

  bool scalar(Json value) {
    add(std::move(value));
    return true;
  }

  bool open(Json container) {
    if (open_.size() == kMaximumDepth) {
      problem_ = fmt::format("nested deeper than {} levels", kMaximumDepth);
      return false;
    }
    open_.push_back({&add(std::move(container)), {}});
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  /// `[json.exception…] parse error at line 1, column 2: syntax error while parsing value - invalid
  /// literal; last read: 'nan'` without what we say better.
  static std::string plain(std::string_view message) {
    if (const auto dash = message.find(" - "); dash != message.npos) {
      message.remove_prefix(dash + 3);
    } else if (const auto bracket = message.find("] "); bracket != message.npos) {
      message.remove_prefix(bracket + 2);
    }
    std::string shown(message.substr(0, message.find("; last read: ")));
    if (const auto expected = message.rfind("; expected "); expected != message.npos) {
      shown.resize(std::min(shown.size(), expected));
      shown += message.substr(expected);
    }
    if (shown.starts_with(kCutOff)) shown += " (is the document cut off?)";
    return printable(shown);
  }

  Json document_;
  std::vector<Open> open_;
  std::string key_;
  std::string problem_;
};

std::string position(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (const char c : text.substr(0, offset)) {
    ++column;
    if (c == '\n') ++line, column = 1;
  }
  return fmt::format("line {}, column {}", line, column);
}

[[noreturn]] void refuse(std::string_view text, std::size_t offset, const std::string& where,
                         std::string_view what) {
  throw Error(fmt::format("{}: {}: {}", where, position(text, offset), what));
}

/// The word that the lexer stopped in, when it is one of the numbers JSON does not have.
bool ends_in_no_number(std::string_view text, std::size_t offset) {
  const auto in_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+';
  };
  std::size_t begin = offset;
  while (begin > 0 && in_word(text[begin - 1])) --begin;
  std::string word;
  for (const char c : text.substr(begin, 16)) {
    if (!in_word(c)) break;
    if (c != '-' && c != '+') word += static_cast<char>(c | 0x20);
  }
  return word == "nan" || word == "inf" || word == "infinity";
}

}  // namespace

Json parse_json(std::string_view text, const std::string& where) {
  if (text.size() > kMaximumDocumentBytes) {
    throw Error(fmt::format("{}: {} bytes are more than a document's {} MiB", where, text.size(),
                            kMaximumDocumentBytes >> 20));
  }
  if (const std::string_view other = other_encoding(text); !other.empty())
    throw Error(fmt::format("{}: {}", where, other));
  if (text.starts_with("\xEF\xBB\xBF")) refuse(text, 0, where, "a byte order mark; remove it");
  if (const auto nul = text.find('\0'); nul != text.npos) refuse(text, nul, where, "a NUL byte");

  const char* furthest = text.data();
  Builder builder;
  const CountingIterator begin(text.data(), &furthest);
  const CountingIterator end(text.data() + text.size(), &furthest);
  if (Json::sax_parse(begin, end, &builder)) return builder.take();

  const auto read = static_cast<std::size_t>(furthest - text.data());
  const bool at_end = read == 0 || builder.problem().starts_with(kCutOff);
  const std::size_t last = at_end ? read : read - 1;
  if (ends_in_no_number(text, last)) {
    refuse(text, last, where, "NaN and infinity are not JSON: leave the field out");
  }
  refuse(text, last, where, builder.problem());
}

}  // namespace assay
