// What one pass of a case computes and moves, from its id alone.
#include "harness/core/case_work.h"

#include <algorithm>

#include "harness/core/dtype.h"
#include "harness/core/work.h"

namespace assay {

namespace {

bool has_all(const Shape& shape, std::initializer_list<const char*> keys) {
  return std::all_of(keys.begin(), keys.end(), [&](const char* key) {
    return std::any_of(
        shape.entries().begin(), shape.entries().end(),
        [&](const Shape::Entry& entry) { return entry.key == key && entry.value > 0; });
  });
}

double size_or(const Shape& shape, const char* key, double otherwise) {
  return shape.has(key) ? static_cast<double>(shape.at(key)) : otherwise;
}

double bytes_of(Dtype dtype, double elements) {
  return elements * static_cast<double>(bits_of(dtype)) / 8;
}

std::optional<CaseWork> product(const Shape& shape, Dtype dtype) {
  if (!has_all(shape, {"m", "n", "k"})) return std::nullopt;
  const double m = size_or(shape, "m", 0), n = size_or(shape, "n", 0), k = size_or(shape, "k", 0);
  const double batches = size_or(shape, "b", 1), groups = size_or(shape, "g", 1);
  return CaseWork{2 * m * n * k * batches, bytes_of(dtype, (m * k + groups * k * n) * batches) +
                                               bytes_of(facts_of(dtype).product, m * n * batches)};
}

/// Query and key positions that meet under the mask; the last query meets the last key.
double attended_pairs(const Shape& shape, double queries, double keys) {
  const bool windowed = shape.has("w");
  const double window = size_or(shape, "w", keys);
  if (!windowed && !shape.has("causal")) return queries * keys;
  double pairs = 0;
  for (double query = 0; query < queries; ++query)
    pairs += std::clamp(std::min(keys - queries + query + 1, window), 0.0, keys);
  return pairs;
}

std::optional<CaseWork> attention(const std::string& workload, const Shape& shape, Dtype dtype) {
  if (!has_all(shape, {"b", "hq", "hkv", "sq", "sk", "d"})) return std::nullopt;
  const double queries = size_or(shape, "sq", 0), keys = size_or(shape, "sk", 0);
  const double heads = size_or(shape, "b", 0) * size_or(shape, "hq", 0);
  const double widths = size_or(shape, "d", 0) + size_or(shape, "dv", size_or(shape, "d", 0));
  const double cache =
      bytes_of(dtype, size_or(shape, "b", 0) * size_or(shape, "hkv", 0) * keys * widths);
  if (workload == "attention_decode") return CaseWork{0, cache};
  const double flop = 2 * heads * attended_pairs(shape, queries, keys) * widths;
  const double moved = cache + bytes_of(dtype, heads * queries * widths) + 4 * heads * queries;
  if (workload == "attention_forward") return CaseWork{flop, moved};
  return CaseWork{2.5 * flop, 2 * moved};
}

/// Arrays that are read and written.
double arrays_of(const std::string& workload) {
  if (workload == "memory_triad") return 3;
  return workload == "memory_copy" ? 2 : 1;
}

}  // namespace

std::optional<CaseWork> work_of(const CaseId& id) {
  const std::optional<Dtype> dtype = dtype_named(id.dtype);
  if (!dtype) return std::nullopt;
  if (id.workload == "gemm") return product(id.shape, *dtype);
  if (id.workload.starts_with("attention_")) return attention(id.workload, id.shape, *dtype);
  if (!has_all(id.shape, {"bytes"})) return std::nullopt;
  const auto bytes = static_cast<double>(id.shape.at("bytes"));
  if (id.workload.starts_with("memory_")) {
    const double triad_flop = id.workload == "memory_triad" ? 2 * bytes / bytes_of(*dtype, 1) : 0;
    return CaseWork{triad_flop, arrays_of(id.workload) * bytes};
  }
  const bool copies = id.workload == "host_to_device" || id.workload == "device_to_host" ||
                      id.workload == "device_to_device";
  if (copies || (bus_factor_of(id.workload, 2) && has_all(id.shape, {"ranks"})))
    return CaseWork{0, bytes};
  return std::nullopt;
}

}  // namespace assay
