// What a failed write says, and a write that is not content with a part.
#pragma once

#include <filesystem>
#include <string_view>

namespace assay {

/// Throws Error: what was attempted on the output, the reason (an errno), what to do about it.
[[noreturn]] void write_failed(const std::filesystem::path& path, const char* attempted,
                               int reason);

/// All of `text`, or an Error.
void write_all(int fd, std::string_view text, const std::filesystem::path& path);

}  // namespace assay
