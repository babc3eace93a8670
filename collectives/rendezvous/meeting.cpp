// Keys, barriers and gathers among ranks, and the lines that name who did not come.
#include "collectives/rendezvous/meeting.h"

#include <fmt/format.h>

#include <algorithm>

#include "collectives/rendezvous/server.h"

namespace assay::rendezvous {

namespace {

/// With a space before them; of a rank that never connected nothing.
std::string in_brackets(const std::string& address) {
  return address.empty() ? "" : " (" + address + ")";
}

}  // namespace

Meeting::Meeting(int world_size, Answer answer)
    : members_(static_cast<std::size_t>(world_size)), answer_(std::move(answer)) {}

bool Meeting::join(int rank, const std::string& address) {
  Member& member = members_[static_cast<std::size_t>(rank)];
  if (member.presence != Presence::never) return false;
  member.presence = Presence::here;
  member.address = address;
  return true;
}

bool Meeting::gone(int rank) {
  Member& member = members_[static_cast<std::size_t>(rank)];
  member.waiting = false;
  return member.presence == Presence::here;
}

void Meeting::lost_because(int rank, const std::string& why) {
  Member& member = members_[static_cast<std::size_t>(rank)];
  if (member.presence == Presence::left || !member.why_lost.empty()) return;
  member.why_lost = why;
  lost(rank);
  aborted_ = lost_line();
  fail_waiting(aborted_);
}

void Meeting::refuse_start(const std::string& why) {
  if (!any_is(Presence::never)) return;  // it is not missed
  aborted_ = why;
  fail_waiting(aborted_);
}

void Meeting::lost(int rank) {
  Member& member = members_[static_cast<std::size_t>(rank)];
  if (member.presence == Presence::lost) return;
  member.presence = Presence::lost;
  // A request that needs every rank can no longer succeed; a key may still be set by another rank.
  for (std::size_t other = 0; other < members_.size(); ++other)
    if (members_[other].waiting && waits_for_everyone(members_[other]))
      answer(static_cast<int>(other), false, lost_line());
  answer_roll_calls(false);
}

void Meeting::request(int rank, const Request& request) {
  Member& member = members_[static_cast<std::size_t>(rank)];
  if (member.waiting) throw WireError("a second request while the first is open");
  member.waiting = true;
  member.open = request;
  if (!aborted_.empty() && request.operation != Operation::leave) {
    answer(rank, false, aborted_);
    return;
  }
  switch (request.operation) {
    case Operation::set:
      keys_[request.name] = request.value;
      answer(rank, true, "");
      for (std::size_t other = 0; other < members_.size(); ++other)
        if (members_[other].waiting && members_[other].open.operation == Operation::get &&
            members_[other].open.name == request.name)
          answer(static_cast<int>(other), true, request.value);
      break;
    case Operation::get:
      if (const auto found = keys_.find(request.name); found != keys_.end())
        answer(rank, true, found->second);
      break;
    case Operation::barrier:
    case Operation::gather:
      arrive(rank);
      break;
    case Operation::abort:
      aborted_ = fmt::format("rank {} ended the run: {}", rank, request.value);
      answer(rank, true, "");
      fail_waiting(aborted_);
      break;
    case Operation::leave:
      member.presence = Presence::left;
      answer(rank, true, "");
      answer_roll_calls(false);
      break;
    case Operation::roll_call:
      answer_roll_calls(false);
      break;
  }
}

void Meeting::arrive(int rank) {
  const Request request = members_[static_cast<std::size_t>(rank)].open;
  const std::string lost = lost_line();
  if (!lost.empty()) {
    answer(rank, false, lost);
  } else if (complete(request)) {
    finish(request);
  } else {
    answer_roll_calls(false);
  }
}

void Meeting::expired(int rank) {
  const Member& member = members_[static_cast<std::size_t>(rank)];
  if (!member.waiting) return;
  if (member.open.operation == Operation::roll_call)
    answer_roll_calls(true);
  else
    answer(rank, false, missing(member.open));
}

/// A rank that waits with the others speaks for itself; one that is at work, or hangs, does not.
bool Meeting::is_heard(const Member& member) const {
  return member.waiting &&
         (waits_for_everyone(member) || member.open.operation == Operation::roll_call);
}

/// Answers when every connected rank has been heard, or the first caller's time is up. Also answers
/// requests that need every rank, because they can no longer succeed.
void Meeting::answer_roll_calls(bool time_is_up) {
  bool asked = false;
  std::string line = lost_line();
  const bool is_lost = any_is(Presence::lost);
  const auto name = [&](std::size_t rank, const char* what) {
    if (line.size() > 2000) return;  // one line, also with thousands of ranks
    line += fmt::format("{}rank {}{} {}", line.empty() ? "" : ", ", rank,
                        in_brackets(members_[rank].address), what);
  };
  for (std::size_t rank = 0; rank < members_.size(); ++rank) {
    const Member& member = members_[rank];
    asked |= member.waiting && member.open.operation == Operation::roll_call;
    if (member.presence == Presence::never) name(rank, "never connected");
    if (member.presence != Presence::here || is_heard(member)) continue;
    if (!time_is_up) return;
    if (!is_lost) name(rank, "does not answer");  // it may still wait for the one that is lost
  }
  if (!asked) return;
  for (std::size_t rank = 0; rank < members_.size(); ++rank) {
    const Member& member = members_[rank];
    if (!is_heard(member)) continue;
    const bool is_asker = member.open.operation == Operation::roll_call;
    answer(static_cast<int>(rank), is_asker,
           !is_asker && line.empty() ? "the others have lost each other" : line);
  }
}

bool Meeting::has_failed() const { return !aborted_.empty() || any_is(Presence::lost); }

bool Meeting::any_is(Presence presence) const {
  return std::any_of(members_.begin(), members_.end(),
                     [&](const Member& member) { return member.presence == presence; });
}

void Meeting::answer(int rank, bool ok, const std::string& text) {
  members_[static_cast<std::size_t>(rank)].waiting = false;
  answer_(rank, Response{ok, text});
}

void Meeting::fail_waiting(const std::string& why) {
  for (std::size_t rank = 0; rank < members_.size(); ++rank)
    if (members_[rank].waiting) answer(static_cast<int>(rank), false, why);
}

bool Meeting::waits_for_everyone(const Member& member) const {
  return member.open.operation == Operation::barrier || member.open.operation == Operation::gather;
}

bool Meeting::same_gathering(const Member& member, const Request& request) const {
  return member.waiting && member.open.operation == request.operation &&
         member.open.name == request.name;
}

bool Meeting::complete(const Request& request) const {
  for (const Member& member : members_)
    if (!same_gathering(member, request)) return false;
  return true;
}

void Meeting::finish(const Request& request) {
  std::string gathered;
  if (request.operation == Operation::gather) {
    std::vector<std::string> values;
    for (const Member& member : members_) values.push_back(member.open.value);
    gathered = encode_list(values);
  }
  for (std::size_t rank = 0; rank < members_.size(); ++rank)
    answer(static_cast<int>(rank), true, rank == 0 ? gathered : "");
}

std::string Meeting::missing(const Request& request) const {
  const double seconds = request.deadline_ms / 1000.0;
  if (request.operation == Operation::get)
    return fmt::format("nobody set '{}' within {:g} s", request.name, seconds);
  std::vector<int> never, late;
  for (std::size_t rank = 0; rank < members_.size(); ++rank) {
    if (same_gathering(members_[rank], request)) continue;
    (members_[rank].presence == Presence::never ? never : late).push_back(static_cast<int>(rank));
  }
  std::string line =
      fmt::format("'{}' was not reached by everyone within {:g} s:", request.name, seconds);
  if (!never.empty()) line += fmt::format(" rank {} never connected;", rank_list(never));
  for (int rank : late) {
    line += fmt::format(" rank {} ({}) did not arrive;", rank,
                        members_[static_cast<std::size_t>(rank)].address);
    if (line.size() > 2000) {  // one line, also with thousands of ranks
      line += fmt::format(" in all: rank {};", rank_list(late));
      break;
    }
  }
  line.pop_back();
  return line;
}

std::string Meeting::lost_line() const {
  std::string lost, left;
  const auto add = [](std::string& line, std::size_t rank, const Member& member, const char* how) {
    line += fmt::format("{}rank {}{} {}", line.empty() ? "" : ", ", rank,
                        in_brackets(member.address), how);
    if (!member.why_lost.empty()) line += ": " + member.why_lost;
  };
  for (std::size_t rank = 0; rank < members_.size(); ++rank) {
    if (members_[rank].presence == Presence::lost) add(lost, rank, members_[rank], "was lost");
    if (members_[rank].presence == Presence::left) add(left, rank, members_[rank], "has left");
  }
  // Who hears of a loss ends, and leaves in order: the loss is the cause.
  return lost.empty() ? left : lost;
}

std::string rank_list(const std::vector<int>& ranks) {
  std::string text;
  for (std::size_t first = 0; first < ranks.size();) {
    std::size_t last = first;
    while (last + 1 < ranks.size() && ranks[last + 1] == ranks[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", ranks[first]);
    if (last > first) text += fmt::format("-{}", ranks[last]);
    first = last + 1;
  }
  return text;
}

}  // namespace assay::rendezvous
