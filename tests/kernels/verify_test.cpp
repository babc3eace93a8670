// The checker is checked: the bound holds for honest sums and breaks for dishonest ones.
#include "kernels/verify.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "harness/core/small_float.h"
#include "kernels/gemm/reference.h"
#include "kernels/inputs.h"
#include "tests/kernels/soak_count.h"

namespace assay {
namespace {

/// One row times one matrix in f32, terms first to last, or backwards, or by halves.
enum class Order { forward, backward, pairwise };

float pairwise(std::span<const float> terms) {
  if (terms.size() == 1) return terms[0];
  const auto half = terms.size() / 2;
  return pairwise(terms.first(half)) + pairwise(terms.subspan(half));
}

float dot(const float* a, const float* b, std::int64_t k, std::int64_t stride, Order order) {
  std::vector<float> terms(static_cast<std::size_t>(k));
  for (std::size_t i = 0; i < terms.size(); ++i) {
    terms[i] = a[i] * b[static_cast<std::int64_t>(i) * stride];
  }
  if (order == Order::pairwise) return pairwise(terms);
  if (order == Order::forward) return std::accumulate(terms.begin(), terms.end(), 0.0F);
  return std::accumulate(terms.rbegin(), terms.rend(), 0.0F);
}

struct Problem {
  GemmShape shape;
  std::vector<float> a, b;
  ReferenceRow reference;
};

Problem problem(std::uint64_t seed, bool bf16) {
  const InputArray choices{seed, 99, 0};
  Problem out;
  out.shape = {1, static_cast<std::int64_t>(8 + random_bits(choices, 0) % 57),
               static_cast<std::int64_t>(32 + random_bits(choices, 1) % 2000)};
  out.a.resize(static_cast<std::size_t>(out.shape.k));
  out.b.resize(static_cast<std::size_t>(out.shape.k * out.shape.n));
  fill_normal(out.a, {seed, 0, 0});
  fill_normal(out.b, {seed, 1, 0});
  if (bf16) {
    for (float& value : out.a) value = from_bf16(to_bf16(value));
    for (float& value : out.b) value = from_bf16(to_bf16(value));
  }
  out.reference = reference_row(out.shape, out.a, out.b, 0);
  return out;
}

/// Checks the product over terms [0, k) with the bound for all of them.
Verification check(const Problem& p, std::int64_t k, Order order, Dtype output) {
  BoundCheck bound;
  for (std::int64_t j = 0; j < p.shape.n; ++j) {
    float got = dot(p.a.data(), p.b.data() + j, k, p.shape.n, order);
    if (output == Dtype::bf16) got = from_bf16(to_bf16(got));
    const auto at = static_cast<std::size_t>(j);
    bound.element(0, j, got, p.reference.value[at],
                  element_bound(p.reference.value[at], p.reference.magnitude[at], p.shape.k,
                                {0x1p-24, unit_roundoff(output)}));
  }
  return bound.verification();
}

TEST_SUITE("property") {
  TEST_CASE("the error bound holds for f32 sums in any order over many seeded shapes") {
    const int count = test::soak_count(60);
    for (int seed = 0; seed < count; ++seed) {
      const Problem p = problem(static_cast<std::uint64_t>(seed), seed % 2 == 1);
      for (const Order order : {Order::forward, Order::backward, Order::pairwise}) {
        for (const Dtype output : {Dtype::f32, Dtype::bf16}) {
          const auto verification = check(p, p.shape.k, order, output);
          REQUIRE_MESSAGE(verification.ok(), "seed ", seed, ": ", verification.detail);
          REQUIRE(*verification.error <= *verification.tolerance);
        }
      }
    }
  }

  TEST_CASE("the error bound fails when a slice of K or its last term is left out") {
    const int count = test::soak_count(60);
    for (int seed = 0; seed < count; ++seed) {
      const Problem p = problem(static_cast<std::uint64_t>(seed), seed % 2 == 1);
      for (const std::int64_t dropped : {1, 16}) {
        const auto verification = check(p, p.shape.k - dropped, Order::forward, Dtype::f32);
        REQUIRE_FALSE(verification.ok());
        REQUIRE(*verification.error > *verification.tolerance);
      }
      REQUIRE_FALSE(check(p, p.shape.k - 16, Order::forward, Dtype::bf16).ok());
    }
  }
}

TEST_SUITE("unit") {
  TEST_CASE("gamma is the smaller of the deterministic and the probabilistic bound") {
    const double u = 0x1p-24;
    CHECK(accumulation_gamma(1, u) == doctest::Approx(2 * u));
    CHECK(accumulation_gamma(8191, u) == doctest::Approx(6 * std::sqrt(8192.0) * u));
    CHECK(accumulation_gamma(1000000, 0x1p-8) > 0);  // K u beyond 1: only the probabilistic one
  }

  TEST_CASE("an element that is NaN or infinite fails whatever its bound") {
    for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
      BoundCheck check;
      check.element(0, 0, 1, 1, 1);
      check.element(2, 3, bad, 1, std::numeric_limits<double>::max());
      CHECK_FALSE(check.verification().ok());
      CHECK(check.verification().detail.find("(2, 3)") != std::string::npos);
    }
  }

  TEST_CASE("a check that compared nothing is a failure") {
    CHECK_FALSE(BoundCheck().verification().ok());
  }

  TEST_CASE("the poison is known in 32 and in 16 bits") {
    CHECK(is_poison(std::bit_cast<float>(0xFFFFFFFFU)));
    CHECK(is_poison(from_bf16(0xFFFF)));
    CHECK_FALSE(is_poison(std::nanf("")));
    CHECK(wrong_element(1, 2, std::bit_cast<float>(0xFFFFFFFFU), 0).find("never written") !=
          std::string::npos);
  }

  TEST_CASE("the checksum sees a flipped bit and two words that change places") {
    std::vector<std::uint32_t> words{1, 2, 3, 4};
    const auto before = checksum(words.data(), words.size(), 4);
    CHECK(before == "000000000000000a0000000000000032");  // 10 and 1 + 6 + 15 + 28 = 50
    std::swap(words[1], words[2]);
    CHECK(checksum(words.data(), words.size(), 4) != before);
    std::swap(words[1], words[2]);
    words[3] ^= 0x80000000U;
    CHECK(checksum(words.data(), words.size(), 4) != before);
  }

  TEST_CASE("no two unequal words of any width change places unseen") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const std::size_t width = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 2 : 4;
      std::vector<float> drawn(66);
      fill_normal(drawn, {seed, 0, 0}, 0);
      std::vector<std::uint32_t> values(64);
      std::memcpy(values.data(), drawn.data(), 4 * values.size());
      std::vector<unsigned char> bytes(values.size() * width);
      for (std::size_t i = 0; i < values.size(); ++i)
        std::memcpy(bytes.data() + i * width, &values[i], width);
      const auto before = checksum(bytes.data(), values.size(), width);
      const auto places =
          std::bit_cast<std::array<std::uint32_t, 2>>(std::array<float, 2>{drawn[64], drawn[65]});
      const std::size_t one = places[0] % 64, other = places[1] % 64;
      auto* const first = bytes.data() + one * width;
      auto* const second = bytes.data() + other * width;
      if (std::memcmp(first, second, width) == 0) continue;
      std::swap_ranges(first, first + width, second);
      CHECK(checksum(bytes.data(), values.size(), width) != before);
    }
  }

  TEST_CASE("bf16 rounds to nearest with ties to even") {
    CHECK(to_bf16(1.0F) == 0x3F80);
    CHECK(to_bf16(1.0F + 0x1p-8F) == 0x3F80);      // a tie, to even
    CHECK(to_bf16(1.0F + 3 * 0x1p-8F) == 0x3F82);  // a tie, to even
    CHECK(to_bf16(1.0F + 0x1p-8F + 0x1p-20F) == 0x3F81);
    CHECK(std::isnan(from_bf16(to_bf16(std::bit_cast<float>(0x7F800001U)))));
    CHECK(std::isinf(from_bf16(to_bf16(3.4e38F))));
  }
}

}  // namespace
}  // namespace assay
