// The speed of a native implementation relative to the vendor's library, measured in one group.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// By the implementation's name: `cublaslt` and its variants, `cublas_grouped`, `cudnn`,
/// `openblas`.
bool is_library(std::string_view implementation);

struct LibraryRatio {
  const Measurement* library = nullptr;
  double value = 0;  ///< The library's median time over the native one's: above 1 is faster.
};

/// Compares `native` with the fastest variant of the library among the `measurements` of the same
/// group (same series, scope and case, except for the implementation) that computes the same: with
/// alpha and beta, of operands by columns or scaled by block only if `native` does. Nothing when
/// there is none, when `native` is the library itself, or when it was not measured.
std::optional<LibraryRatio> ratio_to_library(const Measurement& native,
                                             const std::vector<Measurement>& measurements);
/// Among a few that the caller knows.
std::optional<LibraryRatio> ratio_to_library(const Measurement& native,
                                             const std::vector<const Measurement*>& measurements);
/// The same with `peer`, another implementation of that name, in place of the library.
std::optional<LibraryRatio> ratio_to_peer(const Measurement& native, std::string_view peer,
                                          const std::vector<const Measurement*>& measurements);

}  // namespace assay
