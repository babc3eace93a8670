// Lengths are of the machine's own byte order: both ends are one executable.
#include "harness/run/channel.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/run/silence.h"

namespace assay::run {

Channel::Channel(Channel&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      patience_s_(other.patience_s_),
      arrived_(std::move(other.arrived_)) {}

Channel::~Channel() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::pair<Channel, Channel> Channel::pair() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw Error(fmt::format("no socket pair for the process that measures: {}; raise ulimit -n",
                            std::strerror(errno)));
  return {Channel(ends[0]), Channel(ends[1])};
}

bool Channel::send(const Json& message) {
  // Libraries put what they like into their messages.
  const std::string text = message.dump(-1, ' ', false, Json::error_handler_t::replace);
  const std::uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
  bytes += text;
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count =
        ::send(descriptor_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      wait_for(POLLOUT);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

Json Channel::receive() {
  for (;;) {
    if (auto message = next()) return std::move(*message);
    wait_for(POLLIN);
    if (!take_in()) throw Error("the other process of this run is gone");
  }
}

void Channel::wait_for(short event) const {
  Silence silence;
  for (;;) {
    pollfd ready{descriptor_, event, 0};
    if (poll(&ready, 1, static_cast<int>(kTick_s * 1000)) > 0) return;
    silence.goes_on(0);
    if (silence.passed_s() > patience_s_)
      throw Error(fmt::format(
          "the process that keeps this run's documents did not answer within {:g} s: it was "
          "stopped, or its disk hangs",
          patience_s_));
  }
}

bool Channel::take_in() {
  std::array<char, 65536> chunk;
  const ssize_t count = recv(descriptor_, chunk.data(), chunk.size(), MSG_DONTWAIT);
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  arrived_.append(chunk.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::optional<Json> Channel::next() {
  std::uint64_t length = 0;
  if (arrived_.size() < sizeof length) return std::nullopt;
  std::memcpy(&length, arrived_.data(), sizeof length);
  if (arrived_.size() - sizeof length < length) return std::nullopt;
  Json message = parse_json(std::string_view(arrived_).substr(sizeof length, length),
                            "a message between the processes of a run");
  arrived_.erase(0, sizeof length + length);
  return message;
}

}  // namespace assay::run
