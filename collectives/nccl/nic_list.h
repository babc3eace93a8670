// The NICs that NCCL and its network plugins list, and those that NCCL merges of several ports.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace assay::nccl {

/// A NIC as the line of its network names it.
struct NicName {
  std::string name;        // `mlx5_0:1`, `mlx5_2+mlx5_3`, `eth0`
  std::string link_layer;  // `IB`, `RoCE`; empty where the line has none or its ports differ
};

/// By the index that stands behind the network's name in a connection: `NET/IB/3`.
using NicNames = std::map<int, NicName>;

/// The list behind `NET/… : Using`, up to what is no NIC.
void read_nics(std::string_view list, NicNames& to);

/// `[8] name=mlx5_0+mlx5_1 speed=… ndevs=2`, behind `Made virtual device `.
void read_virtual_nic(std::string_view text, NicNames& to);

/// Adds those that are no single port: their ports' link layer is theirs.
void add_virtual_nics(const NicNames& made, NicNames& nics);

}  // namespace assay::nccl
