// The other processes of a run, connected through its rendezvous.
#pragma once

#include <memory>
#include <string>

#include "collectives/communicator.h"
#include "collectives/rendezvous/client.h"
#include "collectives/rendezvous/rank_facts.h"
#include "collectives/rendezvous/server.h"

namespace assay::run {

/// What a process needs to know to meet the others.
struct Meeting {
  rendezvous::RankFacts facts;
  std::string token;
};

class Peers {
 public:
  /// Rank 0 listens; all connect. `deadline_s` is the longest time between the loss of a peer and
  /// the end of the run. Throws Error when the rendezvous cannot be reached.
  Peers(const Meeting& meeting, double deadline_s);

  rendezvous::Client& client() { return *client_; }
  /// One line for the user that names the lost peers. Waits as long as the rendezvous needs to find
  /// out.
  std::string who_was_lost(const LostPeer& lost);
  /// Ends the others' waiting with `why`, if the rendezvous still answers.
  void abort(const std::string& why) noexcept;

 private:
  double deadline_s_;
  std::unique_ptr<rendezvous::Server> server_;  // destroyed last: it answers the others' goodbyes
  std::unique_ptr<rendezvous::Client> client_;
};

/// From outside of a rank's process: tells the others why the rank is lost, if the rendezvous still
/// answers.
void say_why_lost(const Meeting& meeting, const std::string& why) noexcept;

}  // namespace assay::run
