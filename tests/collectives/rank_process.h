// A rank that is a process of its own, for tests of the rendezvous.
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>

#include "collectives/rendezvous/client.h"
#include "collectives/rendezvous/server.h"
#include "harness/core/error.h"

namespace assay::rendezvous {

inline constexpr const char* kToken = "a shared token";

inline ClientOptions client(std::uint16_t port, int rank, int world_size, double deadline_s = 10) {
  return {{"127.0.0.1", port}, rank, world_size, kToken, deadline_s};
}

inline ServerOptions serving(int world_size) {
  ServerOptions options;
  options.host = "127.0.0.1";
  options.world_size = world_size;
  options.token = kToken;
  return options;
}

/// A rank as a child process: its body's exception is its exit code. It is forked before there is a
/// server, and told the port later: a lock that the server's thread held during the fork (the
/// allocator's, under AddressSanitizer) would stay locked in the child for ever.
class RankProcess {
 public:
  explicit RankProcess(const std::function<void(std::uint16_t port)>& body) {
    if (pipe(port_) != 0) throw std::runtime_error("no pipe");
    pid_ = fork();
    if (pid_ != 0) return;
    close(port_[1]);  // so that it ends with the parent
    int code = 1;
    try {
      std::uint16_t port = 0;
      if (read(port_[0], &port, sizeof port) == sizeof port) {
        body(port);
        code = 0;
      }
    } catch (const std::exception&) {
    }
    _exit(code);
  }
  ~RankProcess() {
    for (const int end : port_) close(end);
    if (waited_) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  RankProcess(const RankProcess&) = delete;
  RankProcess& operator=(const RankProcess&) = delete;

  void start(std::uint16_t port) const {
    REQUIRE(write(port_[1], &port, sizeof port) == sizeof port);
  }
  void signal(int number) const { kill(pid_, number); }
  bool succeeded() {
    int status = 0;
    waitpid(pid_, &status, 0);
    waited_ = true;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  int port_[2] = {};
  pid_t pid_ = -1;
  bool waited_ = false;
};

inline std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const assay::Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace assay::rendezvous
