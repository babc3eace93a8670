// Where in the text of a JSON document a value stands.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// The line, from 1, on which the value at a JSON pointer (`/cases/0/shapes`) begins; nothing where
/// the text has none there. `text` must be JSON that parse_json reads.
std::optional<int> line_of(std::string_view text, std::string_view pointer);

}  // namespace assay
