// What a baseline's accelerator can reach, from published figures alone.
#include "harness/conformance/part_light.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "harness/core/case_work.h"
#include "harness/core/gpu_model.h"
#include "harness/core/gpu_tables.h"
#include "harness/core/switch_gain.h"
#include "harness/core/work.h"
#include "harness/core/workload.h"

namespace assay {

namespace {

/// The device ids of one chip begin alike. Graphics chips are also sold as products that outdo
/// those of the tables (an RTX 4080 has 2.4 times the memory rate of an L4), which bound nothing.
struct Chip {
  std::string_view begins;
  int major, minor, pcie_generation;
  bool best_is_known;
};
constexpr Chip kChips[] = {
    {"10de:20", 8, 0, 4, true},  {"10de:22", 8, 6, 4, false},  {"10de:26", 8, 9, 4, true},
    {"10de:27", 8, 9, 4, false}, {"10de:23", 9, 0, 5, true},   {"10de:29", 10, 0, 5, true},
    {"10de:31", 10, 3, 6, true}, {"10de:2b", 12, 0, 5, false},
};

const Chip* chip_of(std::string_view pci_id) {
  for (const Chip& chip : kChips)
    if (pci_id.starts_with(chip.begins)) return &chip;
  return nullptr;
}

/// Cards that a bridge may join to others: the rate of all their links, one direction.
struct BridgedCard {
  std::string_view name;
  double bytes_per_s;
};
constexpr BridgedCard kBridged[] = {{"A100-PCIE-40GB", 300e9},
                                    {"A100-PCIE-80GB", 300e9},
                                    {"H100-PCIE-80GB", 300e9},
                                    {"A30", 100e9},
                                    {"A40", 56.25e9}};
constexpr int kSwitchedLinks8_0 = 12, kSwitchedLinks = 18;

std::optional<FigureRange> known(double value) {
  return value > 0 ? std::optional<FigureRange>({value, value}) : std::nullopt;
}

/// NVIDIA's datasheets of Blackwell: dense fp4 is twice the rate of fp8, of B300 three times.
void add_fp4(int major, int minor, PartLight& light) {
  const auto fp8 = light.flop_per_s.find("fp8_e4m3");
  if (major < 10 || fp8 == light.flop_per_s.end()) return;
  const double times = major == 10 && minor == 3 ? 3 : 2;
  light.flop_per_s["fp4_e2m1"] = {fp8->second.low * times, fp8->second.high * times};
}

PartLight light_of_model(const GpuModel& model) {
  const SpeedOfLight speed = gpu_speed_of_light(part_of(model));
  PartLight light;
  for (const auto& [dtype, rate] : speed.flop_per_s) light.flop_per_s[dtype] = {rate, rate};
  add_fp4(model.major, model.minor, light);
  light.memory = known(speed.memory_bytes_per_s.value_or(0));
  light.host_link = known(speed.pcie_bytes_per_s.value_or(0));
  light.nvlink = known(speed.nvlink_bytes_per_s.value_or(0));
  light.nic = known(model.nic_bytes_per_s);
  light.has_multicast = model.major >= kAddingSwitchesMajor;
  light.devices_per_node = model.devices_per_node;
  light.nvlink_domain = model.nvlink_domain;
  return light;
}

/// The other rates of a product whose bf16 rate is published, in proportion to its capability's.
std::map<std::string, double> rates_of(const GpuSku& sku, const Chip& chip) {
  const CapabilityRates* row = find_capability(chip.major, chip.minor);
  if (row == nullptr || sku.bf16_tflop_per_s <= 0) return {};
  std::map<std::string, double> rates = multiprocessor_rates(*row, &sku);
  const double clock = sku.bf16_tflop_per_s * 1e12 / rates.at("bf16");  // of all multiprocessors
  const double clocks = sku.tensor_clock_mhz > 0 ? sku.vector_clock_mhz / sku.tensor_clock_mhz : 1;
  for (auto& [dtype, rate] : rates) rate *= dtype == "f32" ? clock * clocks : clock;
  return rates;
}

void set_links(const GpuSku& sku, const Chip& chip, PartLight& light) {
  const double pcie = pcie_lane_bytes_per_s(chip.pcie_generation) * 16;
  light.host_link = known(pcie);
  light.devices_per_node = 8;
  const bool is_switched = std::string_view(sku.name).find("SXM") != std::string_view::npos;
  light.has_multicast = is_switched && chip.major >= kAddingSwitchesMajor;
  if (is_switched) {
    light.nvlink = known(nvlink_bytes_per_s(chip.major, chip.minor) *
                         (chip.major == 8 ? kSwitchedLinks8_0 : kSwitchedLinks));
    light.nic = known(chip.major == 8 ? 25e9 : chip.minor == 3 ? 100e9 : 50e9);
    return;
  }
  light.nic = FigureRange{0, pcie};  // whichever it is, it has a slot of its own
  for (const BridgedCard& card : kBridged)
    if (card.name == sku.name) light.nvlink = FigureRange{pcie, card.bytes_per_s};
}

void widen(FigureRange& range, double rate) {
  range.low = std::min(range.low, rate);
  range.high = std::max(range.high, rate);
}

/// Of a product that no table has: what the others of its chip reach. It may be sold with a
/// fraction of their arithmetic, and with less or more of its memory.
PartLight light_of_chip(const Chip& chip) {
  PartLight light;
  if (!chip.best_is_known) return light;
  for (const GpuSku& sku : gpu_sku_table()) {
    if (!std::string_view(sku.pci_id).starts_with(chip.begins)) continue;
    for (const auto& [dtype, rate] : rates_of(sku, chip)) {
      FigureRange& range = light.flop_per_s.try_emplace(dtype, FigureRange{0, rate}).first->second;
      range.high = std::max(range.high, rate);
    }
    const double memory = sku.memory_gb_per_s * 1e9;
    if (memory <= 0) continue;
    if (!light.memory) light.memory = FigureRange{memory, memory};
    widen(*light.memory, memory);
  }
  return light;
}

std::optional<PartLight> light_of_pci_id(const std::string& id) {
  if (const GpuModel* model = gpu_model_of_pci_id(id)) return light_of_model(*model);
  const Chip* chip = chip_of(id);
  const GpuSku* sku = find_gpu_sku(id);
  if (chip == nullptr) return std::nullopt;
  PartLight light = light_of_chip(*chip);
  if (sku == nullptr) {
    add_fp4(chip->major, chip->minor, light);
    return light;
  }
  if (sku->memory_gb_per_s > 0) light.memory = known(sku->memory_gb_per_s * 1e9);
  for (const auto& [dtype, rate] : rates_of(*sku, *chip)) light.flop_per_s[dtype] = {rate, rate};
  add_fp4(chip->major, chip->minor, light);
  set_links(*sku, *chip, light);
  return light;
}

/// The PCI ids of the baseline, then those that its SKU's name stands for.
std::vector<std::string> pci_ids_of(const Baseline& baseline) {
  std::vector<std::string> ids = baseline.pci_ids;
  for (const GpuModel& model : gpu_models())
    if (baseline.sku == model.name || baseline.sku == model.product) ids.push_back(model.pci_id);
  for (const GpuSku& sku : gpu_sku_table())
    if (baseline.sku == sku.name) ids.push_back(sku.pci_id);
  return ids;
}

FigureRange scaled(FigureRange range, double factor) {
  return {range.low * factor, range.high * factor};
}

FigureRange least_of(FigureRange a, FigureRange b) {
  return {std::min(a.low, b.low), std::min(a.high, b.high)};
}

std::optional<RowLimit> limit_of_flop(const BaselineRow& row, const PartLight& light) {
  const auto peak = light.flop_per_s.find(row.id.dtype);
  const auto work = row.is_best_of_search() ? std::nullopt : work_of(row.id);
  std::optional<FigureRange> by_memory;
  if (work && work->moved_bytes > 0 && light.memory && row.series == Series::cold)
    by_memory = scaled(*light.memory, work->flop / work->moved_bytes);
  if (peak == light.flop_per_s.end()) {
    if (!by_memory) return std::nullopt;
    return RowLimit{{0, by_memory->high}, "its memory allows at this shape", 0};
  }
  FigureRange rate = peak->second;
  const bool is_memory_bound = by_memory && by_memory->high < rate.high;
  if (by_memory) rate = least_of(rate, *by_memory);
  return RowLimit{rate,
                  is_memory_bound ? "its memory allows at this shape"
                                  : fmt::format("it computes in {}", row.id.dtype),
                  work ? work->flop : 0};
}

/// Each rank sends and receives what the factor counts over its links, but for what switches spare.
RowLimit inside_limit(const BaselineRow& row, const PartLight& light) {
  const bool by_pcie = row.fabric == "pcie" || row.fabric == "shm" || !light.nvlink;
  if (by_pcie) return {{0, light.host_link->high}, "its link to the host carries", 0};
  const double gain =
      light.has_multicast ? switch_gain(row.id.workload, row.id.shape.at("ranks")) : 1;
  return {scaled(*light.nvlink, gain), "its NVLinks allow", 0};
}

/// Between k groups of n/k ranks, each with a NIC, only a k-th of the data has to leave a group
/// once its ranks have combined theirs: bus bandwidth reaches (n - 1)/(k - 1) times a NIC's rate.
/// What each rank sends to each other cannot be combined.
double times_of_nic(const BaselineRow& row, double ranks, double groups) {
  const double alone = ranks - ranks / groups;
  return row.id.workload == "all_to_all" ? (ranks - 1) / alone : (ranks - 1) / (groups - 1);
}

/// The groups are nodes; where NVLink joins nodes and there are several of its domains, these can
/// be.
FigureRange between_limit(const BaselineRow& row, const PartLight& light, double ranks,
                          double nodes) {
  const double least = times_of_nic(row, ranks, nodes);
  const bool joins_nodes = light.nvlink_domain > light.devices_per_node;
  const double domains = joins_nodes ? std::ceil(ranks / light.nvlink_domain) : 1;
  const double most = domains > 1 ? std::max(least, times_of_nic(row, ranks, domains)) : least;
  const double by_switches = row.fabric.find("collnet") != std::string::npos ? 2 : 1;
  return {light.nic->low * least * by_switches, light.nic->high * most * by_switches};
}

std::optional<RowLimit> limit_of_collective(const BaselineRow& row, const PartLight& light) {
  if (!row.id.shape.has("ranks") || !light.host_link || !light.nic) return std::nullopt;
  const auto ranks = static_cast<double>(row.id.shape.at("ranks"));
  const bool in_a_node = row.scope_level == "node" || row.scope_level == "nvlink_domain";
  const double nodes = row.nodes.value_or(in_a_node ? 1 : ranks / light.devices_per_node);
  RowLimit limit = inside_limit(row, light);
  if (nodes > 1 && row.fabric != "nvlink") {
    limit.rate = least_of(limit.rate, between_limit(row, light, ranks, nodes));
    limit.by = fmt::format("its NICs allow between {:g} nodes", nodes);
    if (row.fabric == "socket" || row.fabric == "tcp") limit.rate.low = 0;  // by the processors
  }
  const double bus = bus_factor_of(row.id.workload, row.id.shape.at("ranks")).value_or(1);
  limit.work = static_cast<double>(row.id.shape.at("bytes"));
  if (row.metric == "bytes_per_s")
    limit.rate = scaled(limit.rate, 1 / bus);
  else
    limit.work *= bus;
  return limit;
}

std::optional<RowLimit> limit_of_bytes(const BaselineRow& row, const PartLight& light) {
  const std::string& workload = row.id.workload;
  const bool by_host = workload == "host_to_device" || workload == "device_to_host";
  const bool by_link = workload == "device_to_device";
  const auto& rate = by_host                   ? light.host_link
                     : by_link && light.nvlink ? light.nvlink
                     : by_link                 ? light.host_link
                                               : light.memory;
  const auto work = work_of(row.id);
  if (!rate) return std::nullopt;
  const char* by = by_host   ? "its link to the host carries"
                   : by_link ? "its links carry"
                             : "its memory carries";
  return RowLimit{*rate, by, work ? work->moved_bytes : 0};
}

}  // namespace

std::optional<PartLight> light_of(const Baseline& baseline) {
  for (const std::string& id : pci_ids_of(baseline))
    if (const auto light = light_of_pci_id(id)) return light;
  return std::nullopt;
}

std::string capability_of_pci_id(std::string_view id) {
  const Chip* chip = chip_of(id);
  return chip == nullptr ? "" : fmt::format("{}.{}", chip->major, chip->minor);
}

PartKind kind_of(const Baseline& baseline) {
  PartKind kind;
  if (baseline.sku == "host") kind.backend = "host";
  for (const std::string& id : pci_ids_of(baseline)) {
    kind.backend = "cuda";
    const GpuModel* model = gpu_model_of_pci_id(id);
    if (model != nullptr && kind.nvlink_domain == 0) kind.nvlink_domain = model->nvlink_domain;
    if (kind.compute_capability.empty()) kind.compute_capability = capability_of_pci_id(id);
  }
  return kind;
}

std::optional<RowLimit> limit_of(const BaselineRow& row, const PartLight& light) {
  if (row.metric == "flop_per_s") return limit_of_flop(row, light);
  if (span_of(row.id.workload) == Span::between_ranks) return limit_of_collective(row, light);
  if (row.metric == "bytes_per_s") return limit_of_bytes(row, light);
  return std::nullopt;
}

}  // namespace assay
