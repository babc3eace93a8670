// The addresses of this host's interfaces against what the kernel lists.
#include "collectives/topology/interface_address.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <map>
#include <string>
#include <utility>

#include "tests/core/refusal.h"

namespace {

/// The first address of each interface and family: false of IPv4, true of IPv6, no link-local one.
std::map<std::pair<std::string, bool>, std::string> listed() {
  std::map<std::pair<std::string, bool>, std::string> addresses;
  ifaddrs* first = nullptr;
  REQUIRE(getifaddrs(&first) == 0);
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    char text[INET6_ADDRSTRLEN] = {};
    if (each->ifa_addr == nullptr) continue;
    const int family = each->ifa_addr->sa_family;
    if (family == AF_INET)
      inet_ntop(family, &reinterpret_cast<const sockaddr_in*>(each->ifa_addr)->sin_addr, text,
                sizeof text);
    if (family == AF_INET6)
      inet_ntop(family, &reinterpret_cast<const sockaddr_in6*>(each->ifa_addr)->sin6_addr, text,
                sizeof text);
    const std::string address = text;
    if (!address.empty() && !address.starts_with("fe80:"))
      addresses.try_emplace({each->ifa_name, family == AF_INET6}, address);
  }
  freeifaddrs(first);
  return addresses;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("every interface has the address of the family that is asked for") {
    const auto addresses = listed();
    REQUIRE(!addresses.empty());
    for (const auto& [key, address] : addresses) {
      const auto& [interface, is_v6] = key;
      CAPTURE(interface);
      CHECK(assay::address_of_interface(interface, is_v6 ? "fd00::1" : "10.0.0.1") == address);
      const auto other = addresses.find({interface, !is_v6});
      const std::string any = assay::address_of_interface(interface);
      CHECK((any == address || (other != addresses.end() && any == other->second)));
    }
  }

  TEST_CASE("an interface without such an address is refused with those that have one") {
    const auto addresses = listed();
    for (const auto& [like, family] :
         {std::pair{"10.0.0.1", "IPv4 "}, {"::1", "IPv6 "}, {"", ""}}) {
      std::string names;
      for (const auto& [key, address] : addresses) {
        const bool is_wanted = *like == '\0' || key.second == (*like == ':');
        if (is_wanted && !names.ends_with(key.first))
          names += (names.empty() ? "" : ", ") + key.first;
      }
      CHECK(assay::test::refusal([&] { assay::address_of_interface("none", like); }) ==
            "no interface 'none' with an " + std::string(family) +
                "address on this host; there are: " + names);
    }
  }
}
