// Asks libcrypto.
#include "harness/core/digest.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>

#include "harness/core/error.h"

namespace assay {

namespace {

using Digest = std::array<unsigned char, 32>;

const unsigned char* bytes_of(std::string_view text) {
  // libcrypto takes a null pointer for "not given", also where the length is zero.
  return reinterpret_cast<const unsigned char*>(text.empty() ? "" : text.data());
}

/// The system's openssl.cnf can load other providers, or none: our digests do not depend on it.
void without_system_configuration() {
  static const int done =
      OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr);
  if (done != 1) throw Error("libcrypto cannot be initialised");
}

void expect_whole(bool computed, std::size_t size, const char* what) {
  if (!computed || size != Digest{}.size())
    throw Error(fmt::format("libcrypto did not compute {}: is this host out of memory?", what));
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  without_system_configuration();
  Digest digest{};
  std::size_t size = 0;
  const int computed =
      EVP_Q_digest(nullptr, "SHA256", nullptr, bytes_of(bytes), bytes.size(), digest.data(), &size);
  expect_whole(computed == 1, size, "SHA-256");
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  without_system_configuration();
  Digest tag{};
  std::size_t size = 0;
  const bool computed =
      EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, bytes_of(key), key.size(),
                bytes_of(message), message.size(), tag.data(), tag.size(), &size) != nullptr;
  expect_whole(computed, size, "HMAC-SHA-256");
  return {tag.begin(), tag.end()};
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace assay
