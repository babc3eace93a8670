// The rendezvous client: a rank has one question open at a time, so each step runs Asio until that
// step has ended or its time is up.
#include "collectives/rendezvous/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio.hpp>
#include <thread>

#include "collectives/rendezvous/close_on_exec.h"
#include "harness/core/digest.h"
#include "harness/core/error.h"

namespace assay::rendezvous {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

steady_clock::duration seconds(double count) {
  return std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(count));
}

// The server answers a missed deadline by naming who is missing; the client gives that answer
// this long to arrive before it gives up on the server itself.
constexpr double kAnswerGrace_s = 2;
// An address that does not answer must not use up the time of those after it.
constexpr double kLongestConnect_s = 5;

steady_clock::time_point after(double count) { return steady_clock::now() + seconds(count); }

}  // namespace

/// The socket to rank 0, whose every step ends by a moment or throws Error.
class Client::Connection {
 public:
  /// Tries again and again until `end`: rank 0 may not listen yet.
  Connection(const ClientOptions& options, Moment end) : options_(options) {
    constexpr auto kPause = std::chrono::milliseconds(100);
    while (const error_code error = try_addresses(end)) {
      if (steady_clock::now() + kPause >= end)
        throw Error(fmt::format("rank {} could not reach {} within {:g} s ({}); {}", options_.rank,
                                where(), options_.deadline_s, error.message(),
                                options_.rank == 0 ? "it must be an address of rank 0's own host"
                                                   : "is rank 0 running?"));
      std::this_thread::sleep_for(kPause);
    }
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
  }

  void send(std::string_view bytes, Moment end) {
    expect(run(end, [&](const auto& done) {
      asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), done);
    }));
  }
  std::string receive(std::size_t count, Moment end) {
    std::string bytes(count, '\0');
    expect(
        run(end, [&](const auto& done) { asio::async_read(socket_, asio::buffer(bytes), done); }));
    return bytes;
  }
  /// What there is, once there is some.
  std::string_view receive_some(Moment end) {
    std::size_t received = 0;
    expect(run(end, [&](const auto& done) {
      socket_.async_read_some(asio::buffer(chunk_),
                              [&received, done](error_code error, std::size_t count) {
                                received = count;
                                done(error, count);
                              });
    }));
    return {chunk_.data(), received};
  }

  std::string local_address() const {
    error_code ignored;
    return socket_.local_endpoint(ignored).address().to_string();
  }
  std::string where() const {
    return fmt::format(
        "the rendezvous at {} (rank 0)",
        host_and_port(options_.rendezvous.host, std::to_string(options_.rendezvous.port)));
  }

 private:
  /// The error of the last address.
  error_code try_addresses(Moment end) {
    error_code error;
    tcp::resolver resolver(io_);
    const auto addresses =
        resolver.resolve(options_.rendezvous.host, std::to_string(options_.rendezvous.port),
                         tcp::resolver::numeric_service, error);
    if (error) return error;  // a headless Service's name appears only when its pod does
    auto untried = static_cast<int>(addresses.size());
    for (const auto& address : addresses) {
      const Moment now = steady_clock::now();
      const auto share = std::min((end - now) / untried--, seconds(kLongestConnect_s));
      error = try_address(address.endpoint(), now + share);
      if (!error) break;
    }
    return error;
  }

  error_code try_address(const tcp::endpoint& address, Moment end) {
    error_code error;
    socket_.close(error);
    socket_.open(address.protocol(), error);
    if (error) return error;
    close_on_exec(socket_);
    return run(end, [&](const auto& done) { socket_.async_connect(address, done); });
  }

  /// Runs one operation that `start` begins; `timed_out` when it has not ended by then.
  template <class Start>
  error_code run(Moment end, const Start& start) {
    bool has_ended = false;
    error_code result;
    start([&](error_code error, auto&&...) {
      has_ended = true;
      result = error;
    });
    io_.restart();
    io_.run_until(end);
    if (has_ended) return result;
    error_code ignored;
    socket_.cancel(ignored);
    io_.run();
    return asio::error::timed_out;
  }

  void expect(const error_code& error) const {
    if (!error) return;
    if (error == asio::error::timed_out)
      throw Error(fmt::format("{} did not answer rank {} within {:g} s", where(), options_.rank,
                              options_.deadline_s));
    if (error == asio::error::eof)
      throw Error(fmt::format("{} closed the connection of rank {}", where(), options_.rank));
    throw Error(fmt::format("rank {} lost {}: {}", options_.rank, where(), error.message()));
  }

  const ClientOptions& options_;
  asio::io_context io_;
  tcp::socket socket_{io_};
  std::array<char, 65536> chunk_;
};

Client::Client(ClientOptions options) : options_(std::move(options)) {
  const Moment end = after(options_.deadline_s);
  try {
    connection_ = std::make_unique<Connection>(options_, end);
  } catch (const boost::system::system_error& error) {  // no file descriptor for Asio to wait with
    throw Error(
        fmt::format("rank {} cannot open a connection: {}", options_.rank, error.code().message()));
  }
  handshake(end);
}

Client::~Client() {
  try {
    const Moment end = after(0.1);  // a courtesy: a rank that leaves is not a rank that was lost
    connection_->send(keys_[0].seal(encode(Request{Operation::leave, 0, "", ""})), end);
    receive_response(end);
  } catch (const std::exception&) {  // the server may be gone already
  }
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

std::string Client::local_address() const { return connection_->local_address(); }

std::vector<std::string> Client::gather(const std::string& name, const std::string& value) {
  const std::string gathered = call(Operation::gather, name, value);
  return options_.rank == 0 ? decode_list(gathered) : std::vector<std::string>{};
}

void Client::handshake(Moment end) {
  const std::string hello = encode(Hello{static_cast<std::uint32_t>(options_.rank),
                                         static_cast<std::uint32_t>(options_.world_size),
                                         random_nonce(), options_.is_for_lost});
  connection_->send(hello, end);
  const std::string challenge = connection_->receive(kChallengeBytes, end);
  const std::string nonce = challenge.substr(0, kNonceBytes);
  if (!equal_in_constant_time(challenge.substr(kNonceBytes),
                              challenge_tag(options_.token, hello, nonce)))
    throw Error(
        fmt::format("{} holds another token than rank {}: give every rank the same --token-file",
                    connection_->where(), options_.rank));
  connection_->send(proof_tag(options_.token, hello, nonce), end);
  keys_.emplace_back(options_.token, hello, nonce, FrameKey::Direction::to_server);
  keys_.emplace_back(options_.token, hello, nonce, FrameKey::Direction::to_client);
  const Response welcome = receive_response(end);
  if (!welcome.ok) throw Error(fmt::format("{} refused: {}", connection_->where(), welcome.text));
}

std::string Client::call(Operation operation, const std::string& name, const std::string& value) {
  return call(operation, name, value, options_.deadline_s, kAnswerGrace_s);
}

std::string Client::call(Operation operation, const std::string& name, const std::string& value,
                         double patience_s, double grace_s) {
  const auto deadline_ms = static_cast<std::uint32_t>(patience_s * 1000);
  const Moment end = after(patience_s + grace_s);
  connection_->send(keys_[0].seal(encode(Request{operation, deadline_ms, name, value})), end);
  Response response = receive_response(end);
  if (!response.ok) throw Error(fmt::format("rank {}: {}", options_.rank, response.text));
  return std::move(response.text);
}

Response Client::receive_response(Moment end) {
  try {
    for (;;) {
      if (const auto frame = splitter_.next()) return decode_response(keys_[1].open(*frame));
      splitter_.feed(connection_->receive_some(end));
    }
  } catch (const WireError& error) {
    throw Error(
        fmt::format("{} sent what no rendezvous sends: {}", connection_->where(), error.what()));
  }
}

}  // namespace assay::rendezvous
