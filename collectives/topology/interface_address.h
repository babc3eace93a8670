// The address that a network interface of this host has.
#pragma once

#include <string>

namespace assay {

/// In numbers, IPv4 before IPv6 (never one of a single link). Throws Error that names the
/// interfaces with an address here when `interface` is none of them.
std::string address_of_interface(const std::string& interface);

}  // namespace assay
