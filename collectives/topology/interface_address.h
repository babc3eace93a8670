// The address that a network interface of this host has.
#pragma once

#include <string>

namespace assay {

/// A numeric address that is not link-local. `like` is a numeric address whose family (IPv4 or
/// IPv6) the result must have; empty: any. Throws Error when `interface` has no such address,
/// naming the interfaces here that do.
std::string address_of_interface(const std::string& interface, const std::string& like = "");

}  // namespace assay
