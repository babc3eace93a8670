// Shapes of attention: what is read from them, and one line for each that makes no sense.
#include "kernels/attention/problem.h"

#include <doctest/doctest.h>

#include "harness/core/shape.h"

namespace assay::attention {
namespace {

ParsedProblem parse(Workload workload, const char* shape) {
  return problem_of(workload, Shape::parse(shape));
}

TEST_SUITE("unit") {
  TEST_CASE("the pinned shape of a forward pass is read") {
    const auto parsed = parse(Workload::forward, "b1_hq64_hkv8_sq8192_sk8192_d128_causal").problem;
    REQUIRE(parsed);
    CHECK(parsed->group() == 8);
    CHECK(parsed->width == 128);
    CHECK(parsed->value_width == 128);
    CHECK(parsed->mask == Mask{Mask::Kind::causal, 0});
  }

  TEST_CASE("value width and window and page are read") {
    const auto latent = parse(Workload::backward, "b2_hq8_hkv8_sq64_sk128_d192_dv128_w32").problem;
    REQUIRE(latent);
    CHECK(latent->value_width == 128);
    CHECK(latent->mask == Mask{Mask::Kind::window, 32});
    const auto decode = parse(Workload::decode, "b4_hq8_hkv2_sq2_sk100_d64_causal_page16").problem;
    REQUIRE(decode);
    CHECK(decode->page == 16);
    CHECK(decode->pages_a_sequence() == 7);
  }

  TEST_CASE("latent keys hold their values in a decode step alone") {
    const auto latent =
        parse(Workload::decode, "b4_hq8_hkv1_sq2_sk100_d576_dv512_causal_page16_latent").problem;
    REQUIRE(latent);
    CHECK(latent->latent);
    CHECK(latent->stored_width() == 576);
    CHECK(latent->value_cache().row(2, 0, 3) == latent->key_cache().row(2, 0, 3));
  }

  TEST_CASE("sequences of different lengths are read for a forward pass alone") {
    const auto packed = parse(Workload::forward, "b9_hq2_hkv1_sq80_sk160_d8_full_varlen").problem;
    REQUIRE(packed);
    CHECK(packed->varlen);
    CHECK(packed->queries_of(1) == 20);
    CHECK(packed->keys_of(8) == 160);
    CHECK(packed->output_row(2, 3, 1) == (80 + 20 + 3) * 2 + 1);
    CHECK(packed->output_rows() == (80 + 20 + 50 + 10 + 40 + 70 + 30 + 60 + 80) * 2);
    CHECK_FALSE(parse(Workload::forward, "b1_hq2_hkv1_sq8_sk8_d8_full").problem->varlen);
  }

  TEST_CASE("what makes no sense is refused in one line that names it") {
    const struct {
      Workload workload;
      const char* shape;
      const char* said;
    } refused[] = {
        {Workload::forward, "m8_n8_k8", "needs b from 1"},
        {Workload::forward, "b1_hq8_hkv3_sq8_sk8_d64_full", "hq 8 is not a multiple of hkv 3"},
        {Workload::forward, "b1_hq8_hkv8_sq0_sk8_d64_full", "needs sq from 1"},
        {Workload::forward, "b1_hq8_hkv8_sk8_sq8_d64_full", "needs sq from 1"},
        {Workload::forward, "b1_hq8_hkv8_sq8_sk8_d60_full", "multiples of 8"},
        {Workload::forward, "b1_hq8_hkv8_sq8_sk8_d64", "needs its mask"},
        {Workload::forward, "b1_hq8_hkv8_sq8_sk8_d64_causal1", "needs its mask"},
        {Workload::forward, "b1_hq8_hkv8_sq8_sk8_d64_w0", "needs w from 1"},
        {Workload::forward, "b1_hq8_hkv8_sq8_sk8_d64_w", "needs w from 1"},
        {Workload::forward, "b1_hq8_hkv8_sq8_sk8_d64_full_causal", "something after its mask"},
        {Workload::forward, "b1_hq8_hkv8_sq8_sk8_d64_full_page16", "something after its mask"},
        {Workload::forward, "b1_hq8_hkv8_sq8_sk8_d64_full_varlen2", "something after its mask"},
        {Workload::forward, "b1_hq8_hkv8_sq8_sk8_d64_varlen_full", "needs its mask"},
        {Workload::backward, "b1_hq8_hkv8_sq8_sk8_d64_full_varlen", "something after its mask"},
        {Workload::decode, "b1_hq8_hkv8_sq1_sk8_d64_full_page16_varlen",
         "something after its page"},
        {Workload::decode, "b1_hq8_hkv8_sq1_sk8_d64_full", "needs page from 1"},
        {Workload::decode, "b1_hq8_hkv8_sq1_sk8_d64_dv128_full_page16_latent", "dv is at most d"},
        {Workload::decode, "b1_hq8_hkv8_sq1_sk8_d64_full_latent_page16", "needs page from 1"},
        {Workload::forward, "b1_hq8_hkv8_sq8_sk8_d64_full_latent", "something after its mask"},
        {Workload::decode, "b1_hq8_hkv8_sq1_sk8_d64_w4_page16", "no window"},
        {Workload::decode, "b1_hq8_hkv8_sq17_sk80_d64_full_page16", "1 to 16 queries"},
        {Workload::decode, "b1_hq8_hkv8_sq9_sk8_d64_full_page16", "sq is at most sk"},
    };
    for (const auto& one : refused) {
      const auto parsed = parse(one.workload, one.shape);
      CHECK_FALSE_MESSAGE(parsed.problem, one.shape);
      const std::string& said = parsed.refusal;
      CHECK_MESSAGE(said.find(one.said) != std::string::npos, one.shape, ": ", said);
      CHECK(said.find('\n') == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace assay::attention
