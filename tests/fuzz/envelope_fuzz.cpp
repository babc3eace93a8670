// Fuzzes the reader of signature envelopes: only the one that was signed is accepted.
#include <cstdlib>
#include <filesystem>

#include "harness/core/attestation.h"
#include "harness/core/document.h"
#include "tests/fuzz/holds.h"

namespace {

using namespace assay;
namespace fs = std::filesystem;

// RFC 8032, section 7.1, test 2: as in tests/core/attestation_test.cpp.
constexpr const char* kPrivate =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n";

/// A signed folder; its envelope is corpus/envelope/signed.json.
struct Signed {
  Signed() {
    std::string name = (fs::temp_directory_path() / "assay-fuzz-XXXXXX").string();
    fuzz::must_hold(mkdtemp(name.data()) != nullptr, "there is a folder for the key");
    const fs::path folder = name;
    write_text(kPrivate, folder / "key.pem");
    fs::create_directory(folder / "in");
    write_text("what was seen\n", folder / "in/page.md");
    write_text("{\"kind\": \"assay.result\"}\n", folder / "in/result.json");
    key = std::make_unique<SigningKey>(SigningKey::private_from_file(folder / "key.pem"));
    files = signed_files({(folder / "in").string()}, {});
    envelope = envelope_of(files, *key);
    at = folder;
  }
  ~Signed() {
    std::error_code ignored;
    fs::remove_all(at, ignored);
  }

  fs::path at;
  std::unique_ptr<SigningKey> key;
  std::vector<SignedFile> files;
  std::string envelope;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Signed one;
  const std::string text(fuzz::text_of(data, size));
  fuzz::must_refuse_clearly([&] {
    verify_envelope(text, "input", one.files, *one.key);
    fuzz::must_hold(text == one.envelope, "no other envelope is accepted");
  });
  return 0;
}
