// Parses NCCL's tree of devices and its table of paths. A GPU is `GPU/1B000` up to 2.20 and
// `GPU/0-1b000` since 2.23; 2.21 and 2.22 begin a row of the table in the old way.
#include "collectives/nccl/device_paths.h"

#include <algorithm>
#include <charconv>

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

std::optional<DevicePaths::Gpu> DevicePaths::gpu_named(std::string_view name) {
  const auto hexadecimal = [](std::string_view digits) -> std::optional<Gpu> {
    Gpu value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, value, 16);
    if (error != std::errc() || stopped != end) return std::nullopt;
    return value;
  };
  const std::size_t dash = name.find('-');
  if (dash == std::string_view::npos) return hexadecimal(name);
  const auto system = hexadecimal(name.substr(0, dash)), local = hexadecimal(name.substr(dash + 1));
  if (!system || !local) return std::nullopt;
  return (*system << 56) + *local;
}

bool DevicePaths::read(std::string_view message) {
  const std::size_t at = message.find("GPU/");
  if (at == std::string_view::npos) return false;
  LineCursor cursor(message.substr(at + 4));
  std::string_view name;
  if (!cursor.until(" ", name) || name.empty()) return false;
  if (at == 0 && cursor.literal(":")) {
    read_paths_from(name, cursor.rest());
    return true;
  }
  int rank = 0;
  if (!cursor.literal("(") || !cursor.integer(rank) || !cursor.literal(")")) return false;
  const std::optional<Gpu> gpu = gpu_named(name);
  if (gpu && gpu_of_rank_.size() < kMostGpus) gpu_of_rank_[rank] = *gpu;
  return true;
}

void DevicePaths::add_rank(int rank, std::string_view bus_id) {
  const std::optional<Gpu> bus = gpu_named(bus_id);
  if (bus && bus_of_rank_.size() < kMostGpus) bus_of_rank_[rank] = *bus;
}

void DevicePaths::read_paths_from(std::string_view name, std::string_view entries) {
  const std::optional<Gpu> gpu = gpu_named(name);
  LineCursor cursor(entries);
  std::string_view kind, to;
  while (gpu && cursor.until("/", kind) && cursor.until(" ", to)) {
    DevicePath path;
    if (!read_path(cursor, path)) return;
    if (kind == "NET") widest_to_nic_ = std::max(widest_to_nic_.value_or(0), path.gb_per_s);
    const std::optional<Gpu> other = kind == "GPU" ? gpu_named(to) : std::nullopt;
    if (!other || (!gpus_.contains(*other) && gpus_.size() == kMostGpus)) continue;
    gpus_.insert(*other);
    if (*other != *gpu) paths_[{*gpu, *other}] = std::move(path);
  }
}

/// By its bus id only where one GPU of the table has that: other systems may have the same.
std::optional<DevicePaths::Gpu> DevicePaths::gpu_of(int rank) const {
  if (const auto gpu = gpu_of_rank_.find(rank); gpu != gpu_of_rank_.end()) return gpu->second;
  const auto bus = bus_of_rank_.find(rank);
  if (bus == bus_of_rank_.end()) return std::nullopt;
  constexpr Gpu kBus = (Gpu{1} << 40) - 1;
  std::optional<Gpu> found;
  for (const Gpu gpu : gpus_) {
    if ((gpu & kBus) != bus->second) continue;
    if (found) return std::nullopt;
    found = gpu;
  }
  return found;
}

std::optional<DevicePath> DevicePaths::between(int one_rank, int other_rank) const {
  const std::optional<Gpu> one = gpu_of(one_rank), other = gpu_of(other_rank);
  if (!one || !other) return std::nullopt;
  const auto path = paths_.find({*one, *other});
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
