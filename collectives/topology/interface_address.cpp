// One pass over what the kernel lists, as it lists it.
#include "collectives/topology/interface_address.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>

#include <map>
#include <memory>
#include <vector>

#include "harness/core/error.h"

namespace assay {

namespace {

/// Empty where it is not of IP, or good on its own link only.
std::string in_numbers(const sockaddr* address) {
  if (address == nullptr) return "";
  const bool is_v6 = address->sa_family == AF_INET6;
  if (is_v6 && IN6_IS_ADDR_LINKLOCAL(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr))
    return "";
  char text[NI_MAXHOST] = {};
  const auto bytes = static_cast<socklen_t>(is_v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
  // It knows no other family than these two.
  if (getnameinfo(address, bytes, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0) return "";
  return text;
}

bool is_v6(const std::string& address) { return address.find(':') != std::string::npos; }

}  // namespace

std::string address_of_interface(const std::string& interface, const std::string& like) {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) throw Error("the network interfaces of this host cannot be listed");
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(first, &freeifaddrs);
  std::map<std::string, std::string> addresses;
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    const std::string address = in_numbers(each->ifa_addr);
    if (address.empty() || (!like.empty() && is_v6(address) != is_v6(like))) continue;
    addresses.emplace(each->ifa_name, address);
  }
  if (const auto found = addresses.find(interface); found != addresses.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, address] : addresses) names.push_back(name);
  const char* family = like.empty() ? "" : is_v6(like) ? "IPv6 " : "IPv4 ";
  throw Error(fmt::format("no interface '{}' with an {}address on this host; there are: {}",
                          interface, family, fmt::join(names, ", ")));
}

}  // namespace assay
