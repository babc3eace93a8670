// How one deadline is spent when a peer is lost: half of it on hearing nothing from the peer, a
// quarter and at most two seconds on asking the rendezvous who it was.
#include "harness/run/peers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "harness/core/plain_text.h"
#include "harness/core/print.h"

namespace assay::run {

namespace {

rendezvous::ClientOptions client_options(const Meeting& meeting, double deadline_s) {
  // The client waits two seconds longer than it says, for the answer to arrive.
  const double waiting_s = std::max(deadline_s / 2, deadline_s - 2);
  return {meeting.facts.rendezvous, meeting.facts.rank, meeting.facts.world_size, meeting.token,
          waiting_s};
}

std::unique_ptr<rendezvous::Server> serve(const Meeting& meeting, double deadline_s) {
  if (meeting.facts.rank != 0) return nullptr;
  rendezvous::ServerOptions options;
  options.port = meeting.facts.rendezvous.port;
  options.world_size = meeting.facts.world_size;
  options.token = meeting.token;
  // Gloo does not wake a rank that is in the middle of a large message to a lost one: it asks when
  // its own wait is over.
  options.news_s = deadline_s / 2 + 1;
  options.log = [](const std::string& line) {
    print(stderr, fmt::format("assay: {}\n", plain_line(line)));
  };
  return std::make_unique<rendezvous::Server>(std::move(options));
}

}  // namespace

Peers::Peers(const Meeting& meeting, double deadline_s)
    : deadline_s_(deadline_s),
      server_(serve(meeting, deadline_s)),
      client_(std::make_unique<rendezvous::Client>(client_options(meeting, deadline_s))) {}

std::string Peers::who_was_lost(const LostPeer& lost) {
  try {
    const std::string line = client_->roll_call(deadline_s_ / 4);
    if (!line.empty()) return fmt::format("{} ({})", line, lost.what());
    return fmt::format("every rank still answers, but the network between two of them broke: {}",
                       lost.what());
  } catch (const Error& error) {
    return fmt::format("{} ({})", error.what(), lost.what());
  }
}

void Peers::abort(const std::string& why) noexcept {
  try {
    client_->abort(why);
  } catch (const std::exception&) {
    // The rendezvous is what broke, or has ended the run already.
  }
}

void say_why_lost(const Meeting& meeting, const std::string& why) noexcept {
  if (meeting.facts.rank == 0) return;  // the rendezvous is lost with it
  constexpr double kPatience_s = 1;
  try {
    rendezvous::ClientOptions options = client_options(meeting, kPatience_s);
    options.is_for_lost = true;
    rendezvous::Client(options).abort(why);
  } catch (const std::exception&) {
    // As in Peers::abort().
  }
}

}  // namespace assay::run
