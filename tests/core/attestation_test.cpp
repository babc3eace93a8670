// Signatures: known answers, and one flipped bit anywhere is refused.
#include "harness/core/attestation.h"

#include <doctest/doctest.h>

#include "harness/core/document.h"
#include "tests/core/refusal.h"
#include "tests/core/scratch_folder.h"

namespace assay {

namespace {

// RFC 8032, section 7.1, test 2.
constexpr const char* kPrivate =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n";
constexpr const char* kPublic =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kOtherPublic =  // test 1 of the same section
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kSignatureOf0x72 =
    "kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA==";

struct Signed {
  test::ScratchFolder folder;
  SigningKey secret, open;

  Signed() : secret(key("key.pem", kPrivate, true)), open(key("public.pem", kPublic, false)) {
    write_text("{\"kind\": \"assay.result\", \"simulated\": true}", folder.path() / "in/n1.json");
    write_text("what was seen", folder.path() / "in/evidence/gang.md");
  }
  SigningKey key(const std::string& name, const char* pem, bool is_private) {
    std::filesystem::create_directories(folder.path() / "in/evidence");
    const std::string path = (folder.path() / name).string();
    write_text(pem, path);
    return is_private ? SigningKey::private_from_file(path) : SigningKey::public_from_file(path);
  }
  std::vector<SignedFile> files() const {
    return signed_files({(folder.path() / "in").string()}, {});
  }
  std::string refused(const std::string& envelope) const {
    return test::refusal([&] { verify_envelope(envelope, "envelope", files(), open); });
  }
};

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a document where the envelope is to be written is signed and no envelope is") {
    const Signed one;
    const std::filesystem::path in = one.folder.path() / "in";
    CHECK(signed_files({in.string()}, in / "n1.json").size() == 2);
    write_text(envelope_of(one.files(), one.secret), in / "signature.json");
    CHECK(signed_files({in.string()}, in / "signature.json").size() == 2);
  }

  TEST_CASE("a signature is the one of the standard and no other key made it") {
    Signed one;
    CHECK(to_base64(one.secret.sign("\x72")) == kSignatureOf0x72);
    CHECK(one.open.verifies("\x72", from_base64(kSignatureOf0x72)));
    CHECK_FALSE(one.open.verifies("\x73", from_base64(kSignatureOf0x72)));
    CHECK(one.secret.id() == one.open.id());
    const SigningKey other = one.key("other.pem", kOtherPublic, false);
    CHECK_FALSE(other.verifies("\x72", from_base64(kSignatureOf0x72)));
  }

  TEST_CASE("base64 is read only as it is written") {
    for (const std::string bytes : {"", "a", "ab", "abc", "abcd"})
      CHECK(from_base64(to_base64(bytes)) == bytes);
    for (const char* text : {"YR==", "YQ", "Y Q=", "YQ=a", "!!!!", "YQ==\n"}) {
      CAPTURE(text);
      CHECK_THROWS_AS(from_base64(text), Error);
    }
  }

  TEST_CASE("a file that holds no such key is refused by name") {
    Signed one;
    CHECK(test::refusal([&] { one.key("wrong.pem", kPublic, true); }).find("wrong.pem") !=
          std::string::npos);
    CHECK(test::refusal([&] { one.key("wrong.pem", "nothing", false); }).find("no public key") !=
          std::string::npos);
  }

  TEST_CASE("an envelope names every file of the folder and says that they are simulated") {
    Signed one;
    const Json envelope = parse_json(envelope_of(one.files(), one.secret), "envelope");
    CHECK(envelope["payloadType"] == "application/vnd.in-toto+json");
    const Json statement =
        parse_json(from_base64(envelope["payload"].get<std::string>()), "statement");
    CHECK(statement["_type"] == "https://in-toto.io/Statement/v1");
    REQUIRE(statement["subject"].size() == 2);
    CHECK(statement["subject"][0]["name"] == "evidence/gang.md");
    CHECK(statement["subject"][1]["name"] == "n1.json");
    CHECK(statement["predicate"]["simulated"] == true);
    CHECK(one.refused(envelope_of(one.files(), one.secret)) == "");
  }
}

TEST_SUITE("property") {
  TEST_CASE("an envelope with one flipped bit is refused wherever the bit is") {
    Signed one;
    const std::string envelope = envelope_of(one.files(), one.secret);
    for (std::size_t i = 0; i < envelope.size(); ++i) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string changed = envelope;
        changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
        CAPTURE(i);
        CAPTURE(bit);
        CHECK(one.refused(changed) != "");
      }
    }
  }

  TEST_CASE("an envelope that is no JSON is named once") {
    const std::string said = Signed().refused("{");
    CAPTURE(said);
    CHECK(said.starts_with("envelope: line 1"));
  }

  TEST_CASE("a file with one flipped bit or a file more or less is refused by name") {
    Signed one;
    const std::string envelope = envelope_of(one.files(), one.secret);
    const std::filesystem::path path = one.folder.path() / "in/n1.json";
    const std::string text = read_text(path);
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      write_text(changed, path);
      CHECK(one.refused(envelope).find("\"n1.json\" was changed") != std::string::npos);
    }
    write_text(text, path);
    write_text("more", one.folder.path() / "in/more.md");
    CHECK(one.refused(envelope).find("\"more.md\" was not signed") != std::string::npos);
    std::filesystem::remove(one.folder.path() / "in/more.md");
    std::filesystem::remove(path);
    CHECK(one.refused(envelope).find("\"n1.json\" was signed and is not here") !=
          std::string::npos);
  }

  TEST_CASE("a folder that is linked into a signed one is refused by name") {
    Signed one;
    const std::string envelope = envelope_of(one.files(), one.secret);
    std::filesystem::create_directory(one.folder.path() / "others");
    write_text("{}", one.folder.path() / "others/n2.json");
    const std::filesystem::path link = one.folder.path() / "in/nodes";
    std::filesystem::create_directory_symlink(one.folder.path() / "others", link);
    CHECK(test::refusal([&] { one.files(); }).find("\"nodes\" is a link to a folder") !=
          std::string::npos);
    std::filesystem::remove(link);
    std::filesystem::create_symlink(one.folder.path() / "nowhere", link);
    CHECK(test::refusal([&] { one.files(); }).find("\"nodes\"") != std::string::npos);
    std::filesystem::remove(link);
    CHECK(one.refused(envelope) == "");
  }
}

}  // namespace assay
