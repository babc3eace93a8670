// HOST:PORT as users and launchers write it, with an IPv6 address in brackets.
#pragma once

#include <cstdint>
#include <string>

namespace assay::rendezvous {

struct Endpoint {
  std::string host;  // without brackets
  std::uint16_t port = 0;
};

/// Throws Error that names `source` when `text` is not HOST:PORT with a port from 1 to 65535.
Endpoint parse_endpoint(const std::string& text, const std::string& source);

/// `node-0:29400`, `[fd00::1]:29400`.
std::string host_and_port(const std::string& host, const std::string& port);

}  // namespace assay::rendezvous
