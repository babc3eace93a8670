// Ed25519 signatures and base64, through libcrypto.
#include "harness/core/signature.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <new>

#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/error.h"

namespace assay {

namespace {

constexpr std::size_t kKeyBytes = 32, kSignatureBytes = 64;

using FreeKey = decltype([](EVP_PKEY* key) { EVP_PKEY_free(key); });
using FreeBio = decltype([](BIO* bio) { BIO_free(bio); });
using FreeContext = decltype([](EVP_MD_CTX* context) { EVP_MD_CTX_free(context); });
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Nobody is asked for a pass phrase: the command must run unattended.
int no_pass_phrase(char*, int, int, void*) { return -1; }

template <class Read>
std::unique_ptr<EVP_PKEY, FreeKey> key_from(const std::string& path, const char* kind,
                                            const Read& read) {
  const std::string text = read_text(path);
  const std::unique_ptr<BIO, FreeBio> bio(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  std::unique_ptr<EVP_PKEY, FreeKey> key(bio ? read(bio.get()) : nullptr);
  if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519)
    throw Error(
        fmt::format("{}: holds no {} key of Ed25519 in PEM, without a pass phrase", path, kind));
  return key;
}

std::string public_pem(EVP_PKEY* key) {
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new(BIO_s_mem()));
  char* text = nullptr;
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), key) != 1) throw std::bad_alloc();
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

struct SigningKey::Held {
  explicit Held(EVP_PKEY* taken) : key(taken) {}
  ~Held() { EVP_PKEY_free(key); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  EVP_PKEY* key;
};

SigningKey::SigningKey(std::unique_ptr<Held> held) : held_(std::move(held)) {}
SigningKey::~SigningKey() = default;
SigningKey::SigningKey(SigningKey&&) noexcept = default;

SigningKey SigningKey::private_from_file(const std::string& path) {
  auto key = key_from(path, "private", [](BIO* bio) {
    return PEM_read_bio_PrivateKey(bio, nullptr, no_pass_phrase, nullptr);
  });
  return SigningKey(std::make_unique<Held>(key.release()));
}

SigningKey SigningKey::public_from_file(const std::string& path) {
  auto key = key_from(path, "public", [](BIO* bio) {
    return PEM_read_bio_PUBKEY(bio, nullptr, no_pass_phrase, nullptr);
  });
  // Otherwise a change between the lines, which the reader skips, would go unseen.
  if (public_pem(key.get()) != read_text(path))
    throw Error(
        fmt::format("{}: not as `openssl pkey -pubout` writes a public key: make it again "
                    "from the private one",
                    path));
  return SigningKey(std::make_unique<Held>(key.release()));
}

std::string SigningKey::sign(std::string_view message) const {
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  const Context context(EVP_MD_CTX_new());
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, held_->key) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes_of(message), message.size()) != 1 ||
      size != kSignatureBytes)
    throw Error("signing failed: the key cannot sign");
  return signature;
}

bool SigningKey::verifies(std::string_view message, std::string_view signature) const {
  const Context context(EVP_MD_CTX_new());
  return context && signature.size() == kSignatureBytes &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, held_->key) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                          message.size()) == 1;
}

std::string SigningKey::id() const {
  std::array<unsigned char, kKeyBytes> raw{};
  std::size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(held_->key, raw.data(), &size) != 1 || size != kKeyBytes)
    throw Error("the key has no public half");
  return sha256_hex({reinterpret_cast<const char*>(raw.data()), raw.size()});
}

std::string to_base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // libcrypto ends it with a zero
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes_of(bytes),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string from_base64(std::string_view text) {
  std::string bytes(3 * text.size() / 4 + 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytes_of(text),
                                   static_cast<int>(text.size()));
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (size >= static_cast<int>(padding)) {
    bytes.resize(static_cast<std::size_t>(size) - padding);
    if (to_base64(bytes) == text) return bytes;
  }
  throw Error("no base64");
}

}  // namespace assay
