// Parses NCCL's tree of devices and its table of paths, as of 2.18 (`GPU/1b000`) and since 2.19
// (`GPU/0-1b000`).
#include "collectives/nccl/device_paths.h"

#include <algorithm>

#include "collectives/nccl/line_cursor.h"

namespace assay::nccl {

namespace {

constexpr std::size_t kMostGpus = 1024;  // of a node; more are no report of NCCL's

/// `(2/360.0/NVL) `: how many links, their bandwidth, the type of the longest.
bool read_path(LineCursor& cursor, DevicePath& path) {
  int links = 0;
  std::string_view type;
  if (!cursor.literal("(") || !cursor.integer(links) || !cursor.literal("/") ||
      !cursor.real(path.gb_per_s) || !cursor.literal("/") || !cursor.until(")", type)) {
    return false;
  }
  path.type = clean(type);
  cursor.spaces();
  return true;
}

}  // namespace

bool DevicePaths::read(std::string_view message) {
  const std::size_t at = message.find("GPU/");
  if (at == std::string_view::npos) return false;
  LineCursor cursor(message.substr(at + 4));
  std::string_view gpu;
  if (!cursor.until(" ", gpu) || gpu.empty()) return false;
  if (at == 0 && cursor.literal(":")) {
    read_paths_from(gpu, cursor.rest());
    return true;
  }
  int rank = 0;
  if (!cursor.literal("(") || !cursor.integer(rank) || !cursor.literal(")")) return false;
  if (gpu_of_rank_.size() < kMostGpus) gpu_of_rank_[rank] = std::string(gpu);
  return true;
}

void DevicePaths::read_paths_from(std::string_view gpu, std::string_view entries) {
  LineCursor cursor(entries);
  std::string_view kind, to;
  while (cursor.until("/", kind) && cursor.until(" ", to)) {
    DevicePath path;
    if (!read_path(cursor, path)) return;
    if (kind == "NET") widest_to_nic_ = std::max(widest_to_nic_.value_or(0), path.gb_per_s);
    if (kind == "GPU" && to != gpu && paths_.size() < kMostGpus * kMostGpus) {
      paths_[{std::string(gpu), std::string(to)}] = std::move(path);
    }
  }
}

std::optional<DevicePath> DevicePaths::between(int one_rank, int other_rank) const {
  const auto one = gpu_of_rank_.find(one_rank), other = gpu_of_rank_.find(other_rank);
  if (one == gpu_of_rank_.end() || other == gpu_of_rank_.end()) return std::nullopt;
  const auto path = paths_.find({one->second, other->second});
  if (path == paths_.end()) return std::nullopt;
  return path->second;
}

std::optional<double> DevicePaths::narrowest(std::string_view type) const {
  std::optional<double> least;
  for (const auto& [ends, path] : paths_) {
    if (path.type == type) least = std::min(least.value_or(path.gb_per_s), path.gb_per_s);
  }
  return least;
}

}  // namespace assay::nccl
