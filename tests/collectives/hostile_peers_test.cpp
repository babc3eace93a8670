// What strangers send to the rendezvous: each is refused and logged once, and the run goes on.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "collectives/rendezvous/client.h"
#include "collectives/rendezvous/server.h"
#include "collectives/rendezvous/wire.h"
#include "harness/core/error.h"

using namespace assay::rendezvous;

namespace {

constexpr const char* kTheirToken = "a shared token";

/// A server of two ranks whose log can be read while it serves.
struct Watched {
  Watched() : server(options()) {}

  ServerOptions options() {
    ServerOptions made;
    made.host = "127.0.0.1";
    made.world_size = 2;
    made.token = kTheirToken;
    made.handshake_s = 0.5;
    made.log = [this](const std::string& line) {
      const std::lock_guard lock(mutex);
      lines.push_back(line);
    };
    return made;
  }
  /// How often a line with `part` was logged, given a moment to be.
  std::ptrdiff_t logged(const std::string& part, double within_s = 3) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(within_s);
    for (;;) {
      {
        const std::lock_guard lock(mutex);
        const auto count = std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
          return line.find(part) != std::string::npos;
        });
        if (count > 0 || std::chrono::steady_clock::now() > end) return count;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  void still_works() {
    Client zero({{"127.0.0.1", server.port()}, 0, 2, kTheirToken, 5});
    Client one({{"127.0.0.1", server.port()}, 1, 2, kTheirToken, 5});
    std::thread other([&] { one.barrier("still"); });
    zero.barrier("still");
    other.join();
  }

  std::mutex mutex;
  std::vector<std::string> lines;
  Server server;
};

/// A raw connection that says whatever it is told.
class Stranger {
 public:
  explicit Stranger(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  }
  ~Stranger() { close(socket_); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  bool say(std::string_view bytes) const {
    return send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  std::string receive(std::size_t count) const {
    std::string bytes(count, '\0');
    const ssize_t got = recv(socket_, bytes.data(), count, MSG_WAITALL);
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
  }
  bool closed_within(double seconds) const {
    pollfd waiting{socket_, POLLIN, 0};
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (std::chrono::steady_clock::now() < end) {
      if (poll(&waiting, 1, 20) <= 0) continue;
      char byte;
      if (recv(socket_, &byte, 1, 0) <= 0) return true;
    }
    return false;
  }

 private:
  int socket_;
};

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a wrong token is refused on both sides and logged once") {
    Watched watched;
    for (int attempt = 0; attempt < 3; ++attempt)
      CHECK_THROWS_WITH_AS(Client({{"127.0.0.1", watched.server.port()}, 1, 2, "another token", 2}),
                           doctest::Contains("holds another token than rank 1"), assay::Error);
    Stranger liar(watched.server.port());
    liar.say(encode(Hello{1, 2, random_nonce()}));
    liar.receive(kChallengeBytes);
    liar.say(std::string(kProofBytes, 'x'));
    CHECK(liar.closed_within(3));
    CHECK(watched.logged("holds another token") == 1);
    CHECK(watched.logged("closed the connection during the handshake") == 1);
    watched.still_works();
  }

  TEST_CASE("garbage is refused and logged once") {
    Watched watched;
    for (int attempt = 0; attempt < 5; ++attempt) {
      Stranger stranger(watched.server.port());
      stranger.say("GET / HTTP/1.1\r\nHost: somewhere.example\r\n\r\n");
      CHECK(stranger.closed_within(3));
    }
    CHECK(watched.logged("not an Assay rendezvous client") == 1);
    watched.still_works();
  }

  TEST_CASE("a half-open connection and a slow drip are closed at the handshake deadline") {
    Watched watched;
    Stranger silent(watched.server.port());
    Stranger slow(watched.server.port());
    const std::string hello = encode(Hello{1, 2, random_nonce()});
    std::thread drip([&] {
      for (const char byte : hello) {
        if (!slow.say({&byte, 1})) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
    });
    CHECK(silent.closed_within(3));
    CHECK(slow.closed_within(3));
    drip.join();
    CHECK(watched.logged("did not finish the handshake in time") == 1);
    watched.still_works();
  }

  TEST_CASE("a recorded handshake played again is refused") {
    Watched watched;
    const std::string hello = encode(Hello{1, 2, random_nonce()});
    std::string proof;
    {
      Stranger honest(watched.server.port());
      honest.say(hello);
      const std::string nonce = honest.receive(kChallengeBytes).substr(0, kNonceBytes);
      proof = proof_tag(kTheirToken, hello, nonce);  // what a listener on the wire would record
    }
    Stranger replay(watched.server.port());
    replay.say(hello);
    replay.receive(kChallengeBytes);
    replay.say(proof);
    CHECK(replay.closed_within(3));
    CHECK(watched.logged("holds another token") == 1);
    watched.still_works();
  }

  TEST_CASE("a rank that the world does not have is told so and let go") {
    for (const std::uint32_t rank : {2U, 3U, 0x7FFFFFFFU}) {
      CAPTURE(rank);
      Watched watched;
      Stranger stranger(watched.server.port());
      const std::string hello = encode(Hello{rank, 2, random_nonce()});
      stranger.say(hello);
      const std::string nonce = stranger.receive(kChallengeBytes).substr(0, kNonceBytes);
      stranger.say(proof_tag(kTheirToken, hello, nonce));
      const std::string why = "rank " + std::to_string(rank) + " does not exist in a world of 2";
      FrameKey key(kTheirToken, hello, nonce, FrameKey::Direction::to_client);
      const std::string body = encode(Response{false, why});
      const std::string frame = stranger.receive(4 + 8 + body.size() + kTagBytes);
      REQUIRE(frame.size() == 4 + 8 + body.size() + kTagBytes);
      CHECK(key.open(frame) == body);
      CHECK(stranger.closed_within(3));
      CHECK(watched.logged(why) == 1);
      watched.still_works();
    }
  }

  TEST_CASE("a frame played again after the handshake loses that rank and no other") {
    Watched watched;
    {
      Stranger rank(watched.server.port());
      const std::string hello = encode(Hello{1, 2, random_nonce()});
      rank.say(hello);
      const std::string nonce = rank.receive(kChallengeBytes).substr(0, kNonceBytes);
      rank.say(proof_tag(kTheirToken, hello, nonce));
      FrameKey key(kTheirToken, hello, nonce, FrameKey::Direction::to_server);
      const std::string frame = key.seal(encode(Request{Operation::set, 1000, "k", "v"}));
      rank.say(frame);
      rank.say(frame);
      CHECK(rank.closed_within(3));
    }
    CHECK(watched.logged("frame is replayed or reordered") == 1);
    Client zero({{"127.0.0.1", watched.server.port()}, 0, 2, kTheirToken, 5});
    CHECK(zero.get("k") == "v");
    CHECK_THROWS_WITH_AS(zero.barrier("b"), "rank 0: rank 1 (127.0.0.1) was lost", assay::Error);
  }

  TEST_CASE("a storm of random bytes at every stage leaves the server working") {
    Watched watched;
    std::mt19937 random(3);
    for (int round = 0; round < 200; ++round) {
      Stranger stranger(watched.server.port());
      std::string bytes(random() % 200, '\0');
      for (char& byte : bytes) byte = static_cast<char>(random());
      if (random() % 2 == 0)
        stranger.say(encode(Hello{static_cast<std::uint32_t>(random()), 2, random_nonce()}));
      stranger.say(bytes);
    }
    watched.still_works();
  }
}
