// Ranks that were started with what cannot work: each hears what it can do about it.
#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "collectives/rendezvous/client.h"
#include "collectives/rendezvous/server.h"
#include "harness/core/error.h"

using namespace assay::rendezvous;

namespace {

constexpr const char* kSecret = "a secret of this test";

ServerOptions world_of_two() {
  ServerOptions options;
  options.host = "127.0.0.1";
  options.world_size = 2;
  options.token = kSecret;
  options.log = [](const std::string&) {};
  return options;
}

ClientOptions started_as(std::uint16_t port, int rank, int world_size, double deadline_s = 5) {
  return {{"127.0.0.1", port}, rank, world_size, kSecret, deadline_s};
}

std::string why_refused(const std::function<void()>& start) {
  try {
    start();
  } catch (const assay::Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("two processes with one rank are refused by name") {
    Server server(world_of_two());
    Client first(started_as(server.port(), 1, 2));
    CHECK(why_refused([&] {
            Client(started_as(server.port(), 1, 2));
          }).find("rank 1 has connected before") != std::string::npos);
    Client zero(started_as(server.port(), 0, 2));  // the first goes on
  }

  TEST_CASE("a rank of another world is refused and who waits for it hears of that at once") {
    Server server(world_of_two());
    Client first(started_as(server.port(), 1, 2));
    CHECK(why_refused([&] {
            Client(started_as(server.port(), 0, 3));
          }).find("rank 0 was started with world size 3") != std::string::npos);
    CHECK(why_refused([&] { first.barrier("start"); }) ==
          "rank 1: rank 0 was started with world size 3, rank 0 with 2");
  }

  TEST_CASE("a rank of another world ends no world that is whole") {
    Server server(world_of_two());
    Client zero(started_as(server.port(), 0, 2)), one(started_as(server.port(), 1, 2));
    CHECK(why_refused([&] { Client(started_as(server.port(), 1, 3)); }) != "accepted");
    zero.set("still", "here");
    CHECK(one.get("still") == "here");
  }

  TEST_CASE("an address that nobody listens at is refused with what each rank can do") {
    std::uint16_t free_port = 0;
    { free_port = Server(world_of_two()).port(); }
    CHECK(why_refused([&] {
            Client(started_as(free_port, 0, 2, 0.3));
          }).ends_with("it must be an address of rank 0's own host"));
    CHECK(why_refused([&] {
            Client(started_as(free_port, 1, 2, 0.3));
          }).ends_with("is rank 0 running?"));
  }
}
