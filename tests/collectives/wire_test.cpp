// The rendezvous protocol's bytes: round trips, and what must be refused.
#include "collectives/rendezvous/wire.h"

#include <doctest/doctest.h>

#include <random>

#include "collectives/rendezvous/server.h"

using namespace assay::rendezvous;

namespace {

FrameKey key(FrameKey::Direction direction, std::string_view nonce = "nonce-nonce-none") {
  return FrameKey("token", "hello", nonce, direction);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a frame opens once and only with its own key and direction") {
    FrameKey sender = key(FrameKey::Direction::to_server);
    const std::string first = sender.seal("one"), second = sender.seal("two");
    FrameKey receiver = key(FrameKey::Direction::to_server);
    CHECK(receiver.open(first) == "one");
    CHECK_THROWS_WITH_AS(receiver.open(first), "frame is replayed or reordered", WireError);
    CHECK(receiver.open(second) == "two");
    FrameKey reflected = key(FrameKey::Direction::to_client);
    CHECK_THROWS_WITH_AS(reflected.open(first), "frame has a wrong tag", WireError);
    FrameKey other = key(FrameKey::Direction::to_server, "another-nonce-16");
    CHECK_THROWS_WITH_AS(other.open(first), "frame has a wrong tag", WireError);
  }

  TEST_CASE("a frame with any one byte changed does not open") {
    const std::string frame = key(FrameKey::Direction::to_server).seal("a body");
    for (std::size_t i = 4; i < frame.size(); ++i) {
      std::string changed = frame;
      changed[i] ^= 1;
      FrameKey receiver = key(FrameKey::Direction::to_server);
      CHECK_THROWS_AS(receiver.open(changed), WireError);
    }
  }

  TEST_CASE("requests and responses survive the trip and a list that lies does not") {
    const Request request{Operation::gather, 1234, "results", std::string("\0binary\xff", 8)};
    const Request back = decode_request(encode(request));
    CHECK(back.operation == request.operation);
    CHECK(back.deadline_ms == 1234);
    CHECK(back.name == "results");
    CHECK(back.value == request.value);
    CHECK(decode_response(encode(Response{false, "why"})).text == "why");
    CHECK(decode_list(encode_list({"a", "", "c"})) == std::vector<std::string>{"a", "", "c"});
    CHECK_THROWS_AS(decode_list(std::string("\xff\xff\xff\xff", 4)), WireError);
  }

  TEST_CASE("the bytes of messages are those that every version sends") {
    using namespace std::string_literals;
    const Operation operations[] = {Operation::set,      Operation::get,   Operation::barrier,
                                    Operation::gather,   Operation::abort, Operation::leave,
                                    Operation::roll_call};
    char code = 1;
    for (const Operation operation : operations) {
      const std::string bytes = std::string(1, code++) + "\0\0\1\2\0\0\0\1n\0\0\0\2vw"s;
      CHECK(encode(Request{operation, 258, "n", "vw"}) == bytes);
      CHECK(decode_request(bytes).operation == operation);
    }
    for (const char unknown : {'\0', code})
      CHECK_THROWS_WITH_AS(decode_request(std::string(1, unknown) + std::string(12, '\0')),
                           "request has an unknown operation", WireError);
    CHECK(encode(Request()) == "\1\0\0\0\0\0\0\0\0\0\0\0\0"s);
    CHECK(encode(Response{true, "a"}) == "\1\0\0\0\1a"s);
    CHECK(encode(Response()) == "\0\0\0\0\0"s);
    CHECK(encode_list({"a", ""}) == "\0\0\0\2\0\0\0\1a\0\0\0\0"s);
    const std::string nonce = "0123456789abcdef";
    CHECK(encode(Hello{1, 2, nonce, false}) == "ASSAYRV1\0\0\0\1\0\0\0\2"s + nonce);
    CHECK(encode(Hello{1, 2, nonce, true}) == "ASSAYRV1\x80\0\0\1\0\0\0\2"s + nonce);
    CHECK(encode(Hello{0, 0, nonce}) == "ASSAYRV1\0\0\0\0\0\0\0\0"s + nonce);
  }

  TEST_CASE("a frame of no body is the shortest and one byte less or too much is refused") {
    const auto with_length = [](std::uint32_t length, std::size_t follows) {
      std::string bytes;
      for (int shift = 24; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<char>(length >> shift & 0xFF));
      FrameSplitter splitter;
      splitter.feed(bytes + std::string(follows, 'x'));
      return splitter.next();
    };
    constexpr std::uint32_t kLeast = 8 + 32, kMost = (64 << 20) + 8 + 32;
    CHECK(with_length(kLeast, kLeast)->size() == 4 + kLeast);
    CHECK_FALSE(with_length(kLeast, kLeast - 1));
    CHECK_FALSE(with_length(kMost, 0));
    for (const std::uint32_t length : {std::uint32_t{0}, kLeast - 1, kMost + 1, ~std::uint32_t{0}})
      CHECK_THROWS_WITH_AS(with_length(length, 0), "frame has an impossible length", WireError);
    FrameSplitter splitter;
    splitter.feed(std::string(3, '\0'));
    CHECK_FALSE(splitter.next());
    FrameKey receiver = key(FrameKey::Direction::to_server);
    CHECK_THROWS_WITH_AS(receiver.open(std::string(4 + kLeast - 1, 'x')), "frame is too short",
                         WireError);
    CHECK(receiver.open(key(FrameKey::Direction::to_server).seal("")) == "");
  }

  TEST_CASE("ranks are listed as a person writes them") {
    CHECK(rank_list({3}) == "3");
    CHECK(rank_list({0, 1, 2, 5, 7, 8}) == "0-2, 5, 7-8");
  }
}

TEST_SUITE("property") {
  TEST_CASE("frames come out whole however the bytes are cut") {
    std::mt19937 random(1);
    for (int round = 0; round < 200; ++round) {
      FrameKey sender = key(FrameKey::Direction::to_server);
      FrameKey receiver = key(FrameKey::Direction::to_server);
      std::vector<std::string> bodies;
      std::string bytes;
      for (int i = 0; i < 5; ++i) {
        bodies.push_back(std::string(random() % 300, static_cast<char>('a' + i)));
        bytes += sender.seal(bodies.back());
      }
      FrameSplitter splitter;
      std::vector<std::string> opened;
      for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t count = std::min<std::size_t>(1 + random() % 100, bytes.size() - at);
        splitter.feed(std::string_view(bytes).substr(at, count));
        at += count;
        while (const auto frame = splitter.next()) opened.push_back(receiver.open(*frame));
      }
      REQUIRE(opened == bodies);
    }
  }

  TEST_CASE("random bytes are refused and never crash the decoders") {
    std::mt19937 random(2);
    for (int round = 0; round < 20000; ++round) {
      std::string bytes(random() % 64, '\0');
      for (char& byte : bytes) byte = static_cast<char>(random());
      const auto refuse = [&](auto decode) {
        try {
          decode();
        } catch (const WireError&) {
        }
      };
      refuse([&] { decode_hello(bytes); });
      refuse([&] { decode_request(bytes); });
      refuse([&] { decode_response(bytes); });
      refuse([&] { decode_list(bytes); });
      refuse([&] {
        FrameSplitter splitter;
        splitter.feed(bytes);
        FrameKey receiver = key(FrameKey::Direction::to_server);
        while (const auto frame = splitter.next()) receiver.open(*frame);
      });
    }
  }
}
