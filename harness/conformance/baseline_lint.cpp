// Mistakes of baselines: against physics, against other baselines, and of provenance.
#include "harness/conformance/baseline_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/conformance/part_light.h"
#include "harness/conformance/possible_case.h"
#include "harness/conformance/quantity.h"
#include "harness/core/gpu_model.h"
#include "harness/core/gpu_tables.h"
#include "harness/core/message.h"
#include "harness/core/workload.h"

namespace assay {

namespace {

constexpr double kPlateauShare = 0.3;    // of its roofline that a row of a large size reaches
constexpr double kLatencyBoundS = 5e-5;  // a pass that can be shorter is about latency
constexpr double kPlateauBytes = 512.0 * 1024 * 1024;         // of a collective
constexpr double kSlowPassS = 1e-3, kSlowCollectiveS = 5e-3;  // no latency is that long
constexpr double kFastestPassS = 5e-7;                        // a launch alone takes longer
constexpr double kSlowestMessageS = 1, kMessageBytes = 1e5;   // of a few bytes, on any machine
constexpr double kSlowShare = 0.03;   // of its roofline, which adds to that of a larger size
constexpr double kMostSpread = 0.5;   // of a row's value: devices that differ more are no one SKU
constexpr double kDistinct = 0.1;     // two SKUs whose rooflines differ by more have no one figure
constexpr double kSameFigure = 2e-3;  // one figure, written with three digits or with all of them

using Texts = std::vector<std::string>;

bool is_latency_bound(const BaselineRow& row, const RowLimit& limit) {
  if (row.is_best_of_search()) return false;
  if (span_of(row.id.workload) == Span::between_ranks)
    return static_cast<double>(row.id.shape.at("bytes")) < kPlateauBytes;
  return limit.work / limit.rate.high < kLatencyBoundS;
}

/// Written to be plain, so that its answers can be trusted: however slow, it is no mistake.
bool may_be_slow(const BaselineRow& row) { return row.id.implementation == "naive"; }

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

/// A small size takes as long as it takes, but neither a thousandth nor a thousand times of that.
void lint_latency(const BaselineRow& row, const RowLimit& limit, Texts& found) {
  const bool is_collective = span_of(row.id.workload) == Span::between_ranks;
  const double pass_s = limit.work / row.value;
  if (pass_s < kFastestPassS)
    found.push_back(fmt::format(
        "{} is {:.2g} us a pass, and no launch is shorter than {:.2g} us; is it a slip of unit?",
        in_words({row.metric, row.value}), pass_s * 1e6, kFastestPassS * 1e6));
  const double slow_s =
      (is_collective ? kSlowCollectiveS : kSlowPassS) + limit.work / (kSlowShare * limit.rate.high);
  if (limit.rate.low > 0 && pass_s > slow_s && !may_be_slow(row))
    found.push_back(
        fmt::format("{} is {:.2g} ms a pass, of a size that takes {:.2g} ms at most; "
                    "is it a slip of unit?",
                    in_words({row.metric, row.value}), pass_s * 1e3, slow_s * 1e3));
}

/// A message of a few bytes, where nothing is known of the part: its rate has no unit to be seen.
void lint_message(const BaselineRow& row, Texts& found) {
  if (span_of(row.id.workload) != Span::between_ranks) return;
  const auto bytes = static_cast<double>(row.id.shape.at("bytes"));
  const double pass_s = bytes / row.value;
  if (bytes < kMessageBytes && pass_s > kSlowestMessageS)
    found.push_back(fmt::format("{} is {:.2g} s for {:g} bytes; is it a slip of unit?",
                                in_words({row.metric, row.value}), pass_s, bytes));
}

void lint_roofline(const BaselineRow& row, const std::optional<PartLight>& light, Texts& found) {
  const std::optional<RowLimit> limit = light ? limit_of(row, *light) : std::nullopt;
  if (!limit) return lint_message(row, found);
  const double least = kPlateauShare * limit->rate.low, most = limit->rate.high;
  const auto words = [&](double value) { return in_words({row.metric, value}); };
  if (row.value > most)
    found.push_back(fmt::format("{} is over the {} that {}{}", words(row.value), words(most),
                                limit->by, slip_of(row.value, least, most)));
  else if (is_latency_bound(row, *limit))
    lint_latency(row, *limit, found);
  else if (row.value < least && !may_be_slow(row))
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

/// The shapes are one, or both are sizes of a plateau, where a figure depends little on the size.
bool have_like_shapes(const BaselineRow& one, const BaselineRow& other) {
  if (one.id.shape == other.id.shape) return true;
  const Shape &a = one.id.shape, &b = other.id.shape;
  if (span_of(one.id.workload) != Span::between_ranks || !a.has("ranks") || !b.has("ranks"))
    return false;
  const auto bytes = static_cast<double>(std::min(a.at("bytes"), b.at("bytes")));
  return a.at("ranks") == b.at("ranks") && bytes >= kPlateauBytes;
}

bool measures_alike(const BaselineRow& one, const BaselineRow& other) {
  return one.id.workload == other.id.workload && one.id.dtype == other.id.dtype &&
         have_like_shapes(one, other) && one.metric == other.metric &&
         one.scope_level == other.scope_level && one.nodes == other.nodes;
}

void lint_copied(const BaselineRow& row, const Baseline& baseline, const PartLight& light,
                 const std::vector<Baseline>& others, Texts& found) {
  const std::optional<RowLimit> limit = limit_of(row, light);
  for (const Baseline& other : others) {
    const std::optional<PartLight> other_light = light_of(other);
    if (!limit || !other_light || !is_of_other_part(baseline, other)) continue;
    for (const BaselineRow& its : other.rows) {
      if (!measures_alike(row, its) || std::abs(its.value / row.value - 1) > kSameFigure) continue;
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

/// `NVIDIA H200 MIG 1g.18gb`, as the driver has it: a slice is found by its name alone.
bool is_name_of_slice(const std::string& sku) { return sku.find(" MIG ") != std::string::npos; }

/// A baseline is found by a PCI id, or by the name that documents give the accelerator.
bool is_ever_found(const Baseline& baseline) {
  return !baseline.pci_ids.empty() || baseline.sku == "host" || is_published_name(baseline.sku) ||
         is_name_of_slice(baseline.sku);
}

/// The id of the part that the baseline's name stands for; where it is a name of the user's, the
/// first of its own ids that is known.
std::string id_of_part(const Baseline& baseline) {
  for (const GpuModel& model : gpu_models())
    if (baseline.sku == model.name) return model.pci_id;
  for (const GpuSku& sku : gpu_sku_table())
    if (baseline.sku == sku.name) return sku.pci_id;
  for (const std::string& id : baseline.pci_ids)
    if (find_gpu_sku(id) != nullptr) return id;
  return "";
}

/// An id of another part: its devices would be held to figures that are not theirs.
std::string why_not_its_id(const Baseline& baseline, std::size_t at) {
  const std::string &id = baseline.pci_ids[at], part = id_of_part(baseline);
  if (!id.starts_with("10de:")) return "is no device of NVIDIA's, and no other is measured";
  if (part.empty() || part == id) return "";
  const GpuSku *sku = find_gpu_sku(id), *wanted = find_gpu_sku(part);
  if (sku != nullptr && wanted != nullptr)
    return fmt::format("is {}, not {}", sku->name,
                       is_published_name(baseline.sku) ? baseline.sku : wanted->name);
  const std::string has = capability_of_pci_id(id), needs = capability_of_pci_id(part);
  if (has.empty() || needs.empty() || has == needs) return "";
  return fmt::format("is of compute capability {}, not {}", has, needs);
}

void lint_identity(const Baseline& baseline, Texts& all) {
  if (!is_ever_found(baseline))
    all.push_back(
        fmt::format("/sku: no document's accelerator is called {} and it names no PCI "
                    "ids (`assay devices` shows both)",
                    in_quotes(baseline.sku)));
  for (std::size_t i = 0; i < baseline.pci_ids.size(); ++i)
    if (const std::string why = why_not_its_id(baseline, i); !why.empty())
      all.push_back(fmt::format("/pci_ids/{}: {} {}", i, baseline.pci_ids[i], why));
}

void lint_spread(const BaselineRow& row, Texts& found) {
  if (row.mad && *row.mad > kMostSpread * row.value)
    found.push_back(fmt::format("its spread (mad) is {} of its value, over {}",
                                percent(*row.mad / row.value), percent(kMostSpread)));
}

/// An address has a host.
bool has_host(const std::string& source) {
  const std::size_t host = source.find("://");
  const std::size_t end = host == std::string::npos ? host : source.find_first_of("/ ", host + 3);
  return host != std::string::npos && host > 0 &&
         source.substr(host + 3, end - host - 3).find('.') != std::string::npos;
}

/// An address, a path or a sentence.
bool says_where(const std::string& source) {
  return source.find_first_of(" /") != std::string::npos;
}

void lint_provenance(const BaselineRow& row, const std::string& as_of, Texts& found) {
  const bool is_theirs = row.tier == "vendor" || row.tier == "third_party";
  if (!is_theirs && !says_where(row.source))
    found.push_back("its source does not say where the figure is from");
  if (is_theirs && !has_host(row.source))
    found.push_back(fmt::format("its source is no address where a {} figure can be read",
                                row.tier == "vendor" ? "vendor's" : "third party's"));
  if (!row.n) found.push_back("it does not say of how many measurements it is (n)");
  if (row.date > as_of) found.push_back(fmt::format("its date {} is after {}", row.date, as_of));
  if (row.expires.empty())
    found.push_back("it never expires: say when it is to be measured again (expires)");
  else if (row.expires < as_of)
    found.push_back(fmt::format("it expired on {}, before {}", row.expires, as_of));
}

}  // namespace

std::vector<std::string> mistakes_of(const Baseline& baseline, const std::string& as_of,
                                     const std::vector<Baseline>& others) {
  Texts all;
  lint_identity(baseline, all);
  const std::optional<PartLight> light = light_of(baseline);
  const PartKind kind = kind_of(baseline);
  for (std::size_t i = 0; i < baseline.rows.size(); ++i) {
    const BaselineRow& row = baseline.rows[i];
    Texts found;
    const std::string never = why_never_matched(row, kind);
    if (!never.empty()) found.push_back("no measurement can ever match it: " + never);
    if (never.empty()) lint_roofline(row, light, found);
    if (light && never.empty()) lint_copied(row, baseline, *light, others, found);
    lint_spread(row, found);
    lint_provenance(row, as_of, found);
    for (const std::string& text : found) all.push_back(fmt::format("/rows/{}: {}", i, text));
  }
  return all;
}

}  // namespace assay
