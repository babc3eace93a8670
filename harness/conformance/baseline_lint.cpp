// Mistakes of baselines: against physics, against other baselines, and of provenance.
#include "harness/conformance/baseline_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/conformance/baseline_lookup.h"
#include "harness/conformance/part_light.h"
#include "harness/conformance/quantity.h"
#include "harness/core/case_work.h"
#include "harness/core/gpu_model.h"
#include "harness/core/gpu_tables.h"
#include "harness/core/workload.h"

namespace assay {

namespace {

constexpr double kPlateauShare = 0.3;    // of its roofline that a row of a large size reaches
constexpr double kLatencyBoundS = 5e-5;  // a pass that can be shorter is about latency
constexpr double kPlateauBytes = 512.0 * 1024 * 1024;  // of a collective
constexpr double kMostSpread = 0.5;  // of a row's value: devices that differ more are no one SKU
constexpr double kDistinct = 0.1;    // two SKUs whose rooflines differ by more have no one figure

using Texts = std::vector<std::string>;

bool is_latency_bound(const BaselineRow& row, const RowLimit& limit) {
  if (row.is_best_of_search()) return false;
  if (span_of(row.id.workload) == Span::between_ranks)
    return static_cast<double>(row.id.shape.at("bytes")) < kPlateauBytes;
  return limit.least_time_s < kLatencyBoundS;
}

/// A factor by which the value would fit, in words; empty when none does.
std::string slip_of(double value, double least, double most) {
  struct Slip {
    double factor;
    const char* words;
  };
  constexpr std::array kSlips = {
      Slip{1000, "1000 times it would fit: a slip of unit, such as giga for tera"},
      Slip{0.001, "a thousandth would fit: a slip of unit, such as tera for giga"},
      Slip{8, "8 times it would fit: bytes taken for bits"},
      Slip{0.125, "an eighth would fit: bits taken for bytes"}};
  for (const Slip& slip : kSlips)
    if (value * slip.factor >= least && value * slip.factor <= most)
      return fmt::format("; {}", slip.words);
  return "";
}

void lint_roofline(const BaselineRow& row, const PartLight& light, Texts& found) {
  const std::optional<RowLimit> limit = limit_of(row, light);
  if (!limit) return;
  const double least = kPlateauShare * limit->rate.low, most = limit->rate.high;
  const auto words = [&](double value) { return in_words({row.metric, value}); };
  if (row.value > most)
    found.push_back(fmt::format("{} is over the {} that {}{}", words(row.value), words(most),
                                limit->by, slip_of(row.value, least, most)));
  else if (row.value < least && !is_latency_bound(row, *limit))
    found.push_back(fmt::format("{} is {} of the {} that {}, below {} on a plateau{}",
                                words(row.value), percent(row.value / limit->rate.low),
                                words(limit->rate.low), limit->by, percent(kPlateauShare),
                                slip_of(row.value, least, most)));
}

bool is_of_other_part(const Baseline& one, const Baseline& other) {
  return one.sku != other.sku &&
         std::find_first_of(one.pci_ids.begin(), one.pci_ids.end(), other.pci_ids.begin(),
                            other.pci_ids.end()) == one.pci_ids.end();
}

std::int64_t ranks_in(const BaselineRow& row) {
  return row.id.shape.has("ranks") ? row.id.shape.at("ranks") : 0;
}

bool measures_alike(const BaselineRow& one, const BaselineRow& other) {
  return one.id.workload == other.id.workload && one.id.dtype == other.id.dtype &&
         one.id.shape == other.id.shape && one.metric == other.metric &&
         one.scope_level == other.scope_level && one.nodes == other.nodes;
}

void lint_copied(const BaselineRow& row, const Baseline& baseline, const PartLight& light,
                 const std::vector<Baseline>& others, Texts& found) {
  const std::optional<RowLimit> limit = limit_of(row, light);
  for (const Baseline& other : others) {
    const std::optional<PartLight> other_light = light_of(other);
    if (!limit || !other_light || !is_of_other_part(baseline, other)) continue;
    for (const BaselineRow& its : other.rows) {
      if (!measures_alike(row, its) || std::abs(its.value / row.value - 1) > 1e-6) continue;
      const std::optional<RowLimit> its_limit = limit_of(its, *other_light);
      if (!its_limit || std::abs(its_limit->rate.high / limit->rate.high - 1) <= kDistinct)
        continue;
      found.push_back(fmt::format(
          "{} is also the figure of {} ({}), which can reach {} where this can reach {}",
          in_words({row.metric, row.value}), other.sku, its.id.str(),
          in_words({row.metric, its_limit->rate.high}), in_words({row.metric, limit->rate.high})));
      return;
    }
  }
}

bool is_published_name(const std::string& sku) {
  const auto skus = gpu_sku_table();
  return gpu_model_named(sku) != nullptr ||
         std::any_of(skus.begin(), skus.end(), [&](const GpuSku& one) { return sku == one.name; });
}

/// An id of another part: its devices would be held to figures that are not theirs.
void lint_identity(const Baseline& baseline, Texts& all) {
  if (!is_published_name(baseline.sku)) return;
  for (std::size_t i = 0; i < baseline.pci_ids.size(); ++i) {
    const GpuSku* sku = find_gpu_sku(baseline.pci_ids[i]);
    const GpuModel* model = gpu_model_of_pci_id(baseline.pci_ids[i]);
    if (sku == nullptr || baseline.sku == sku->name ||
        (model != nullptr && baseline.sku == model->name))
      continue;
    all.push_back(fmt::format("/pci_ids/{}: {} is {}, not {}", i, baseline.pci_ids[i], sku->name,
                              baseline.sku));
  }
}

void lint_spread(const BaselineRow& row, Texts& found) {
  if (row.mad && *row.mad > kMostSpread * row.value)
    found.push_back(fmt::format("its spread (mad) is {} of its value, over {}",
                                percent(*row.mad / row.value), percent(kMostSpread)));
}

void lint_provenance(const BaselineRow& row, const std::string& as_of, Texts& found) {
  const bool is_theirs = row.tier == "vendor" || row.tier == "third_party";
  if (is_theirs && row.source.find("://") == std::string::npos)
    found.push_back(fmt::format("its source is no address where a {} figure can be read",
                                row.tier == "vendor" ? "vendor's" : "third party's"));
  if (!row.n) found.push_back("it does not say of how many measurements it is (n)");
  if (row.date > as_of) found.push_back(fmt::format("its date {} is after {}", row.date, as_of));
  if (row.expires.empty())
    found.push_back("it never expires: say when it is to be measured again (expires)");
  else if (row.expires < as_of)
    found.push_back(fmt::format("it expired on {}, before {}", row.expires, as_of));
}

/// The metrics that measurements of a workload have.
Texts metrics_of(const std::string& workload) {
  if (span_of(workload) != Span::device)
    return {"bus_bandwidth_bytes_per_s", "algorithm_bandwidth_bytes_per_s", "bytes_per_s"};
  if (workload == "gemm" || workload.starts_with("attention_") || workload == "memory_triad")
    return {"flop_per_s", "bytes_per_s"};
  return {"bytes_per_s"};
}

bool is_known_workload(const std::string& workload) {
  constexpr std::array kKnown = {
      "gemm",           "attention_forward", "attention_backward", "attention_decode",
      "host_to_device", "device_to_host"};
  return workload.starts_with("memory_") || span_of(workload) != Span::device ||
         std::find(kKnown.begin(), kKnown.end(), workload) != kKnown.end();
}

/// Measurements are looked up by what moves their data, whatever its variant.
std::string why_no_fabric(const std::string& fabric) {
  if (fabric.empty()) return "";
  Measurement measurement;
  measurement.transport.emplace().kind = fabric;
  const std::string looked_up = fabric_class(measurement);
  if (looked_up == fabric) return "";
  return fmt::format("rows are looked up by the fabric '{}', not '{}'", looked_up, fabric);
}

/// Why no measurement can be what the row is about; empty when one can.
std::string why_never_matched(const BaselineRow& row) {
  const std::string& workload = row.id.workload;
  const bool between = span_of(workload) == Span::between_ranks;
  if (!is_known_workload(workload)) return fmt::format("there is no workload {}", workload);
  if (!row.is_best_of_search() && !work_of(row.id))
    return between && !row.id.shape.has("ranks")
               ? "its case does not name the number of ranks"
               : fmt::format("{} has no such shape or dtype", workload);
  const Texts metrics = metrics_of(workload);
  if (std::find(metrics.begin(), metrics.end(), row.metric) == metrics.end())
    return fmt::format("{} has no metric {}", workload, row.metric);
  if (between && row.scope_level == "device") return "a collective spans more than a device";
  if (span_of(workload) == Span::device && row.scope_level != "device" && row.scope_level != "node")
    return fmt::format("{} is measured on a device, or on all of a node at once", workload);
  if (between && !row.input_pattern.empty() && row.input_pattern != "small_integers")
    return "collectives move the pattern small_integers alone";
  if (!between && (row.input_pattern == "zeros" || row.input_pattern == "constant"))
    return "nothing is timed on zeros or constants";
  if (!between && (!row.fabric.empty() || row.nodes))
    return fmt::format("{} has no fabric and no nodes", workload);
  if (row.scope_level == "node" && row.nodes.value_or(1) != 1) return "its scope is one node";
  if (row.nodes && ranks_in(row) < *row.nodes) return "it has fewer ranks than nodes";
  return why_no_fabric(row.fabric);
}

/// Of a part whose dense rates are known: fp8 came with compute capability 8.9.
std::string why_not_computed(const BaselineRow& row, const PartLight& light) {
  if (!row.id.dtype.starts_with("fp8") || !light.flop_per_s.contains("bf16") ||
      light.flop_per_s.contains(row.id.dtype))
    return "";
  return fmt::format("this part has no products of {}", row.id.dtype);
}

}  // namespace

std::vector<std::string> mistakes_of(const Baseline& baseline, const std::string& as_of,
                                     const std::vector<Baseline>& others) {
  Texts all;
  lint_identity(baseline, all);
  const std::optional<PartLight> light = light_of(baseline);
  for (std::size_t i = 0; i < baseline.rows.size(); ++i) {
    const BaselineRow& row = baseline.rows[i];
    Texts found;
    std::string never = why_never_matched(row);
    if (never.empty() && light) never = why_not_computed(row, *light);
    if (!never.empty()) found.push_back("no measurement can ever match it: " + never);
    if (light && never.empty()) {
      lint_roofline(row, *light, found);
      lint_copied(row, baseline, *light, others, found);
    }
    lint_spread(row, found);
    lint_provenance(row, as_of, found);
    for (const std::string& text : found) all.push_back(fmt::format("/rows/{}: {}", i, text));
  }
  return all;
}

}  // namespace assay
