// SHA-256 as bytes, for keyed hashes; document.h has the hexadecimal form that documents carry.
#pragma once

#include <string>
#include <string_view>

namespace assay {

/// The digest's 32 bytes (FIPS 180-4).
std::string sha256(std::string_view bytes);

}  // namespace assay
