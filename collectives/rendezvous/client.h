// A rank's side of the rendezvous: connect, set and get, barrier, gather, each with a deadline.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "collectives/rendezvous/endpoint.h"
#include "collectives/rendezvous/wire.h"

namespace assay::rendezvous {

struct ClientOptions {
  Endpoint rendezvous;  // rank 0's
  int rank = 0;
  int world_size = 1;
  std::string token;
  double deadline_s = 60;  // for each call, connecting included
  /// This is not the rank but speaks for it: it may call abort() and nothing else, to say why the
  /// rank is lost.
  bool is_for_lost = false;
};

/// Calls block, and only one thread may make them. Every call throws Error when its deadline passes
/// or a rank it needs is lost, with a line that names the ranks.
class Client {
 public:
  /// Tries every address of the host repeatedly until rank 0 listens at one of them or the deadline
  /// passes.
  explicit Client(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  int rank() const { return options_.rank; }
  int world_size() const { return options_.world_size; }

  void set(const std::string& key, const std::string& value);
  /// Waits until some rank has set `key`.
  std::string get(const std::string& key);
  void barrier(const std::string& name);
  /// The same for ranks that may arrive up to `patience_s` apart.
  void barrier(const std::string& name, double patience_s);
  /// This host's address as rank 0 sees it, at which the other ranks can reach it.
  std::string local_address() const;
  /// Returns every rank's value in rank order on rank 0, and nothing on the others.
  std::vector<std::string> gather(const std::string& name, const std::string& value);
  /// After a loss: one line that names the ranks that were lost and those that do not answer within
  /// `patience_s`; empty when every rank answers. Every living rank must call it, or wait for the
  /// others at a barrier.
  std::string roll_call(double patience_s);
  /// Ends every rank's wait, now and later, with `why`.
  void abort(const std::string& why);

 private:
  using Moment = std::chrono::steady_clock::time_point;
  class Connection;

  void handshake(Moment end);
  std::string call(Operation operation, const std::string& name, const std::string& value);
  std::string call(Operation operation, const std::string& name, const std::string& value,
                   double patience_s, double grace_s);
  Response receive_response(Moment end);

  ClientOptions options_;
  std::unique_ptr<Connection> connection_;
  std::vector<FrameKey> keys_;  // to the server, from the server
  FrameSplitter splitter_;
};

}  // namespace assay::rendezvous
