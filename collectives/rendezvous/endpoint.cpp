// The last colon separates host and port.
#include "collectives/rendezvous/endpoint.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "harness/core/error.h"

namespace assay::rendezvous {

namespace {

bool is_bracketed(const std::string& host) {
  return host.size() > 2 && host.front() == '[' && host.back() == ']';
}

bool holds_colon(const std::string& host) { return host.find(':') != std::string::npos; }

/// `::ffff:10.0.0.1` is the IPv4 address in it. Sockets of IPv4 reach it, and what peers are told
/// of it afterwards is IPv4.
std::string without_mapping(const std::string& host) {
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) != 1 || !IN6_IS_ADDR_V4MAPPED(&v6)) return host;
  char v4[INET_ADDRSTRLEN] = {};
  return inet_ntop(AF_INET, &v6.s6_addr[12], v4, sizeof(v4));
}

}  // namespace

Endpoint parse_endpoint(const std::string& text, const std::string& source) {
  const std::size_t colon = text.rfind(':');
  unsigned port = 0;
  if (colon != std::string::npos && colon > 0) {
    const std::string_view digits = std::string_view(text).substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), port);
    if (error != std::errc() || end != digits.end()) port = 0;
  }
  const std::string host = text.substr(0, colon);
  if (port == 0 || port > 65535 || host == "[]")
    throw Error(fmt::format("{} is '{}': HOST:PORT is needed, e.g. node-0:29400 or [fd00::1]:29400",
                            source, text));
  if (is_bracketed(host))
    return {without_mapping(host.substr(1, host.size() - 2)), static_cast<std::uint16_t>(port)};
  if (holds_colon(host))
    throw Error(fmt::format("{} is '{}': write an IPv6 address in brackets, e.g. [fd00::1]:29400",
                            source, text));
  return {host, static_cast<std::uint16_t>(port)};
}

std::string host_and_port(const std::string& host, const std::string& port) {
  const bool needs_brackets = holds_colon(host) && !is_bracketed(host);
  return needs_brackets ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace assay::rendezvous
