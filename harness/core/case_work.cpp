// The conventions of work.h, and operands that an implementation reads and writes once.
#include "harness/core/case_work.h"

#include <algorithm>

#include "harness/core/dtype.h"
#include "harness/core/varlen.h"
#include "harness/core/workload.h"

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

std::optional<Work> product(const CaseId& id, Dtype dtype) {
  const Shape& shape = id.shape;
  if (!has_all(shape, {"m", "n", "k"})) return std::nullopt;
  const double m = size_or(shape, "m", 0), n = size_or(shape, "n", 0), k = size_or(shape, "k", 0);
  const double batches = size_or(shape, "b", 1), groups = size_or(shape, "g", 1);
  return Work{flop_of(id).value(), bytes_of(dtype, (m * k + groups * k * n) * batches) +
                                       bytes_of(facts_of(dtype).product, m * n * batches)};
}

/// Queries or keys of all sequences.
double positions(const Shape& shape, const char* key) {
  const std::int64_t sequences = shape.at("b"), longest = shape.at(key);
  return static_cast<double>(shape.has("varlen") ? varlen_begin(longest, sequences)
                                                 : sequences * longest);
}

std::optional<Work> attention(const CaseId& id, Dtype dtype) {
  const Shape& shape = id.shape;
  if (!has_all(shape, {"b", "hq", "hkv", "sq", "sk", "d"})) return std::nullopt;
  const double queries = positions(shape, "sq"), keys = positions(shape, "sk");
  const double width = size_or(shape, "d", 0), value_width = size_or(shape, "dv", width);
  // Latent keys begin with their values.
  const double key_and_value = shape.has("latent") ? width : width + value_width;
  const double cache = bytes_of(dtype, size_or(shape, "hkv", 0) * keys * key_and_value);
  if (id.workload == "attention_decode") return Work{0, cache};
  const double rows = size_or(shape, "hq", 0) * queries;
  const double arrays =
      cache + bytes_of(dtype, rows * width) + bytes_of(facts_of(dtype).product, rows * value_width);
  const double log_sum_exp = 4 * rows;
  const std::optional<double> flop = flop_of(id);
  if (!flop) return std::nullopt;
  // Backward reads the four arrays and dO, and writes dQ, dK and dV.
  const double times = id.workload == "attention_backward" ? 2 : 1;
  return Work{*flop, times * arrays + log_sum_exp};
}

}  // namespace

std::optional<Work> work_of(const CaseId& id) {
  const std::optional<Dtype> dtype = dtype_named(id.dtype);
  if (!dtype) return std::nullopt;
  if (id.workload == "gemm") return product(id, *dtype);
  if (id.workload.starts_with("attention_")) return attention(id, *dtype);
  if (!has_all(id.shape, {"bytes"})) return std::nullopt;
  if (const auto moved = moved_bytes_of(id)) return Work{flop_of(id).value_or(0), *moved};
  const bool is_collective =
      span_of(id.workload) == Span::between_ranks && has_all(id.shape, {"ranks"});
  if (id.workload == "device_to_device" || is_collective)
    return Work{0, static_cast<double>(id.shape.at("bytes"))};
  return std::nullopt;
}

}  // namespace assay
