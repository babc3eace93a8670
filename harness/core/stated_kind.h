// What a file says of itself, without reading it whole: folders of a fleet hold gigabytes.
#pragma once

#include <filesystem>
#include <optional>

#include "harness/core/document.h"

namespace assay {

/// The kind that the file says to be of, where that is one of ours; reads on only until it is said.
/// Nothing for a file that cannot be read, or that is no JSON up to there.
std::optional<DocumentKind> stated_kind(const std::filesystem::path& path);

}  // namespace assay
