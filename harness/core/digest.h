// SHA-256, which identifies documents and profiles, and HMAC, which authenticates messages.
#pragma once

#include <string>
#include <string_view>

namespace assay {

/// FIPS 180-4, as 64 hexadecimal digits in lower case.
std::string sha256_hex(std::string_view bytes);

/// HMAC-SHA-256 (FIPS 198-1): 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);

/// Compares in time that does not depend on where the two differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace assay
