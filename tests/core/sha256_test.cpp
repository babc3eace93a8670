// SHA-256 against the vectors of FIPS 180-4 and NIST's examples.
#include <doctest/doctest.h>

#include "harness/core/document.h"

TEST_SUITE("unit") {
  TEST_CASE("the digests of the published examples come out") {
    using assay::sha256_hex;
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(sha256_hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklm"
                     "nopqklmnopqrlmnopqrsmnopqrstnopqrstu") ==
          "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    CHECK(sha256_hex(std::string(1000000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }

  TEST_CASE("every length around a block pads to its own digest") {
    std::string seen;
    for (std::size_t length = 50; length < 140; ++length) {
      const std::string digest = assay::sha256_hex(std::string(length, '\0'));
      CHECK(digest.size() == 64);
      CHECK(seen.find(digest) == std::string::npos);
      seen += digest;
    }
    // From an independent implementation.
    CHECK(assay::sha256_hex(std::string(64, '\0')) ==
          "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b");
    CHECK(assay::sha256_hex(std::string(55, '\0')) ==
          "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7");
  }
}
