// The rendezvous client: plain sockets and poll, since a rank has one question open at a time.
#include "collectives/rendezvous/client.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include "harness/core/digest.h"
#include "harness/core/error.h"

namespace assay::rendezvous {

namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

steady_clock::time_point after(double seconds) {
  return steady_clock::now() +
         std::chrono::duration_cast<steady_clock::duration>(duration<double>(seconds));
}

// The server answers a missed deadline by naming who is missing; the client gives that answer
// this long to arrive before it gives up on the server itself.
constexpr double kAnswerGrace_s = 2;

}  // namespace

Client::Client(ClientOptions options) : options_(std::move(options)) {
  try {
    connect(after(options_.deadline_s));
  } catch (...) {
    if (socket_ >= 0) close(socket_);
    throw;
  }
}

Client::~Client() {
  try {
    const Moment end = after(0.1);  // a courtesy: a rank that leaves is not a rank that was lost
    send_all(keys_[0].seal(encode(Request{Operation::leave, 0, "", ""})), end);
    receive_response(end);
  } catch (const std::exception&) {  // the server may be gone already
  }
  close(socket_);
}

void Client::set(const std::string& key, const std::string& value) {
  call(Operation::set, key, value);
}
std::string Client::get(const std::string& key) { return call(Operation::get, key, ""); }
void Client::barrier(const std::string& name) { call(Operation::barrier, name, ""); }
void Client::barrier(const std::string& name, double patience_s) {
  call(Operation::barrier, name, "", patience_s, kAnswerGrace_s);
}
void Client::abort(const std::string& why) { call(Operation::abort, "", why); }
std::string Client::roll_call(double patience_s) {
  // A rank 0 that is lost itself never answers, and who waits for it still has to end in time.
  return call(Operation::roll_call, "", "", patience_s, std::min(kAnswerGrace_s, patience_s / 2));
}

std::string Client::local_address() const {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  std::array<char, 64> text{};
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (getsockname(socket_, plain, &size) != 0 ||
      getnameinfo(plain, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0)
    throw Error(fmt::format("rank {} cannot tell its own address", options_.rank));
  return text.data();
}

std::vector<std::string> Client::gather(const std::string& name, const std::string& value) {
  const std::string gathered = call(Operation::gather, name, value);
  return options_.rank == 0 ? decode_list(gathered) : std::vector<std::string>{};
}

std::string Client::where() const {
  return fmt::format("the rendezvous at {}:{} (rank 0)", options_.host, options_.port);
}

void Client::connect(Moment end) {
  while (!try_connect(end)) {
    if (steady_clock::now() >= end)
      throw Error(fmt::format("rank {} could not reach {} within {:g} s ({}); is rank 0 running?",
                              options_.rank, where(), options_.deadline_s, last_failure_));
    std::this_thread::sleep_for(milliseconds(100));
  }
  handshake(end);
}

bool Client::try_connect(Moment end) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(options_.host.c_str(), std::to_string(options_.port).c_str(), &hints, &found);
  if (error != 0) {  // a headless Service's name appears only when its pod does
    last_failure_ = gai_strerror(error);
    return false;
  }
  for (const addrinfo* each = found; each != nullptr && socket_ < 0; each = each->ai_next) {
    const int candidate =
        socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, each->ai_protocol);
    if (candidate < 0) {
      last_failure_ = std::strerror(errno);
      continue;
    }
    int state = ::connect(candidate, each->ai_addr, each->ai_addrlen) == 0 ? 0 : errno;
    if (state == EINPROGRESS) {
      pollfd waiting{candidate, POLLOUT, 0};
      const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now()).count();
      poll(&waiting, 1, static_cast<int>(std::clamp<long>(left, 0, 5000)));
      socklen_t size = sizeof(state);
      state = ETIMEDOUT;
      if (waiting.revents != 0) getsockopt(candidate, SOL_SOCKET, SO_ERROR, &state, &size);
    }
    if (state == 0) {
      socket_ = candidate;
    } else {
      last_failure_ = std::strerror(state);
      close(candidate);
    }
  }
  freeaddrinfo(found);
  if (socket_ < 0) return false;
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return true;
}

void Client::handshake(Moment end) {
  const std::string hello =
      encode(Hello{static_cast<std::uint32_t>(options_.rank),
                   static_cast<std::uint32_t>(options_.world_size), random_nonce()});
  send_all(hello, end);
  const std::string challenge = receive(kChallengeBytes, end);
  const std::string nonce = challenge.substr(0, kNonceBytes);
  if (!equal_in_constant_time(challenge.substr(kNonceBytes),
                              challenge_tag(options_.token, hello, nonce)))
    throw Error(
        fmt::format("{} holds another token than rank {}: give every rank the same "
                    "--token-file",
                    where(), options_.rank));
  send_all(proof_tag(options_.token, hello, nonce), end);
  keys_.emplace_back(options_.token, hello, nonce, FrameKey::Direction::to_server);
  keys_.emplace_back(options_.token, hello, nonce, FrameKey::Direction::to_client);
  const Response welcome = receive_response(end);
  if (!welcome.ok) throw Error(fmt::format("{} refused: {}", where(), welcome.text));
}

std::string Client::call(Operation operation, const std::string& name, const std::string& value) {
  return call(operation, name, value, options_.deadline_s, kAnswerGrace_s);
}

std::string Client::call(Operation operation, const std::string& name, const std::string& value,
                         double patience_s, double grace_s) {
  const auto deadline_ms = static_cast<std::uint32_t>(patience_s * 1000);
  const Moment end = after(patience_s + grace_s);
  send_all(keys_[0].seal(encode(Request{operation, deadline_ms, name, value})), end);
  Response response = receive_response(end);
  if (!response.ok) throw Error(fmt::format("rank {}: {}", options_.rank, response.text));
  return std::move(response.text);
}

Response Client::receive_response(Moment end) {
  try {
    for (;;) {
      if (const auto frame = splitter_.next()) return decode_response(keys_[1].open(*frame));
      wait_for(POLLIN, end);
      std::array<char, 65536> chunk;
      const ssize_t count = recv(socket_, chunk.data(), chunk.size(), 0);
      if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        throw Error(fmt::format("rank {} lost {}", options_.rank, where()));
      if (count > 0) splitter_.feed({chunk.data(), static_cast<std::size_t>(count)});
    }
  } catch (const WireError& error) {
    throw Error(fmt::format("{} sent what no rendezvous sends: {}", where(), error.what()));
  }
}

void Client::send_all(std::string_view bytes, Moment end) {
  while (!bytes.empty()) {
    const ssize_t count = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN || errno == EINTR) {
      wait_for(POLLOUT, end);
    } else {
      throw Error(fmt::format("rank {} lost {}: {}", options_.rank, where(), std::strerror(errno)));
    }
  }
}

std::string Client::receive(std::size_t count, Moment end) {
  std::string bytes(count, '\0');
  for (std::size_t have = 0; have < count;) {
    wait_for(POLLIN, end);
    const ssize_t got = recv(socket_, bytes.data() + have, count - have, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
      throw Error(fmt::format("{} closed the connection in the handshake of rank {}", where(),
                              options_.rank));
    if (got > 0) have += static_cast<std::size_t>(got);
  }
  return bytes;
}

void Client::wait_for(short events, Moment end) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now()).count();
    if (left <= 0)
      throw Error(fmt::format("{} did not answer rank {} within {:g} s", where(), options_.rank,
                              options_.deadline_s));
    pollfd waiting{socket_, events, 0};
    if (poll(&waiting, 1, static_cast<int>(std::min<long>(left, 1000))) > 0) return;
  }
}

}  // namespace assay::rendezvous
