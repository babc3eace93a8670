// Rank 0's side of the rendezvous: accepts authenticated ranks, stores keys, runs barriers and
// gathers, and names the missing ranks when a deadline passes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace assay::rendezvous {

struct ServerOptions {
  std::string host;        // the address to listen on; empty: all of this host, IPv6 and IPv4
  std::uint16_t port = 0;  // 0: any free port; see Server::port()
  int world_size = 1;
  std::string token;
  double handshake_s = 5;  // a connection that is not authenticated by then is closed
  double why_lost_s = 1;   // for a lost rank's reason to arrive, before the others hear of it
  double news_s = 2;       // how late a rank may ask why the run failed: the server stays for it
  /// Called with one line for each refused connection, once for each address and reason.
  std::function<void(const std::string&)> log = [](const std::string&) {};
};

/// Serves in a thread of its own from construction to destruction. Throws Error when it cannot
/// listen there.
class Server {
 public:
  explicit Server(ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;

 private:
  class Room;
  std::unique_ptr<Room> room_;
};

/// Formats ascending `ranks` for people: `3, 5-7`.
std::string rank_list(const std::vector<int>& ranks);

}  // namespace assay::rendezvous
