// What joins two GPUs of a node, from the topology that NCCL prints.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace assay::nccl {

struct DevicePath {
  double gb_per_s = 0;  // 10^9 bytes, NCCL's own model of the path
  std::string type;     // its longest part: NVL, NVB, C2C, PIX, PXB, P2C, PXN, PHB, SYS, …
};

class DevicePaths {
 public:
  /// Takes the line if it is one of the topology: `+ PCI[24.0] - GPU/0-1b000 (3)`, a GPU with its
  /// rank, or `GPU/0-1b000 :GPU/0-1b000 (0/5000.0/LOC) GPU/0-43000 (2/360.0/NVL) …`, its paths.
  bool read(std::string_view message);
  /// The tree of NCCL 2.30 has no ranks; a communicator's own lines say `rank 3 … busId 1b000`.
  void add_rank(int rank, std::string_view bus_id);

  /// Nothing: NCCL printed no path between these ranks.
  std::optional<DevicePath> between(int one_rank, int other_rank) const;
  /// The narrowest path between two GPUs of that type; nothing if there is none.
  std::optional<double> narrowest(std::string_view type) const;
  /// The widest path from a GPU to a NIC.
  std::optional<double> widest_to_nic() const { return widest_to_nic_; }

 private:
  /// NCCL's id: the system in the top byte, the PCI bus id in the lowest five.
  using Gpu = std::uint64_t;

  static std::optional<Gpu> gpu_named(std::string_view name);
  void read_paths_from(std::string_view name, std::string_view entries);
  std::optional<Gpu> gpu_of(int rank) const;

  std::map<int, Gpu> gpu_of_rank_, bus_of_rank_;
  std::set<Gpu> gpus_;  // of the table
  std::map<std::pair<Gpu, Gpu>, DevicePath> paths_;
  std::optional<double> widest_to_nic_;
};

}  // namespace assay::nccl
