// A build without simdjson has no quick reader: the strict one is always asked.
#include "harness/core/quick_result.h"

namespace assay {

std::optional<Result> read_quickly(const std::string&,
                                   const std::optional<std::span<const std::string_view>>&) {
  return std::nullopt;
}

}  // namespace assay
