// What a document may measure, for every reader of JSON.
#pragma once

#include <cstddef>

namespace assay {

constexpr std::size_t kMaximumDocumentBytes = std::size_t{256} << 20;
constexpr std::size_t kMaximumDepth = 64;

}  // namespace assay
