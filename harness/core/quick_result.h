// The quick way to read a result document, for fleets: simdjson's parser, the same schema and the
// same lists of fields as the strict reader, and no messages.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace assay {

/// The result that the strict reader would read from `text`. Nothing where it would refuse the
/// text, so that it is asked what is wrong, and where only it knows how to read it (schema 1.0).
/// With `telemetry`, measurements get those members of theirs alone.
std::optional<Result> read_quickly(
    const std::string& text,
    const std::optional<std::span<const std::string_view>>& telemetry = std::nullopt);

}  // namespace assay
