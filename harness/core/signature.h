// Ed25519 signatures (RFC 8032) and base64, through libcrypto.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace assay {

/// A private or a public key from a PEM file, as `openssl genpkey -algorithm ed25519` and `openssl
/// pkey -pubout` write them.
class SigningKey {
 public:
  /// Throws Error, naming the file, when it holds no Ed25519 key of that kind; a public one is read
  /// only as openssl writes it, to the byte.
  static SigningKey private_from_file(const std::string& path);
  static SigningKey public_from_file(const std::string& path);
  ~SigningKey();
  SigningKey(SigningKey&&) noexcept;

  /// 64 bytes. Throws Error for a public key.
  std::string sign(std::string_view message) const;
  bool verifies(std::string_view message, std::string_view signature) const;
  /// The SHA-256 of the public key's 32 bytes, in hexadecimal.
  std::string id() const;

 private:
  struct Held;
  explicit SigningKey(std::unique_ptr<Held> held);
  std::unique_ptr<Held> held_;
};

std::string to_base64(std::string_view bytes);
/// Throws Error for a text that to_base64() would not write.
std::string from_base64(std::string_view text);

}  // namespace assay
