// A build without simdjson has no quick reader: the strict one is always asked.
#include "harness/core/quick_result.h"

namespace assay {

bool read_quickly(const std::string&, Result&,
                  const std::optional<std::span<const std::string_view>>&) {
  return false;
}

}  // namespace assay
