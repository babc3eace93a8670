// The quick way to read a result document, for fleets: simdjson's parser, the same schema and the
// same lists of fields as the strict reader, and no messages.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace assay {

/// Makes of `result`, whatever it held, the one that the strict reader would read from `text`; the
/// memory of what it held is used again. False where the strict reader would refuse the text, so
/// that it is asked what is wrong, and where only it knows how to read it (schema 1.0): `result` is
/// then good for reading into alone. With `telemetry`, measurements get those members of theirs
/// alone.
bool read_quickly(const std::string& text, Result& result,
                  const std::optional<std::span<const std::string_view>>& telemetry = std::nullopt);

}  // namespace assay
