// Finds the library's measurement that belongs beside a native one.
#include "harness/core/library_ratio.h"

namespace assay {

namespace {

bool is_beside(const Measurement& one, const Measurement& other) {
  // Of a node's measurements most are of another device.
  return one.series == other.series && one.scope.members == other.scope.members &&
         one.scope.level == other.scope.level && one.id.workload == other.id.workload &&
         one.id.dtype == other.id.dtype && one.id.shape == other.id.shape;
}

/// Over the fastest of those beside it that `is_peer` takes.
template <class IsPeer>
std::optional<LibraryRatio> ratio_to(const IsPeer& is_peer, const Measurement& native,
                                     const std::vector<Measurement>& measurements) {
  if (!native.samples || native.samples->median_s <= 0) return std::nullopt;
  const Measurement* best = nullptr;
  for (const Measurement& one : measurements) {
    if (!one.samples || one.status != MeasurementStatus::measured) continue;
    if (!is_beside(one, native) || !is_peer(one.id.implementation)) continue;
    if (!best || one.samples->median_s < best->samples->median_s) best = &one;
  }
  if (!best) return std::nullopt;
  return LibraryRatio{best, best->samples->median_s / native.samples->median_s};
}

/// What a variant computes where it is another product than that of its kind; else empty.
std::string_view product_of(std::string_view implementation) {
  for (const std::string_view product :
       {"_alpha_beta", "_a_by_columns", "_b_by_columns", "_ab_by_columns", "_block_scaled"})
    if (implementation.ends_with(product)) return product;
  return {};
}

}  // namespace

bool is_library(std::string_view implementation) {
  return implementation.starts_with("cublas") || implementation == "cudnn" ||
         implementation == "openblas";
}

std::optional<LibraryRatio> ratio_to_library(const Measurement& native,
                                             const std::vector<Measurement>& measurements) {
  if (is_library(native.id.implementation)) return std::nullopt;
  const std::string_view product = product_of(native.id.implementation);
  return ratio_to(
      [&](std::string_view name) { return is_library(name) && product_of(name) == product; },
      native, measurements);
}

std::optional<LibraryRatio> ratio_to_peer(const Measurement& native, std::string_view peer,
                                          const std::vector<Measurement>& measurements) {
  return ratio_to([&](std::string_view name) { return name == peer; }, native, measurements);
}

}  // namespace assay
