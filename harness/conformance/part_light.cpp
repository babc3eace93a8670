// What a baseline's accelerator can reach, from published figures alone.
#include "harness/conformance/part_light.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/case_work.h"
#include "harness/core/gpu_model.h"
#include "harness/core/gpu_tables.h"
#include "harness/core/work.h"
#include "harness/core/workload.h"

namespace assay {

namespace {

std::optional<FigureRange> known(double value) {
  return value > 0 ? std::optional<FigureRange>({value, value}) : std::nullopt;
}

PartLight light_of_model(const GpuModel& model) {
  const SpeedOfLight speed = gpu_speed_of_light(part_of(model));
  PartLight light;
  light.flop_per_s = speed.flop_per_s;
  light.memory = known(speed.memory_bytes_per_s.value_or(0));
  light.host_link = known(model.host_link_bytes_per_s > 0 ? model.host_link_bytes_per_s
                                                          : speed.pcie_bytes_per_s.value_or(0));
  light.nvlink = known(speed.nvlink_bytes_per_s.value_or(0));
  light.nic = known(model.nic_bytes_per_s);
  light.has_multicast = model.major >= 9;
  light.devices_per_node = model.devices_per_node;
  return light;
}

/// The device ids of one chip begin alike: 10de:20.. is GA100, 23.. GH100, 29.. GB100.
std::optional<FigureRange> memory_of_chip(const std::string& pci_id) {
  std::optional<FigureRange> range;
  for (const GpuSku& sku : gpu_sku_table()) {
    if (sku.memory_gb_per_s <= 0 || pci_id.substr(0, 7) != std::string(sku.pci_id).substr(0, 7))
      continue;
    const double rate = sku.memory_gb_per_s * 1e9;
    if (!range) range = FigureRange{rate, rate};
    range->low = std::min(range->low, rate);
    range->high = std::max(range->high, rate);
  }
  return range;
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
  FigureRange rate{peak->second, peak->second};
  const bool is_memory_bound = by_memory && by_memory->high < rate.high;
  if (by_memory) rate = least_of(rate, *by_memory);
  return RowLimit{rate,
                  is_memory_bound ? "its memory allows at this shape"
                                  : fmt::format("it computes in {}", row.id.dtype),
                  work ? work->flop / rate.high : 0};
}

/// Each rank sends and receives what the factor counts over its NVLinks. A switch that adds and
/// copies spares an all-reduce of n ranks n - 1 of 2 n - 1 parts of that: S (1 + 1/n) instead of
/// 2 S (n - 1)/n each way.
FigureRange inside_limit(const BaselineRow& row, const PartLight& light, double ranks) {
  const bool spared = light.has_multicast && row.id.workload == "all_reduce" && ranks > 2;
  return scaled(*light.nvlink, spared ? 2 * (ranks - 1) / (ranks + 1) : 1);
}

/// Between k nodes of n/k ranks, each with a NIC, only a k-th of the data has to leave a node once
/// its ranks have combined theirs: bus bandwidth reaches (n - 1)/(k - 1) times a NIC's rate. What
/// each rank sends to each other cannot be combined.
FigureRange between_limit(const BaselineRow& row, const PartLight& light, double ranks,
                          double nodes) {
  const double alone = ranks - ranks / nodes;
  const double factor =
      row.id.workload == "all_to_all" ? (ranks - 1) / alone : (ranks - 1) / (nodes - 1);
  const bool adds_in_switches = row.fabric.find("collnet") != std::string::npos;
  return scaled(*light.nic, adds_in_switches ? 2 * factor : factor);
}

std::optional<RowLimit> limit_of_collective(const BaselineRow& row, const PartLight& light) {
  if (!row.id.shape.has("ranks") || !light.nvlink || !light.nic) return std::nullopt;
  const auto ranks = static_cast<double>(row.id.shape.at("ranks"));
  const bool in_a_node = row.scope_level == "node" || row.scope_level == "nvlink_domain";
  const double nodes = row.nodes.value_or(in_a_node ? 1 : ranks / light.devices_per_node);
  RowLimit limit{inside_limit(row, light, ranks), "its NVLinks allow", 0};
  if (nodes > 1 && row.fabric != "nvlink") {
    limit.rate = least_of(limit.rate, between_limit(row, light, ranks, nodes));
    limit.by = fmt::format("its NICs allow between {:g} nodes", nodes);
  }
  if (row.metric == "bytes_per_s")
    limit.rate = scaled(limit.rate,
                        1 / bus_factor_of(row.id.workload, row.id.shape.at("ranks")).value_or(1));
  return limit;
}

std::optional<RowLimit> limit_of_bytes(const BaselineRow& row, const PartLight& light) {
  const std::string& workload = row.id.workload;
  const bool by_host = workload == "host_to_device" || workload == "device_to_host";
  const bool by_link = workload == "device_to_device";
  const auto& rate = by_host ? light.host_link : by_link ? light.nvlink : light.memory;
  const auto work = work_of(row.id);
  if (!rate) return std::nullopt;
  const char* by = by_host   ? "its link to the host carries"
                   : by_link ? "its NVLinks carry"
                             : "its memory carries";
  return RowLimit{*rate, by, work ? work->moved_bytes / rate->high : 0};
}

}  // namespace

std::optional<PartLight> light_of(const Baseline& baseline) {
  for (const std::string& id : baseline.pci_ids)
    if (const GpuModel* model = gpu_model_of_pci_id(id)) return light_of_model(*model);
  for (const std::string& id : baseline.pci_ids) {
    PartLight light;
    const GpuSku* sku = find_gpu_sku(id);
    light.memory =
        sku && sku->memory_gb_per_s > 0 ? known(sku->memory_gb_per_s * 1e9) : memory_of_chip(id);
    if (sku && sku->bf16_tflop_per_s > 0)
      light.flop_per_s["bf16"] = light.flop_per_s["f16"] = sku->bf16_tflop_per_s * 1e12;
    if (light.memory) return light;
  }
  if (const GpuModel* model = gpu_model_named(baseline.sku)) return light_of_model(*model);
  return std::nullopt;
}

std::optional<RowLimit> limit_of(const BaselineRow& row, const PartLight& light) {
  if (row.metric == "flop_per_s") return limit_of_flop(row, light);
  if (span_of(row.id.workload) == Span::between_ranks) return limit_of_collective(row, light);
  if (row.metric == "bytes_per_s") return limit_of_bytes(row, light);
  return std::nullopt;
}

}  // namespace assay
