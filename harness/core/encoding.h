// How a file that is no UTF-8 text was written, for who was given one.
#pragma once

#include <string_view>

namespace assay {

/// What the text is instead and what to do, where its first bytes tell; else empty.
std::string_view other_encoding(std::string_view text);

}  // namespace assay
