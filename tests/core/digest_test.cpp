// Digests against the published vectors of FIPS 180-4 and RFC 4231, whatever the system configures.
#include "harness/core/digest.h"

#include <doctest/doctest.h>

namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (const unsigned char byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("the digests of the published examples come out") {
    using assay::sha256_hex;
    CHECK(sha256_hex({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256_hex(std::string(1000000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }

  TEST_CASE("HMAC-SHA-256 gives the values of RFC 4231") {
    using assay::hmac_sha256;
    CHECK(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex(hmac_sha256(std::string(131, '\xaa'),
                          "Test Using Larger Than Block-Size Key - Hash Key First")) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(hex(hmac_sha256({}, {})) ==
          "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  }

  TEST_CASE("tags are equal when every byte is") {
    using assay::equal_in_constant_time;
    CHECK(equal_in_constant_time("tag", "tag"));
    CHECK(equal_in_constant_time({}, {}));
    CHECK_FALSE(equal_in_constant_time("tag", "tog"));
    CHECK_FALSE(equal_in_constant_time("tag", "tags"));
  }
}
