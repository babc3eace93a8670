// Messages between the two processes of a run arrive whole, in order, or not at all.
#include "harness/run/channel.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <thread>

#include "harness/core/error.h"

using namespace assay;

TEST_SUITE("unit") {
  TEST_CASE("messages larger than a socket's buffer arrive whole and in order") {
    auto [here, there] = run::Channel::pair();
    const Json large = std::string(3'000'000, 'x');
    std::thread writer([&, &to = there] {
      CHECK(to.send(large));
      CHECK(to.send(Json{{"second", 2}}));
    });
    CHECK(here.receive() == large);
    CHECK(here.receive().at("second") == 2);
    writer.join();
  }

  TEST_CASE("a message that ends in its middle is no message") {
    auto [here, there] = run::Channel::pair();
    const std::uint64_t length = 100;
    REQUIRE(send(there.descriptor(), &length, sizeof length, 0) == sizeof length);
    CHECK(here.take_in());
    CHECK_FALSE(here.next());
    { const run::Channel gone = std::move(there); }
    CHECK_FALSE(here.take_in());
    CHECK_THROWS_AS(here.receive(), Error);
    CHECK_FALSE(here.send(Json::object()));
  }

  TEST_CASE("a message that nobody answers is given up when the patience is over") {
    auto [here, there] = run::Channel::pair();
    here.set_patience(0.5);
    CHECK_THROWS_WITH_AS(here.receive(), doctest::Contains("did not answer within 0.5 s"), Error);
    const Json larger_than_the_buffer = std::string(3'000'000, 'x');
    CHECK_THROWS_AS((void)here.send(larger_than_the_buffer), Error);
  }

  TEST_CASE("text that is no UTF-8 does not break a message") {
    auto [here, there] = run::Channel::pair();
    CHECK(there.send(Json{{"reason", "a library says \xff"}}));
    CHECK(here.receive().at("reason").get<std::string>().starts_with("a library says "));
  }
}
