// A native implementation beside the vendor's library: how fast, of what was measured in one group.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// By the implementation's name: `cublaslt` and its variants, `openblas`.
bool is_library(std::string_view implementation);

struct LibraryRatio {
  const Measurement* library = nullptr;
  double value = 0;  ///< The library's median time over the native one's: above 1 is faster.
};

/// Beside the fastest of the library's variants among `measurements` that belong to the same group:
/// case but for its implementation, series, and scope. Nothing when there is none, when `native` is
/// the library itself, or when it was not measured.
std::optional<LibraryRatio> ratio_to_library(const Measurement& native,
                                             const std::vector<Measurement>& measurements);

}  // namespace assay
