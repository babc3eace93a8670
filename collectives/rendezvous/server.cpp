// The rendezvous server's sockets: one thread, one handshake deadline a connection, one log line a
// reason. What ranks ask of each other is decided in meeting.cpp.
#include "collectives/rendezvous/server.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio.hpp>
#include <chrono>
#include <deque>
#include <set>
#include <thread>

#include "collectives/rendezvous/close_on_exec.h"
#include "collectives/rendezvous/meeting.h"
#include "collectives/rendezvous/wire.h"
#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/measure/threads.h"

namespace assay::rendezvous {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

/// A socket a rank and some to spare; what the hard limit does not allow, accept reports.
void raise_file_limit(int world_size) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const auto wanted = static_cast<rlim_t>(world_size) + 1024;
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

steady_clock::duration seconds_of(double count) {
  return std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(count));
}

/// A socket of both families sees an IPv4 peer as `::ffff:10.0.0.1`.
std::string peer_address(const tcp::socket& socket) {
  error_code ignored;
  const asio::ip::address address = socket.remote_endpoint(ignored).address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

}  // namespace

class Server::Room {
 public:
  explicit Room(ServerOptions options);
  ~Room();
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  class Session;

  void listen();
  void listen_at(const asio::ip::address& address);
  void accept();
  void serve();
  void refuse(const std::string& address, const std::string& reason);
  void note_failure();

  ServerOptions options_;
  int unproven_ = 0;  // both outlive io_, whose end ends the last sessions
  std::atomic<int> connected_ = 0;
  std::atomic<steady_clock::time_point> stays_until_ = steady_clock::time_point::min();
  asio::io_context io_;
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  Meeting meeting_;
  std::vector<std::shared_ptr<Session>> ranks_;
  std::set<std::pair<std::string, std::string>> logged_;
  std::thread thread_;
};

/// One connection: unproven until its proof is right, then one rank's.
class Server::Room::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Room& room, tcp::socket socket)
      : room_(room), socket_(std::move(socket)), timer_(room.io_) {
    close_on_exec(socket_);
    error_code ignored;
    address_ = peer_address(socket_);
    socket_.set_option(tcp::no_delay(true), ignored);
    ++room_.unproven_;
  }
  ~Session() { proven_ ? --room_.connected_ : --room_.unproven_; }

  void start() {
    arm(room_.options_.handshake_s, [this] { refuse("did not finish the handshake in time"); });
    read_exactly(kHelloBytes, [this](const std::string& bytes) { on_hello(bytes); });
  }
  void send(const Response& response) {
    timer_.cancel();
    write(to_client_->seal(encode(response)));
  }

 private:
  void on_hello(const std::string& bytes) {
    hello_ = decode_hello(bytes);
    hello_bytes_ = bytes;
    nonce_ = random_nonce();
    write(nonce_ + challenge_tag(room_.options_.token, bytes, nonce_));
    read_exactly(kProofBytes, [this](const std::string& proof) { on_proof(proof); });
  }

  void on_proof(const std::string& proof) {
    const std::string& token = room_.options_.token;
    if (!equal_in_constant_time(proof, proof_tag(token, hello_bytes_, nonce_)))
      throw WireError("holds another token");
    to_server_.emplace(token, hello_bytes_, nonce_, FrameKey::Direction::to_server);
    to_client_.emplace(token, hello_bytes_, nonce_, FrameKey::Direction::to_client);
    timer_.cancel();
    const int rank = static_cast<int>(hello_.rank);
    std::string refusal;
    const bool is_of_this_world =
        hello_.world_size == static_cast<std::uint32_t>(room_.options_.world_size);
    if (!is_of_this_world)
      refusal = fmt::format("rank {} was started with world size {}, rank 0 with {}", rank,
                            hello_.world_size, room_.options_.world_size);
    else if (hello_.rank >= hello_.world_size)
      refusal =
          fmt::format("rank {} does not exist in a world of {}", hello_.rank, hello_.world_size);
    else if (!hello_.is_for_lost && !room_.meeting_.join(rank, address_))
      refusal =
          fmt::format("rank {} has connected before: two processes were given one rank", rank);
    send(Response{refusal.empty(), refusal});
    if (!is_of_this_world) room_.meeting_.refuse_start(refusal);
    if (!refusal.empty()) return refuse(refusal);
    if (hello_.is_for_lost) {
      arm(room_.options_.handshake_s, [this] { close(); });
      return read_frames();
    }
    proven_ = true;
    --room_.unproven_;
    ++room_.connected_;
    room_.ranks_[static_cast<std::size_t>(rank)] = shared_from_this();
    read_frames();
  }

  void read_frames() {
    socket_.async_read_some(asio::buffer(chunk_),
                            [this, self = shared_from_this()](error_code error, std::size_t count) {
                              if (error) return lost();
                              guarded([&] {
                                splitter_.feed({chunk_.data(), count});
                                while (const auto frame = splitter_.next()) on_frame(*frame);
                                read_frames();
                              });
                            });
  }

  void on_frame(const std::string& frame) {
    const Request request = decode_request(to_server_->open(frame));
    const int rank = static_cast<int>(hello_.rank);
    if (hello_.is_for_lost) {
      if (request.operation == Operation::abort) room_.meeting_.lost_because(rank, request.value);
      room_.note_failure();
      return send(Response{true, ""});
    }
    arm(request.deadline_ms / 1000.0, [this, rank] { room_.meeting_.expired(rank); });
    room_.meeting_.request(rank, request);
    room_.note_failure();
  }

  /// Runs a step of the protocol; what breaks it closes this connection and no other.
  template <class Step>
  void guarded(Step step) {
    try {
      step();
    } catch (const std::exception& error) {
      refuse(error.what());
    }
  }

  template <class Next>
  void read_exactly(std::size_t count, Next next) {
    incoming_.resize(count);
    asio::async_read(socket_, asio::buffer(incoming_),
                     [this, self = shared_from_this(), next](error_code error, std::size_t) {
                       if (error == asio::error::operation_aborted) return;
                       if (error) return refuse("closed the connection during the handshake");
                       guarded([&] { next(std::string(incoming_)); });
                     });
  }

  void write(std::string bytes) {
    outgoing_.push_back(std::move(bytes));
    if (outgoing_.size() == 1) write_next();
  }
  void write_next() {
    asio::async_write(socket_, asio::buffer(outgoing_.front()),
                      [this, self = shared_from_this()](error_code error, std::size_t) {
                        if (error) return;  // the read side sees the same end and reports it
                        outgoing_.pop_front();
                        if (!outgoing_.empty())
                          write_next();
                        else if (closing_)
                          close();
                      });
  }

  template <class Action>
  void arm(double seconds, Action action) {
    timer_.expires_after(seconds_of(seconds));
    timer_.async_wait([self = shared_from_this(), action](error_code error) {
      if (!error) action();
    });
  }

  void refuse(const std::string& reason) {
    room_.refuse(address_, reason);
    if (proven_) return lost();
    closing_ = true;
    if (outgoing_.empty()) close();
  }
  void lost() {
    close();
    if (!proven_) return;
    const int rank = static_cast<int>(hello_.rank);
    room_.ranks_[hello_.rank].reset();
    if (room_.meeting_.gone(rank))
      arm(room_.options_.why_lost_s, [this, rank] {
        room_.meeting_.lost(rank);
        room_.note_failure();
      });
  }
  void close() {
    error_code ignored;
    timer_.cancel();
    socket_.close(ignored);
  }

  Room& room_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  std::string address_, hello_bytes_, nonce_, incoming_;
  Hello hello_;
  bool proven_ = false, closing_ = false;
  std::optional<FrameKey> to_server_, to_client_;
  FrameSplitter splitter_;
  std::array<char, 4096> chunk_{};
  std::deque<std::string> outgoing_;
};

Server::Room::Room(ServerOptions options)
    : options_(std::move(options)),
      acceptor_(io_),
      retry_(io_),
      meeting_(options_.world_size,
               [this](int rank, const Response& response) {
                 if (auto& session = ranks_[static_cast<std::size_t>(rank)])
                   session->send(response);
               }),
      ranks_(static_cast<std::size_t>(options_.world_size)) {
  raise_file_limit(options_.world_size);
  listen();
  accept();
  thread_ = start_thread([this] { serve(); }, "the rendezvous");
}

Server::Room::~Room() {
  // Rank 0 may be done before the last answers have left: the others say goodbye first.
  const auto end = std::max(steady_clock::now() + std::chrono::seconds(2), stays_until_.load());
  while (connected_ > 0 && steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  io_.stop();
  thread_.join();
  ranks_.clear();
}

void Server::Room::listen() {
  try {
    if (!options_.host.empty()) return listen_at(asio::ip::make_address(options_.host));
    error_code no_ipv6;
    tcp::socket(io_).open(tcp::v6(), no_ipv6);
    if (no_ipv6)
      listen_at(asio::ip::address_v4::any());
    else
      listen_at(asio::ip::address_v6::any());
  } catch (const boost::system::system_error& error) {
    throw Error(
        fmt::format("rank 0 cannot listen on port {}{}: {}; name a free port with "
                    "--rendezvous",
                    options_.port, options_.host.empty() ? "" : " of " + options_.host,
                    error.code().message()));
  }
}

void Server::Room::listen_at(const asio::ip::address& address) {
  const tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol());
  close_on_exec(acceptor_);
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  if (address.is_v6()) acceptor_.set_option(asio::ip::v6_only(false));
  acceptor_.bind(endpoint);
  acceptor_.listen(4096);
}

/// What a handler throws (no memory, no random bytes) costs its step and neither the other ranks
/// nor the process.
void Server::Room::serve() {
  for (;;) {
    try {
      io_.run();
      return;
    } catch (const std::exception& error) {
      refuse("", fmt::format("a step failed: {}", error.what()));
    }
  }
}

void Server::Room::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (error) {  // out of file descriptors, mostly: the clients go on trying, and so do we
      refuse("", fmt::format("cannot accept a connection: {}", error.message()));
      retry_.expires_after(std::chrono::milliseconds(100));
      retry_.async_wait([this](error_code) { accept(); });
      return;
    }
    if (unproven_ > 2 * options_.world_size + 256) {
      refuse(peer_address(socket), "too many connections are in their handshake");
    } else {
      std::make_shared<Session>(*this, std::move(socket))->start();
    }
    accept();
  });
}

void Server::Room::refuse(const std::string& address, const std::string& reason) {
  if (logged_.size() < 1000 && logged_.insert({address, reason}).second)
    options_.log(fmt::format("rendezvous refused {}: {}", address, reason));
}

void Server::Room::note_failure() {
  if (stays_until_.load() == steady_clock::time_point::min() && meeting_.has_failed())
    stays_until_ = steady_clock::now() + seconds_of(options_.news_s);
}

Server::Server(ServerOptions options) : room_(std::make_unique<Room>(std::move(options))) {}
Server::~Server() = default;
std::uint16_t Server::port() const { return room_->port(); }

}  // namespace assay::rendezvous
