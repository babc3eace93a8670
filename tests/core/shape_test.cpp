// Shapes and case ids: what is written is read back, and what is wrong is named.
#include "harness/core/shape.h"

#include <doctest/doctest.h>

#include <random>

#include "tests/core/refusal.h"

namespace assay {

using test::refusal;

TEST_SUITE("unit") {
  TEST_CASE("a shape keeps the order of its dimensions and its flags") {
    const Shape shape = Shape::parse("b1_hq64_hkv8_sq8192_sk8192_d128_causal");
    CHECK(shape.str() == "b1_hq64_hkv8_sq8192_sk8192_d128_causal");
    CHECK(shape.at("hq") == 64);
    CHECK(shape.has("causal"));
    CHECK(refusal([&] { shape.at("causal"); }).find("no dimension \"causal\"") !=
          std::string::npos);
    CHECK(refusal([&] { shape.at("n"); }).find("no dimension \"n\"") != std::string::npos);
    CHECK(Shape::parse("w128").at("w") == 128);
    CHECK(Shape::parse("bytes0").at("bytes") == 0);
  }

  TEST_CASE("a wrong shape is refused with the part that is wrong") {
    for (const char* text : {"", "_", "m1_", "_m1", "m1__n1", "M1", "m1_N2", "1m", "m01", "m-1",
                             "m1.5", "m1 ", "m1_m2", "m99999999999999999999", "m1n2", "m\n1"}) {
      CAPTURE(text);
      CHECK(refusal([&] { Shape::parse(text); }).find("shape \"") == 0);
    }
    CHECK(refusal([] { Shape::parse("m1024_nX_k2"); }).find("\"nX\"") != std::string::npos);
    CHECK(refusal([] { Shape::parse("m1_m2"); }).find("twice") != std::string::npos);
  }

  TEST_CASE("a dimension is added once with a name and a value that make sense") {
    Shape shape;
    shape.add("m", 5);
    shape.add("full", std::nullopt);
    CHECK(shape.str() == "m5_full");
    CHECK_THROWS_AS(shape.add("m", 6), Error);
    CHECK_THROWS_AS(shape.add("K", 6), Error);
    CHECK_THROWS_AS(shape.add("", 6), Error);
    CHECK_THROWS_AS(shape.add("k", -1), Error);
  }

  TEST_CASE("a case id is taken apart and put together") {
    const CaseId id = CaseId::parse("gemm.fp8_e4m3.sm90_block_scaled/m8192_n4096_k512");
    CHECK(id.workload == "gemm");
    CHECK(id.dtype == "fp8_e4m3");
    CHECK(id.implementation == "sm90_block_scaled");
    CHECK(id.shape.at("k") == 512);
    CHECK(id.str() == "gemm.fp8_e4m3.sm90_block_scaled/m8192_n4096_k512");
    CHECK(id.group() == "gemm.fp8_e4m3/m8192_n4096_k512");
    CHECK(CaseId::parse("gemm.bf16.*/m1").implementation == "*");
  }

  TEST_CASE("a wrong case id is refused with what is wrong") {
    const auto says = [](const char* text, const char* what) {
      CAPTURE(text);
      CHECK(refusal([&] { CaseId::parse(text); }).find(what) != std::string::npos);
    };
    says("gemm.bf16.sm90", "no '/'");
    says("gemm.bf16/m1", "fewer than three parts");
    says("gemm.bf17.sm90/m1", "\"bf17\" is not a dtype");
    says("Gemm.bf16.sm90/m1", "workload");
    says("gemm.bf16.sm90.fast/m1", "implementation");
    says("gemm.bf16.sm*/m1", "implementation");
    says("gemm.bf16.sm90/", "shape \"\"");
  }
}

TEST_SUITE("property") {
  TEST_CASE("a random shape is read back as it was written") {
    std::mt19937_64 random(7);
    for (int round = 0; round < 500; ++round) {
      Shape shape;
      for (int part = 0; part < 4; ++part) {
        std::string key;
        for (std::size_t i = 0; i <= random() % 4; ++i) {
          key += static_cast<char>('a' + random() % 26);
        }
        if (shape.has(key)) continue;
        const auto value = static_cast<std::int64_t>(random() >> (1 + random() % 63));
        shape.add(key, random() % 4 == 0 ? std::nullopt : std::optional(value));
      }
      CHECK(Shape::parse(shape.str()) == shape);
    }
  }
}

}  // namespace assay
