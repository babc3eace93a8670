// Parses the lists of NICs: single ports, and merged ports in the two ways that NCCL has had.
#include "collectives/nccl/nic_list.h"

#include <algorithm>
#include <set>
#include <vector>

#include "collectives/nccl/line_cursor.h"

namespace assay::nccl {

namespace {

/// `mlx5_0:1/IB/SHARP`, `mlx5_0:1:2:0/RoCE` (since 2.30 with rail and plane) or
/// `eth0:10.0.0.5<0>`, up to one of `stops`.
bool read_port(LineCursor& cursor, std::string_view stops, NicName& nic) {
  const std::size_t end = std::min(cursor.rest().find_first_of(stops), cursor.rest().size());
  const std::string_view word = cursor.rest().substr(0, end);
  const std::size_t slash = word.find('/'), colon = word.find(':');
  std::string_view name = word.substr(0, slash == std::string_view::npos ? colon : slash);
  if (slash != std::string_view::npos) {
    const std::string_view layer = word.substr(slash + 1);  // `IB`, `IB/SHARP`
    nic.link_layer = clean(layer.substr(0, layer.find('/')));
    if (colon < slash) name = name.substr(0, name.find(':', colon + 1));
  }
  if (name.empty()) return false;
  nic.name = clean(name);
  cursor = LineCursor(cursor.rest().substr(end));
  return true;
}

std::string device_of(const std::string& port) { return port.substr(0, port.find(':')); }

/// `mlx5_2+mlx5_3`, as NCCL itself names them since 2.24; two ports of one device keep their
/// numbers.
NicName merged(const std::vector<NicName>& ports) {
  std::set<std::string> devices;
  for (const NicName& port : ports) devices.insert(device_of(port.name));
  NicName whole;
  for (const NicName& port : ports) {
    const bool is_told_by_device = devices.size() == ports.size();
    whole.name += whole.name.empty() ? "" : "+";
    whole.name += is_told_by_device ? device_of(port.name) : port.name;
  }
  const std::string& layer = ports.front().link_layer;
  const bool is_one_layer = std::all_of(
      ports.begin(), ports.end(), [&](const NicName& port) { return port.link_layer == layer; });
  if (is_one_layer) whole.link_layer = layer;
  whole.name = clean(whole.name);
  return whole;
}

/// `={[0] mlx5_2:1/RoCE, [1] mlx5_3:1/RoCE}`, from NCCL 2.20 to 2.23 and in HPC-X.
bool read_merged(LineCursor& cursor, NicName& nic) {
  if (!cursor.literal("={")) return false;
  std::vector<NicName> ports;
  do {
    int index = 0;
    NicName port;
    cursor.spaces();
    if (!cursor.literal("[") || !cursor.integer(index) || !cursor.literal("]")) return false;
    cursor.spaces();
    if (!read_port(cursor, " ,;}", port)) return false;
    ports.push_back(std::move(port));
  } while (cursor.literal(","));
  nic = merged(ports);
  return cursor.literal("}");
}

/// NCCL names merged ports by their devices only, `mlx4_0+mlx4_0` where both are of one card: these
/// get their numbers where the card has no other port.
NicName joined(const std::string& named, const NicNames& ports) {
  std::multiset<std::string> devices;
  for (std::size_t at = 0; at <= named.size();) {
    const std::size_t end = std::min(named.find('+', at), named.size());
    devices.insert(named.substr(at, end - at));
    at = end + 1;
  }
  std::vector<NicName> of_them;
  for (const auto& [index, port] : ports) {
    if (devices.contains(device_of(port.name))) of_them.push_back(port);
  }
  if (of_them.empty()) return {named, ""};
  NicName whole = merged(of_them);
  const std::set<std::string> distinct(devices.begin(), devices.end());
  const bool is_told_by_device = distinct.size() == devices.size();
  if (is_told_by_device || of_them.size() != devices.size()) whole.name = named;
  return whole;
}

}  // namespace

void read_nics(std::string_view list, NicNames& to) {
  // Where ports are merged, the number before a single one is its port's: only its place in the
  // list is its own.
  const bool by_place = list.find("]={") != std::string_view::npos;
  LineCursor cursor(list);
  for (int place = 0;; ++place) {
    int index = 0;
    NicName nic;
    cursor.spaces();
    if (!cursor.literal("[") || !cursor.integer(index) || !cursor.literal("]")) return;
    const bool is_merged = cursor.rest().starts_with('=');
    if (!(is_merged ? read_merged(cursor, nic) : read_port(cursor, " ;", nic))) return;
    to[by_place ? place : index] = std::move(nic);
  }
}

void read_virtual_nic(std::string_view text, NicNames& to) {
  LineCursor cursor(text);
  int index = 0;
  std::string_view name;
  if (!cursor.literal("[") || !cursor.integer(index) || !cursor.literal("] name=") ||
      !cursor.until(" ", name)) {
    return;
  }
  to[index].name = clean(name);
}

void add_virtual_nics(const NicNames& made, NicNames& nics) {
  const NicNames ports = nics;
  for (const auto& [index, nic] : made) {
    if (nic.name.find('+') != std::string::npos) nics[index] = joined(nic.name, ports);
  }
}

}  // namespace assay::nccl
