// Ranks as processes of their own meet, gather, and are told who is missing.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "collectives/rendezvous/reachable_address.h"
#include "tests/collectives/rank_process.h"
#include "tests/not_run.h"

using namespace assay::rendezvous;

namespace {

void require_ipv6() {
  const int probe = socket(AF_INET6, SOCK_STREAM, 0);
  sockaddr_in6 loopback{};
  loopback.sin6_family = AF_INET6;
  loopback.sin6_addr = in6addr_loopback;
  const bool has_ipv6 =
      probe >= 0 && bind(probe, reinterpret_cast<sockaddr*>(&loopback), sizeof loopback) == 0;
  if (probe >= 0) close(probe);
  if (!has_ipv6) assay::test::not_run("this host has no IPv6 loopback address");
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("keys and barriers and gathers work among five processes") {
    std::vector<std::unique_ptr<RankProcess>> others;
    for (int rank = 1; rank < 5; ++rank)
      others.push_back(std::make_unique<RankProcess>([rank](std::uint16_t port) {
        Client me(client(port, rank, 5));
        if (me.get("id") != "made by rank 0") throw std::runtime_error("wrong id");
        me.barrier("start");
        me.gather("facts", "rank " + std::to_string(rank));
      }));
    Server server(serving(5));
    for (auto& other : others) other->start(server.port());
    Client me(client(server.port(), 0, 5));
    me.set("id", "made by rank 0");
    me.barrier("start");
    CHECK(me.gather("facts", "rank 0") ==
          std::vector<std::string>{"rank 0", "rank 1", "rank 2", "rank 3", "rank 4"});
    for (auto& other : others) CHECK(other->succeeded());
  }

  TEST_CASE("no socket of the rendezvous is inherited by a program that a rank starts") {
    const Server server(serving(2));
    const Client zero(client(server.port(), 0, 2));
    const Client one(client(server.port(), 1, 2));
    int sockets = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      if (!std::filesystem::read_symlink(entry, gone).string().starts_with("socket:")) continue;
      const int flags = fcntl(std::stoi(entry.path().filename()), F_GETFD);
      CHECK((flags & FD_CLOEXEC) != 0);
      ++sockets;
    }
    CHECK(sockets >= 5);  // the one that listens and both ends of two connections
  }

  TEST_CASE("a missed deadline names ranks that never came and ranks that were late") {
    RankProcess late([](std::uint16_t port) {
      Client me(client(port, 2, 5));
      me.set("rank 2", "is here");
      std::this_thread::sleep_for(std::chrono::seconds(30));
    });
    Server server(serving(5));
    late.start(server.port());
    Client one(client(server.port(), 1, 5));
    CHECK(one.get("rank 2") == "is here");
    Client me(client(server.port(), 0, 5, 0.5));
    const std::string line = refusal([&] { me.barrier("start"); });
    CHECK(
        line ==
        "rank 0: 'start' was not reached by everyone within 0.5 s: rank 3-4 never connected; rank "
        "1 (127.0.0.1) did not arrive; rank 2 (127.0.0.1) did not arrive");
  }

  TEST_CASE("an abort ends every wait with its reason") {
    RankProcess other([](std::uint16_t port) {
      Client me(client(port, 1, 2));
      me.abort("the disk is full");
    });
    Server server(serving(2));
    other.start(server.port());
    Client me(client(server.port(), 0, 2));
    CHECK(refusal([&] { me.barrier("start"); }) ==
          "rank 0: rank 1 ended the run: the disk is full");
    CHECK(other.succeeded());
  }

  TEST_CASE("a client that starts before the server finds it") {
    std::uint16_t free_port = 0;
    { free_port = Server(serving(1)).port(); }
    RankProcess early([](std::uint16_t port) {
      Client me(client(port, 1, 2));
      me.barrier("start");
    });
    early.start(free_port);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    ServerOptions options = serving(2);
    options.port = free_port;
    Server server(options);
    Client me(client(server.port(), 0, 2));
    me.barrier("start");
    CHECK(early.succeeded());
  }

  TEST_CASE("ranks come by IPv4 and by IPv6 to one server and are named as they came") {
    require_ipv6();
    ServerOptions options = serving(3);
    options.host = "";
    Server server(options);
    Client zero({{"::1", server.port()}, 0, 3, kToken, 0.5});
    Client one({{"127.0.0.1", server.port()}, 1, 3, kToken, 10});
    zero.set("by", "IPv6");
    CHECK(one.get("by") == "IPv6");
    CHECK(zero.local_address() == "::1");
    CHECK(one.local_address() == "127.0.0.1");
    CHECK(refusal([&] {
            zero.barrier("start");
          }).find("rank 2 never connected; rank 1 (127.0.0.1) did not arrive") !=
          std::string::npos);
  }

  TEST_CASE("every address of a name is tried") {
    Server server(
        serving(1));  // at 127.0.0.1 alone, which may be the last of localhost's addresses
    const Client me({{"localhost", server.port()}, 0, 1, kToken, 10});
    CHECK(me.local_address() == "127.0.0.1");
  }

  TEST_CASE("ranks of different address families are told so and by name") {
    require_ipv6();
    ServerOptions options = serving(2);
    options.host = "";
    Server server(options);
    std::string told_to_other;
    std::thread other([&] {
      Client one({{"127.0.0.1", server.port()}, 1, 2, kToken, 10});
      told_to_other = refusal([&] { reachable_address(one); });
    });
    Client zero({{"::1", server.port()}, 0, 2, kToken, 10});
    const std::string line = refusal([&] { reachable_address(zero); });
    other.join();
    CHECK(line.find("rank 0 uses IPv6 (::1) and rank 1 uses IPv4 (127.0.0.1)") == 0);
    CHECK(told_to_other == line);
  }

  TEST_CASE("a server that never comes is an error within the deadline") {
    std::uint16_t port = 0;
    { port = Server(serving(1)).port(); }
    const std::string line = refusal([&] { Client me({{"127.0.0.1", port}, 1, 2, kToken, 0.4}); });
    CHECK(line.find("rank 1 could not reach the rendezvous at 127.0.0.1:") == 0);
    CHECK(line.find("Connection refused") != std::string::npos);
  }

  TEST_CASE("a process without free file descriptors says so in one line") {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    const rlimit none{3, files.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    const std::string line = refusal([&] { Client me(client(1, 1, 2, 0.4)); });
    setrlimit(RLIMIT_NOFILE, &files);
    CHECK(line == "rank 1 cannot open a connection: Too many open files");
  }

  TEST_CASE("a port that is taken is an error that names it") {
    Server server(serving(1));
    ServerOptions options = serving(1);
    options.port = server.port();
    CHECK(refusal([&] { Server second(options); }).find("Address already in use") !=
          std::string::npos);
  }
}
