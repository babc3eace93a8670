// Reads and writes shapes and case ids; what str() writes, parse() reads back to the same value.
#include "harness/core/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <limits>
#include <utility>

#include "harness/core/dtype.h"
#include "harness/core/error.h"
#include "harness/core/message.h"

namespace assay {

namespace {

/// The dtype of a figure of another tool that does not say it; nothing of ours has it.
constexpr const char* kUnstated = "unstated";

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_identifier(std::string_view text) {
  return !text.empty() && text.size() <= 128 && is_lower(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

Shape::Entry parse_entry(std::string_view part, std::string_view whole) {
  const auto digits = std::find_if_not(part.begin(), part.end(), is_lower);
  const std::string_view key(part.begin(), digits);
  const std::string_view number(digits, part.end());
  const auto refuse = [&](std::string_view why) {
    throw Error(
        fmt::format("shape {}: part {} {}; expected lower-case letters and a number, e.g. "
                    "m1024_n1024_k1024, or a flag, e.g. causal",
                    in_quotes(whole), in_quotes(part), why));
  };
  if (key.empty()) refuse("has no name");
  if (number.empty()) return {std::string(key), std::nullopt};
  if (number.size() > 1 && number.front() == '0') refuse("has a leading zero");
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (status == std::errc::result_out_of_range) refuse("is too large");
  if (status != std::errc() || end != number.data() + number.size() || !is_digit(number.front())) {
    refuse("has something other than a number after its name");
  }
  return {std::string(key), value};
}

void append(const Shape& shape, std::string& text) {
  std::array<char, std::numeric_limits<std::int64_t>::digits10 + 2> number{};
  bool is_first = true;
  for (const Shape::Entry& entry : shape.entries()) {
    if (!std::exchange(is_first, false)) text += '_';
    text += entry.key;
    if (!entry.value) continue;
    const auto end = std::to_chars(number.data(), number.data() + number.size(), *entry.value).ptr;
    text.append(number.data(), end);
  }
}

/// `a.b/shape` of its parts: a fleet's documents have millions of cases.
std::string text_of(std::initializer_list<std::string_view> parts, const Shape& shape) {
  constexpr std::size_t kMostly = 80;
  std::string text;
  text.reserve(kMostly);
  bool is_first = true;
  for (const std::string_view part : parts) {
    if (!std::exchange(is_first, false)) text += '.';
    text += part;
  }
  text += '/';
  append(shape, text);
  return text;
}

}  // namespace

Shape Shape::parse(std::string_view text) {
  Shape shape;
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(text.find('_', begin), text.size());
    Entry entry = parse_entry(text.substr(begin, end - begin), text);
    if (shape.has(entry.key)) {
      throw Error(fmt::format("shape {}: {} appears twice", in_quotes(text), in_quotes(entry.key)));
    }
    shape.entries_.push_back(std::move(entry));
    if (end == text.size()) return shape;
    begin = end + 1;
  }
}

std::string Shape::str() const {
  std::string text;
  append(*this, text);
  return text;
}

bool Shape::has(std::string_view key) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.key == key; });
}

std::int64_t Shape::at(std::string_view key) const {
  for (const Entry& entry : entries_) {
    if (entry.key == key && entry.value) return *entry.value;
  }
  throw Error(fmt::format("shape {} has no dimension {}", in_quotes(str()), in_quotes(key)));
}

void Shape::add(std::string key, std::optional<std::int64_t> value) {
  const bool named = !key.empty() && std::all_of(key.begin(), key.end(), is_lower);
  if (!named || has(key) || (value && *value < 0)) {
    throw Error(
        fmt::format("shape {}: cannot add {}: a name is lower-case letters, stands once, "
                    "and its value is at least 0",
                    in_quotes(str()), in_quotes(key)));
  }
  entries_.push_back({std::move(key), value});
}

CaseId CaseId::parse(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    throw Error(
        fmt::format("case {}: {}; expected workload.dtype.implementation/shape, e.g. "
                    "gemm.bf16.sm90/m8192_n8192_k8192",
                    in_quotes(text, 120), why));
  };
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) refuse("has no '/' before its shape");
  const std::string_view head = text.substr(0, slash);
  const std::size_t first = head.find('.');
  const std::size_t second = first == head.npos ? head.npos : head.find('.', first + 1);
  if (second == head.npos) refuse("has fewer than three parts before its '/'");

  CaseId id;
  id.workload = head.substr(0, first);
  id.dtype = head.substr(first + 1, second - first - 1);
  id.implementation = head.substr(second + 1);
  if (!is_identifier(id.workload)) refuse("its workload is not a lower-case identifier");
  if (id.dtype != kUnstated && !dtype_named(id.dtype))
    refuse(fmt::format("{} is not a dtype", in_quotes(id.dtype)));
  if (id.implementation != "*" && !is_identifier(id.implementation)) {
    refuse("its implementation is not a lower-case identifier");
  }
  id.shape = Shape::parse(text.substr(slash + 1));
  return id;
}

std::string CaseId::str() const { return text_of({workload, dtype, implementation}, shape); }

std::string CaseId::group() const { return text_of({workload, dtype}, shape); }

}  // namespace assay
