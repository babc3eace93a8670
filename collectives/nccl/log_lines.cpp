// Splits the log into lines and follows each thread from communicator to communicator.
#include "collectives/nccl/log_lines.h"

#include <algorithm>
#include <map>
#include <set>

#include "collectives/nccl/line_cursor.h"

namespace assay::nccl {

namespace {

struct Read {
  LogLine line;
  std::string_view thread, communicator;
};

/// `[2026-11-23 10:11:12] node-a:4121:4140 [0]`: host, process and thread in one word.
std::string_view thread_of(std::string_view prefix) {
  const std::size_t device = prefix.rfind(" [");
  if (device != std::string_view::npos) prefix = prefix.substr(0, device);
  const std::size_t space = prefix.rfind(' ');
  return space == std::string_view::npos ? prefix : prefix.substr(space + 1);
}

/// The id that all ranks of a communicator share, of a line that begins or ends its making.
std::string_view communicator_of(std::string_view message, std::string_view ending) {
  if (!message.ends_with(ending)) return "";
  for (const std::string_view id : {" commId 0x", "comm 0x"}) {
    const std::size_t at = message.find(id);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = message.substr(at + id.size());
    return rest.substr(0, rest.find(' '));
  }
  return "";
}

/// NCCL's buffer ends a longer line anywhere, even inside a number: its last word may be a part of
/// one.
std::string_view without_cut_word(std::string_view line) {
  constexpr std::size_t kLongest = 1023;
  if (line.size() < kLongest) return line;
  line = line.substr(0, kLongest);  // 2.18 writes on, past its buffer
  return line.substr(0, line.rfind(' '));
}

bool read_line(std::string_view line, Read& to) {
  constexpr std::string_view kInfo = " NCCL INFO ", kWarn = " NCCL WARN ";
  if (line.ends_with('\r')) line.remove_suffix(1);
  line = without_cut_word(line);
  if (line.starts_with("NCCL version ")) {
    to.line.message = line;
    return true;
  }
  const std::size_t info = line.find(kInfo), warn = line.find(kWarn);
  to.line.is_warning = warn < info;
  const std::size_t at = std::min(info, warn);
  if (at == std::string_view::npos) return false;
  to.thread = thread_of(line.substr(0, at));
  to.line.message = line.substr(at + kInfo.size());
  return true;
}

std::vector<Read> read_lines(std::string_view text, std::size_t begin) {
  std::vector<Read> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) break;  // torn: it may end anywhere, even inside a number
    Read read;
    if (read_line(text.substr(at, end - at), read)) {
      read.line.is_before = at < begin;
      lines.push_back(read);
    }
    at = end + 1;
  }
  return lines;
}

/// What a thread wrote before it named a communicator belongs to the one that it completes next.
void follow_threads(std::vector<Read>& lines) {
  std::map<std::string_view, std::string_view> works_for;
  std::map<std::string_view, std::vector<Read*>> not_yet;
  for (Read& read : lines) {
    const std::string_view started = communicator_of(read.line.message, "Init START");
    const std::string_view complete = communicator_of(read.line.message, "Init COMPLETE");
    std::string_view& current = works_for[read.thread];
    std::vector<Read*>& waiting = not_yet[read.thread];
    if (!started.empty()) {
      current = started;
      waiting.clear();
    }
    if (!complete.empty()) {
      current = complete;
      for (Read* earlier : waiting) earlier->communicator = complete;
      waiting.clear();
    }
    read.communicator = current;
    if (current.empty()) waiting.push_back(&read);
  }
}

/// One that completes here and started before is not made here.
std::string_view first_made(const std::vector<Read>& lines) {
  std::set<std::string_view> started;
  for (const Read& read : lines) {
    const std::string_view start = communicator_of(read.line.message, "Init START");
    const std::string_view complete = communicator_of(read.line.message, "Init COMPLETE");
    if (!start.empty()) {
      if (!read.line.is_before) return start;
      started.insert(start);
    }
    if (!complete.empty() && !read.line.is_before && !started.contains(complete)) return complete;
  }
  return "";
}

}  // namespace

std::vector<LogLine> log_lines(std::string_view text, std::size_t begin) {
  std::vector<Read> reads = read_lines(text, begin);
  follow_threads(reads);
  const std::string_view asked = first_made(reads);
  std::vector<LogLine> lines;
  for (Read& read : reads) {
    using Owner = LogLine::Owner;
    if (!read.communicator.empty()) {
      read.line.owner = read.communicator == asked ? Owner::asked : Owner::other;
    }
    lines.push_back(read.line);
  }
  return lines;
}

}  // namespace assay::nccl
