// The rendezvous's state without its sockets: keys, gatherings, ranks that joined or were lost.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "collectives/rendezvous/wire.h"

namespace assay::rendezvous {

/// Answers requests, at once or later. Not thread-safe: the server's one thread owns it.
class Meeting {
 public:
  /// Sends `response` to `rank`, which has at most one request open at a time.
  using Answer = std::function<void(int rank, const Response& response)>;

  Meeting(int world_size, Answer answer);

  /// Returns false if the rank has already joined.
  bool join(int rank, const std::string& address);
  /// The rank's connection ended. Returns true if it did not leave first: somebody may say why
  /// before it is `lost`.
  bool gone(int rank);
  /// Every rank that waits for this one receives an answer.
  void lost(int rank);
  /// Why a rank is lost, from its own machine: every rank's wait ends with it, now and later.
  void lost_because(int rank, const std::string& why);
  /// A rank was started for another world: ranks that still wait for it would wait in vain.
  void refuse_start(const std::string& why);
  void request(int rank, const Request& request);
  /// The open request of `rank` has timed out: it is answered with the ranks that are missing.
  void expired(int rank);
  /// A rank was lost or ended the run: ranks that have not asked yet will ask why.
  bool has_failed() const;

 private:
  enum class Presence { never, here, left, lost };
  struct Member {
    Presence presence = Presence::never;
    std::string address;
    std::string why_lost;
    bool waiting = false;
    Request open;
  };

  void answer(int rank, bool ok, const std::string& text);
  void fail_waiting(const std::string& why);
  void arrive(int rank);
  void answer_roll_calls(bool time_is_up);
  bool complete(const Request& request) const;
  void finish(const Request& request);
  std::string missing(const Request& request) const;
  std::string lost_line() const;
  bool waits_for_everyone(const Member& member) const;
  bool is_heard(const Member& member) const;
  bool any_is(Presence presence) const;
  bool same_gathering(const Member& member, const Request& request) const;

  std::vector<Member> members_;
  std::map<std::string, std::string> keys_;
  std::string aborted_;
  Answer answer_;
};

}  // namespace assay::rendezvous
