// Finds the library's measurement that a native one is compared with.
#include "harness/core/library_ratio.h"

namespace assay {

namespace {

bool is_beside(const Measurement& one, const Measurement& other) {
  // Of a node's measurements most are of another device.
  return one.series == other.series && one.scope.members == other.scope.members &&
         one.scope.level == other.scope.level && one.id.workload == other.id.workload &&
         one.id.dtype == other.id.dtype && one.id.shape == other.id.shape;
}

const Measurement& the(const Measurement& one) { return one; }
const Measurement& the(const Measurement* one) { return *one; }

/// Over the fastest of those beside it that `is_peer` takes.
template <class IsPeer, class Measurements>
std::optional<LibraryRatio> ratio_to(const IsPeer& is_peer, const Measurement& native,
                                     const Measurements& measurements) {
  if (!native.samples || native.samples->median_s <= 0) return std::nullopt;
  const Measurement* best = nullptr;
  for (const auto& place : measurements) {
    const Measurement& one = the(place);
    if (!one.samples || one.status != MeasurementStatus::measured) continue;
    if (!is_peer(one.id.implementation) || !is_beside(one, native)) continue;
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

template <class Measurements>
std::optional<LibraryRatio> to_library(const Measurement& native,
                                       const Measurements& measurements) {
  if (is_library(native.id.implementation)) return std::nullopt;
  const std::string_view product = product_of(native.id.implementation);
  return ratio_to(
      [&](std::string_view name) { return is_library(name) && product_of(name) == product; },
      native, measurements);
}

}  // namespace

bool is_library(std::string_view implementation) {
  return implementation.starts_with("cublas") || implementation == "cudnn" ||
         implementation == "openblas";
}

std::optional<LibraryRatio> ratio_to_library(const Measurement& native,
                                             const std::vector<Measurement>& measurements) {
  return to_library(native, measurements);
}

std::optional<LibraryRatio> ratio_to_library(const Measurement& native,
                                             const std::vector<const Measurement*>& measurements) {
  return to_library(native, measurements);
}

std::optional<LibraryRatio> ratio_to_peer(const Measurement& native, std::string_view peer,
                                          const std::vector<const Measurement*>& measurements) {
  return ratio_to([&](std::string_view name) { return name == peer; }, native, measurements);
}

}  // namespace assay
