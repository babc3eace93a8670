// The address that a network interface of this host has.
#pragma once

#include <string>

namespace assay {

/// In numbers, never one of a single link. `like` is an address in numbers whose family, IPv4 or
/// IPv6, it must have; empty: any. Throws Error that names the interfaces with such an address here
/// when `interface` is none of them.
std::string address_of_interface(const std::string& interface, const std::string& like = "");

}  // namespace assay
