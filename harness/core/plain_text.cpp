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
  std::size_t bytes = 0;  // 0: not UTF-8
};

/// Of the shortest form only, without surrogates (RFC 3629).
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

std::string filtered(std::string_view text, bool keeps_lines) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const Decoded next = decode(text);
    const std::size_t bytes = std::max<std::size_t>(next.bytes, 1);
    if (next.bytes == 0) {
      plain += '?';
    } else if (next.code == '\n' && keeps_lines) {
      plain += '\n';
    } else if (next.code == '\t' || next.code == '\n' || next.code == '\r') {
      plain += ' ';
    } else if (is_seen(next.code)) {
      plain += text.substr(0, bytes);
    } else {
      plain += '?';
    }
    text.remove_prefix(bytes);
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
  return static_cast<std::size_t>(std::count_if(plain.begin(), plain.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

std::string_view first_columns(std::string_view plain, std::size_t limit) {
  std::size_t end = 0, seen = 0;
  for (; end < plain.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(plain[end]) & 0xC0) != 0x80;
    if (begins && seen++ == limit) break;
  }
  return plain.substr(0, end);
}

std::vector<std::string> wrapped(std::string_view plain, std::size_t width) {
  std::vector<std::string> lines;
  for (std::string_view word : words_in(plain)) {
    if (!lines.empty() && columns(lines.back()) + 1 + columns(word) <= width) {
      lines.back().append(" ").append(word);
      continue;
    }
    for (; columns(word) > width; word.remove_prefix(first_columns(word, width).size()))
      lines.emplace_back(first_columns(word, width));
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
