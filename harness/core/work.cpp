// The conventions by workload, and the roofline.
#include "harness/core/work.h"

#include <algorithm>
#include <array>
#include <string>

#include "harness/core/varlen.h"

namespace assay {

namespace {

/// A dimension of a shape, or the fallback where the shape does not have it.
double dimension(const Shape& shape, std::string_view key, double fallback) {
  return shape.has(key) ? static_cast<double>(shape.at(key)) : fallback;
}

bool has_all(const Shape& shape, std::initializer_list<std::string_view> keys) {
  return std::all_of(keys.begin(), keys.end(), [&](auto key) { return shape.has(key); });
}

std::optional<double> gemm_flop(const Shape& shape) {
  if (!has_all(shape, {"m", "n", "k"})) return std::nullopt;
  const auto at = [&](std::string_view key) { return dimension(shape, key, 1); };
  return 2 * at("b") * at("m") * at("n") * at("k");  // groups (g) share out the rows of m
}

/// The last query stands at the last key; a window ends at the query's own position.
double window_pairs(std::int64_t queries, std::int64_t keys, std::int64_t width) {
  double pairs = 0;
  for (std::int64_t query = 0; query < queries; ++query) {
    const std::int64_t end = query + keys - queries + 1;
    pairs += static_cast<double>(std::clamp<std::int64_t>(end, 0, keys) -
                                 std::clamp<std::int64_t>(end - width, 0, keys));
  }
  return pairs;
}

/// The (query, key) pairs of a sequence that count as computed: a causal mask leaves half of a
/// square.
double counted_pairs(const Shape& shape, std::int64_t queries, std::int64_t keys) {
  if (shape.has("w")) return window_pairs(queries, keys, shape.at("w"));
  const auto q = static_cast<double>(queries), k = static_cast<double>(keys);
  if (!shape.has("causal")) return q * k;
  return queries <= keys ? q * (k - q / 2) : k * k / 2;
}

/// Of all sequences.
double counted_pairs(const Shape& shape) {
  const std::int64_t sequences = shape.at("b"), queries = shape.at("sq"), keys = shape.at("sk");
  if (!shape.has("varlen")) {
    return static_cast<double>(sequences) * counted_pairs(shape, queries, keys);
  }
  double pairs = 0;
  for (int i = 0; i < kVarlenPeriod; ++i) {
    pairs += static_cast<double>(varlen_count(sequences, i)) *
             counted_pairs(shape, varlen_length(queries, i), varlen_length(keys, i));
  }
  return pairs;
}

std::optional<double> attention_flop(const Shape& shape) {
  if (!has_all(shape, {"b", "hq", "sq", "sk", "d"})) return std::nullopt;
  const double width = dimension(shape, "d", 0);
  return 2 * dimension(shape, "hq", 1) * counted_pairs(shape) *
         (width + dimension(shape, "dv", width));
}

/// The gradients take the scores again, and the products for dP, dV, dQ and dK.
constexpr double kForwardProducts = 2, kBackwardProducts = 5;

/// Arrays of `bytes` that one iteration reads and writes, and FLOP for each of their elements.
struct MemoryWork {
  std::string_view workload;
  double arrays, flop_per_element;
};
constexpr std::array kMemory = {MemoryWork{"memory_read", 1, 0}, MemoryWork{"memory_write", 1, 0},
                                MemoryWork{"memory_copy", 2, 0}, MemoryWork{"memory_triad", 3, 2}};

const MemoryWork* memory_work(std::string_view workload) {
  const auto found = std::find_if(kMemory.begin(), kMemory.end(),
                                  [&](const MemoryWork& row) { return row.workload == workload; });
  return found == kMemory.end() ? nullptr : &*found;
}

/// Whole elements of four bytes.
double elements_of(const Shape& shape) { return static_cast<double>(shape.at("bytes") / 4); }

bool is_host_copy(std::string_view workload) {
  return workload == "host_to_device" || workload == "device_to_host";
}

/// The rate of the dtype; 0 when it is not known.
double peak(const std::map<std::string, double>& rates, const std::string& dtype) {
  const auto found = rates.find(dtype);
  return found == rates.end() ? 0 : found->second;
}

constexpr double kMostFraction = 2;  // what the result's schema accepts

}  // namespace

std::optional<double> flop_of(const CaseId& id) {
  if (id.workload == "gemm") return gemm_flop(id.shape);
  if (id.workload == "attention_forward") return attention_flop(id.shape);
  if (id.workload == "attention_backward") {
    const auto forward = attention_flop(id.shape);
    return forward ? std::optional(kBackwardProducts / kForwardProducts * *forward) : std::nullopt;
  }
  if (id.workload == "attention_decode" || is_host_copy(id.workload)) return 0;
  if (const MemoryWork* memory = memory_work(id.workload); memory && id.shape.has("bytes"))
    return memory->flop_per_element * elements_of(id.shape);
  return std::nullopt;
}

std::optional<double> moved_bytes_of(const CaseId& id) {
  if (!id.shape.has("bytes")) return std::nullopt;
  if (const MemoryWork* memory = memory_work(id.workload))
    return memory->arrays * 4 * elements_of(id.shape);
  if (is_host_copy(id.workload)) return static_cast<double>(id.shape.at("bytes"));
  return std::nullopt;
}

std::optional<LeastTime> least_time(const Work& work, const SpeedOfLight& light, const CaseId& id,
                                    Series series) {
  const bool is_linked = work.link_bytes_per_s.has_value();  // no cache is in the way of a link
  const double moving = is_linked ? *work.link_bytes_per_s : light.memory_bytes_per_s.value_or(0);
  const double computing = peak(light.flop_per_s, id.dtype);
  // Arithmetic of an unknown rate may be what bounds it: then memory alone is no speed of light.
  if (work.flop > 0 && computing == 0 && !id.workload.starts_with("memory_")) return std::nullopt;
  std::optional<LeastTime> least;
  if (work.flop > 0 && computing > 0) least = {work.flop / computing, "compute"};
  const bool is_moved = (is_linked || series == Series::cold) && work.moved_bytes > 0 && moving > 0;
  if (is_moved && (!least || work.moved_bytes / moving > least->seconds))
    least = {work.moved_bytes / moving, is_linked ? "link" : "memory"};
  return least;
}

std::optional<LightFraction> fraction_of_light(const Work& work, const SpeedOfLight& light,
                                               const CaseId& id, Series series, double median_s) {
  const auto least = least_time(work, light, id, series);
  if (!least || least->seconds / median_s > kMostFraction) return std::nullopt;
  return LightFraction{least->seconds / median_s, least->bound};
}

}  // namespace assay
