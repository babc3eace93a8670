// Decodes UTF-8 strictly and replaces what a reader would not see as it is.
#include "harness/core/plain_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace assay {

namespace {

struct Decoded {
  char32_t code = 0;
  std::size_t bytes = 1;
};

/// The first letter, of the shortest form only and no surrogate (RFC 3629). A byte that is no UTF-8
/// counts as NUL, which is seen as little.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {byte(0), 1};
  const std::size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < length) return {};
  char32_t code = byte(0) & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kSmallest[length] || code > 0x10FFFF || is_surrogate) return {};
  return {code, length};
}

/// Control characters, and format characters and fillers that show nothing or move what is beside
/// them (Unicode's Cc, Cf, Zl, Zp and Default_Ignorable_Code_Point).
constexpr std::pair<char32_t, char32_t> kUnseen[] = {
    {0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},      {0x34F, 0x34F},   {0x600, 0x605},
    {0x61C, 0x61C},     {0x6DD, 0x6DD},     {0x70F, 0x70F},    {0x115F, 0x1160}, {0x17B4, 0x17B5},
    {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},  {0x2060, 0x206F}, {0x3164, 0x3164},
    {0xFDD0, 0xFDEF},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},  {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB},
    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};

bool is_seen(char32_t code) {
  if ((code & 0xFFFE) == 0xFFFE) return false;  // a noncharacter of every plane
  return std::none_of(std::begin(kUnseen), std::end(kUnseen), [code](const auto& range) {
    return code >= range.first && code <= range.second;
  });
}

/// What a terminal draws over two columns: East Asian wide and fullwidth letters, and emoji.
constexpr std::pair<char32_t, char32_t> kWide[] = {
    {0x1100, 0x115E},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23F3},
    {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x267F, 0x267F},
    {0x2693, 0x2693},   {0x26A1, 0x26A1},   {0x26AA, 0x26AB},   {0x26BD, 0x26BE},
    {0x26C4, 0x26C5},   {0x26CE, 0x26CE},   {0x26D4, 0x26D4},   {0x26EA, 0x26EA},
    {0x26F2, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},   {0x2728, 0x2728},
    {0x274C, 0x274E},   {0x2753, 0x2757},   {0x2795, 0x2797},   {0x27B0, 0x27BF},
    {0x2B1B, 0x2B1C},   {0x2B50, 0x2B55},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},
    {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},
    {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18DFF},
    {0x1AFF0, 0x1B2FF}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F19A},
    {0x1F200, 0x1FAFF}, {0x20000, 0x3FFFD}};

std::size_t columns_of(char32_t code) {
  if (code < kWide[0].first) return 1;
  return std::any_of(
             std::begin(kWide), std::end(kWide),
             [code](const auto& range) { return code >= range.first && code <= range.second; })
             ? 2
             : 1;
}

std::string filtered(std::string_view text, bool keeps_lines) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const Decoded next = decode(text);
    if (next.code == '\n' && keeps_lines) {
      plain += '\n';
    } else if (next.code == '\t' || next.code == '\n' || next.code == '\r') {
      plain += ' ';
    } else if (is_seen(next.code)) {
      plain += text.substr(0, next.bytes);
    } else {
      plain += '?';
    }
    text.remove_prefix(next.bytes);
  }
  return plain;
}

bool is_blank(char letter) { return letter == ' ' || letter == '\n'; }

std::vector<std::string_view> words_in(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    const auto* end = std::find_if(text.begin() + at, text.end(), is_blank);
    words.push_back(text.substr(at, static_cast<std::size_t>(end - text.begin()) - at));
    at += words.back().size();
  }
  return words;
}

}  // namespace

std::string plain_line(std::string_view text) { return filtered(text, false); }
std::string plain_text(std::string_view text) { return filtered(text, true); }

std::size_t columns(std::string_view plain) {
  std::size_t taken = 0;
  while (!plain.empty()) {
    const Decoded letter = decode(plain);
    taken += columns_of(letter.code);
    plain.remove_prefix(letter.bytes);
  }
  return taken;
}

std::string_view first_columns(std::string_view plain, std::size_t limit) {
  std::size_t end = 0, taken = 0;
  while (end < plain.size()) {
    const Decoded letter = decode(plain.substr(end));
    taken += columns_of(letter.code);
    if (taken > limit) break;
    end += letter.bytes;
  }
  return plain.substr(0, end);
}

std::vector<std::string> wrapped(std::string_view plain, std::size_t width) {
  const std::size_t most = std::max<std::size_t>(width, 2);  // a wide letter fits on every line
  std::vector<std::string> lines;
  for (std::string_view word : words_in(plain)) {
    if (!lines.empty() && columns(lines.back()) + 1 + columns(word) <= width) {
      lines.back().append(" ").append(word);
      continue;
    }
    for (; columns(word) > most; word.remove_prefix(first_columns(word, most).size()))
      lines.emplace_back(first_columns(word, most));
    lines.emplace_back(word);
  }
  return lines;
}

std::size_t longest_word(std::string_view plain) {
  std::size_t longest = 0;
  for (const std::string_view word : words_in(plain)) longest = std::max(longest, columns(word));
  return longest;
}

}  // namespace assay
