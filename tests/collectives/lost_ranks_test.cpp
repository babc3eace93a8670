// Ranks that are killed or stopped: the others are told which, at once or when their patience is
// over.
#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "tests/collectives/rank_process.h"

using namespace assay::rendezvous;

namespace {

void wait_for_a_signal(std::uint16_t port, int rank, int world_size) {
  Client mine(client(port, rank, world_size));
  mine.barrier("start");
  pause();
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a killed rank is named at once and not at the deadline") {
    RankProcess victim([](std::uint16_t port) {
      Client me(client(port, 2, 3));
      me.barrier("one");
      std::this_thread::sleep_for(std::chrono::seconds(30));
    });
    RankProcess other([](std::uint16_t port) {
      Client me(client(port, 1, 3));
      me.barrier("one");
      me.barrier("two");
    });
    Server server(serving(3));
    victim.start(server.port());
    other.start(server.port());
    Client me(client(server.port(), 0, 3, 20));
    me.barrier("one");
    victim.signal(SIGKILL);
    const auto begun = std::chrono::steady_clock::now();
    CHECK_FALSE(other.succeeded());  // it has left because of the loss, and is not named for it
    CHECK(refusal([&] { me.barrier("two"); }) == "rank 0: rank 2 (127.0.0.1) was lost");
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(15));
  }

  TEST_CASE("who speaks for a lost rank says why to every wait now and later") {
    RankProcess victim([](std::uint16_t port) {
      Client me(client(port, 1, 3));
      me.barrier("one");
      std::_Exit(0);
    });
    RankProcess other([](std::uint16_t port) {
      Client me(client(port, 2, 3));
      me.barrier("one");
      me.barrier("two");
    });
    Server server(serving(3));
    victim.start(server.port());
    other.start(server.port());
    Client me(client(server.port(), 0, 3, 20));
    me.barrier("one");
    CHECK(victim.succeeded());
    ClientOptions supervisor = client(server.port(), 1, 3);
    supervisor.is_for_lost = true;
    Client(supervisor).abort("killed by signal 9");
    const std::string expected = "rank 1 (127.0.0.1) was lost: killed by signal 9";
    CHECK(refusal([&] { me.get("never set"); }) == "rank 0: " + expected);
    CHECK(refusal([&] { me.barrier("two"); }) == "rank 0: " + expected);
    CHECK_FALSE(other.succeeded());
  }

  TEST_CASE("a stopped rank is named at the deadline") {
    RankProcess stopped([](std::uint16_t port) {
      Client me(client(port, 1, 2));
      me.barrier("one");
      me.barrier("two");
    });
    Server server(serving(2));
    stopped.start(server.port());
    Client me(client(server.port(), 0, 2, 3));
    me.barrier("one");
    stopped.signal(SIGSTOP);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const std::string line = refusal([&] {
      me.barrier("two");
      me.barrier("three");
    });
    CHECK(line.find("rank 1 (127.0.0.1) did not arrive") != std::string::npos);
  }

  TEST_CASE("a roll call names a killed rank at once to everyone who asks") {
    RankProcess victim([](std::uint16_t port) { wait_for_a_signal(port, 3, 4); });
    std::vector<std::unique_ptr<RankProcess>> others;
    for (int rank = 1; rank < 3; ++rank)
      others.push_back(std::make_unique<RankProcess>([rank](std::uint16_t port) {
        Client mine(client(port, rank, 4));
        mine.barrier("start");
        const std::string line = mine.roll_call(20);
        if (line != "rank 3 (127.0.0.1) was lost") throw assay::Error(line);
      }));
    const Server server(serving(4));
    victim.start(server.port());
    for (auto& other : others) other->start(server.port());
    Client mine(client(server.port(), 0, 4));
    mine.barrier("start");
    victim.signal(SIGKILL);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(mine.roll_call(20) == "rank 3 (127.0.0.1) was lost");
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(15));
    for (auto& other : others) CHECK(other->succeeded());
  }

  TEST_CASE("a roll call names a stopped rank when the patience is over and no other") {
    RankProcess victim([](std::uint16_t port) { wait_for_a_signal(port, 2, 3); });
    // A rank that waits for the others is heard: it is told, and not accused.
    RankProcess waiting([](std::uint16_t port) {
      Client mine(client(port, 1, 3));
      mine.barrier("start");
      const std::string line = refusal([&] { mine.barrier("end"); });
      if (line != "rank 1: rank 2 (127.0.0.1) does not answer") throw assay::Error(line);
    });
    const Server server(serving(3));
    victim.start(server.port());
    waiting.start(server.port());
    Client mine(client(server.port(), 0, 3));
    mine.barrier("start");
    victim.signal(SIGSTOP);
    CHECK(mine.roll_call(0.5) == "rank 2 (127.0.0.1) does not answer");
    CHECK(waiting.succeeded());
  }

  TEST_CASE("a rank that asks late hears which rank was lost and is not accused before") {
    RankProcess victim([](std::uint16_t port) { wait_for_a_signal(port, 2, 3); });
    RankProcess late([](std::uint16_t port) {  // in a message of which its peer's end tells nothing
      Client mine(client(port, 1, 3));
      mine.barrier("start");
      std::this_thread::sleep_for(std::chrono::seconds(4));
      const std::string line = mine.roll_call(5);
      if (line != "rank 2 (127.0.0.1) was lost") throw assay::Error(line);
    });
    ServerOptions options = serving(3);
    options.news_s = 60;
    {
      const Server server(options);
      victim.start(server.port());
      late.start(server.port());
      Client mine(client(server.port(), 0, 3));
      mine.barrier("start");
      victim.signal(SIGKILL);
      CHECK(mine.roll_call(1.5) == "rank 2 (127.0.0.1) was lost");
    }
    CHECK(late.succeeded());
  }

  TEST_CASE("a roll call at which everyone answers names nobody") {
    RankProcess other([](std::uint16_t port) {
      Client mine(client(port, 1, 2));
      mine.barrier("start");
      if (!mine.roll_call(5).empty()) throw assay::Error("somebody was named");
    });
    const Server server(serving(2));
    other.start(server.port());
    Client mine(client(server.port(), 0, 2));
    mine.barrier("start");
    CHECK(mine.roll_call(5).empty());
    CHECK(other.succeeded());
  }
}
