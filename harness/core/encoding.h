// Names the encoding of a file that is not UTF-8, for the message that refuses it.
#pragma once

#include <string_view>

namespace assay {

/// What the text is instead and what to do, if its first bytes show it; else empty.
std::string_view other_encoding(std::string_view text);

}  // namespace assay
