// Dtypes: every code and rounding by its format, arrays, and that the schemas list the same names.
#include "harness/core/dtype.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>

#include "harness/core/document.h"
#include "harness/core/embedded.h"
#include "harness/core/shape.h"

namespace assay {

namespace {

bool is_integer(Dtype dtype) { return dtype == Dtype::int8 || dtype == Dtype::int32; }

Json schema(const char* file) { return parse_json(embedded_file(file), file); }

std::vector<std::string> named_in_case_ids() {
  std::vector<std::string> names;
  for (const DtypeFacts& facts : kDtypes)
    if (dtype_named(facts.name)) names.emplace_back(facts.name);
  return names;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("the schemas list the dtypes that a case id may name") {
    auto names = named_in_case_ids();
    CHECK(names.size() == kDtypes.size() - 1);
    CHECK_FALSE(dtype_named("int32"));
    CHECK(schema("result.schema.json").at("/$defs/dtype/enum"_json_pointer) == names);
    CHECK(schema("profile.schema.json")
              .at("/$defs/cases/properties/dtypes/items/enum"_json_pointer) == names);
    for (const std::string& name : names)
      CHECK(CaseId::parse("gemm." + name + ".x/m1_n1_k1").dtype == name);
    CHECK_THROWS(CaseId::parse("gemm.int32.x/m1_n1_k1"));
    names.emplace_back("unstated");  // by another tool, whose measurements a document may hold
    CHECK(
        schema("result.schema.json").at("/$defs/measurement/properties/dtype/enum"_json_pointer) ==
        names);
  }

  TEST_CASE("a dtype has the bits of its format") {
    struct Row {
      Dtype dtype;
      std::size_t bits, bytes, of_seven;  // of one element and of an array of seven
      std::int64_t limit;
      Dtype product, sum;
    };
    using enum Dtype;
    const Row rows[] = {
        {f32, 32, 4, 28, 1 << 24, f32, f32},      {tf32, 32, 4, 28, 2048, f32, f32},
        {f16, 16, 2, 14, 2048, f16, f32},         {bf16, 16, 2, 14, 256, bf16, f32},
        {fp8_e4m3, 8, 1, 7, 16, bf16, f32},       {fp8_e5m2, 8, 1, 7, 8, bf16, f32},
        {fp4_e2m1, 4, 1, 4, 4, bf16, f32},        {int8, 8, 1, 7, 127, int32, int32},
        {int32, 32, 4, 28, 1 << 24, int32, int32}};
    CHECK(std::size(rows) == kDtypes.size());
    for (const Row& row : rows) {
      CAPTURE(name(row.dtype));
      CHECK(bits_of(row.dtype) == row.bits);
      CHECK(size_of(row.dtype) == row.bytes);
      CHECK(stored_bytes(row.dtype, 7) == row.of_seven);
      CHECK(exact_limit(row.dtype) == row.limit);
      CHECK(facts_of(row.dtype).product == row.product);
      CHECK(facts_of(row.dtype).sum.type == row.sum);
    }
  }

  TEST_CASE("every whole number up to the limit is exact and the next one is not") {
    for (const DtypeFacts& facts : kDtypes) {
      CAPTURE(facts.name);
      const auto limit = exact_limit(facts.dtype);
      for (std::int64_t i = -std::min<std::int64_t>(limit, 4096); i <= limit; ++i) {
        if (i == 4096) i = std::max<std::int64_t>(i, limit - 2);
        const auto value = static_cast<float>(i);
        CHECK(value_of(facts.dtype, code_of(facts.dtype, value)) == value);
        CHECK(rounded(facts.dtype, value) == value);
      }
      CHECK(code_of(facts.dtype, 0) == 0);
      if (is_integer(facts.dtype)) continue;
      CHECK(rounded(facts.dtype, static_cast<float>(limit + 1)) != static_cast<double>(limit + 1));
      CHECK(unit_roundoff(facts.dtype) * static_cast<double>(limit) == 1);
    }
  }

  TEST_CASE("no rounding is off by more than the unit roundoff and some is off by all of it") {
    for (const DtypeFacts& facts : kDtypes) {
      if (is_integer(facts.dtype) || facts.dtype == Dtype::f32) continue;
      CAPTURE(facts.name);
      double worst = 0;
      for (float value = 1; value < 2; value += 0x1p-13F) {
        worst = std::max(worst, std::abs(static_cast<double>(rounded(facts.dtype, value)) - value));
      }
      CHECK(worst == unit_roundoff(facts.dtype));
    }
  }

  TEST_CASE("known codes are those of the formats") {
    CHECK(code_of(Dtype::bf16, 1) == 0x3F80);
    CHECK(code_of(Dtype::f16, -2) == 0xC000);
    CHECK(code_of(Dtype::fp8_e4m3, 16) == 0x58);
    CHECK(code_of(Dtype::fp8_e5m2, 1e9F) == 0x7B);
    CHECK(code_of(Dtype::fp4_e2m1, -6) == 0xF);
    CHECK(code_of(Dtype::int8, -1) == 0xFF);
    CHECK(code_of(Dtype::f32, 1) == 0x3F800000);
    CHECK(code_of(Dtype::bf16, std::bit_cast<float>(0x7F800001U)) == 0x7FFF);
    CHECK(value_of(Dtype::bf16, 1) == std::ldexp(1.0F, -133));  // the smallest above 0 of each
    CHECK(value_of(Dtype::f16, 1) == std::ldexp(1.0F, -24));
    CHECK(value_of(Dtype::fp8_e4m3, 1) == std::ldexp(1.0F, -9));
    CHECK(value_of(Dtype::fp8_e5m2, 1) == std::ldexp(1.0F, -16));
    CHECK(value_of(Dtype::fp4_e2m1, 1) == 0.5F);
    CHECK(std::isnan(value_of(Dtype::fp8_e4m3, 0xFF)));
    CHECK(std::isinf(value_of(Dtype::fp8_e5m2, 0x7C)));
  }

  TEST_CASE("every code of a small format has the value of its exponent and mantissa") {
    for (const DtypeFacts& facts : kDtypes) {
      const auto& [exponent_bits, mantissa_bits, largest, saturates] = facts.format;
      if (exponent_bits == 0) continue;
      CAPTURE(facts.name);
      const std::uint32_t sign = 1U << (exponent_bits + mantissa_bits);
      const int bias = (1 << (exponent_bits - 1)) - 1;
      for (std::uint32_t code = 0; code <= largest; ++code) {
        CAPTURE(code);
        const auto exponent = static_cast<int>(code >> mantissa_bits);
        const auto mantissa = static_cast<int>(code & ((1U << mantissa_bits) - 1));
        const int whole = exponent == 0 ? mantissa : mantissa + (1 << mantissa_bits);
        const auto value =
            static_cast<float>(std::ldexp(whole, std::max(exponent, 1) - bias - mantissa_bits));
        CHECK(value_of(facts.dtype, code) == value);
        CHECK(value_of(facts.dtype, code | sign) == -value);
        CHECK(code_of(facts.dtype, value) == code);
        CHECK(code_of(facts.dtype, -value) == (code | sign));
      }
      for (std::uint32_t code = largest + 1; code < sign; ++code) {
        CAPTURE(code);
        const bool is_infinity = (code & ((1U << mantissa_bits) - 1)) == 0;
        CHECK(std::isinf(value_of(facts.dtype, code)) == is_infinity);
        CHECK(std::isnan(value_of(facts.dtype, code | sign)) != is_infinity);
      }
    }
  }

  TEST_CASE("between two codes the nearer one is taken and half way the even one") {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    for (const DtypeFacts& facts : kDtypes) {
      const FloatFormat& format = facts.format;
      if (format.exponent_bits == 0) continue;
      CAPTURE(facts.name);
      const std::uint32_t sign = 1U << (format.exponent_bits + format.mantissa_bits);
      const auto check = [&](float value, std::uint32_t code) {
        CAPTURE(value);
        CHECK(code_of(facts.dtype, value) == code);
        CHECK(code_of(facts.dtype, -value) == (code | sign));
      };
      for (std::uint32_t code = 0; code < format.largest_finite; ++code) {
        const float low = value_of(facts.dtype, code), high = value_of(facts.dtype, code + 1);
        const float half = low + (high - low) / 2;
        check(half, code + code % 2);
        check(std::nextafter(half, 0.0F), code);
        check(std::nextafter(half, kInfinity), code + 1);
      }
      for (float less = value_of(facts.dtype, 1) / 2; less > 0; less /= 2) check(less, 0);
      // Above the largest by as much as half of the last step it is too large.
      const float largest = value_of(facts.dtype, format.largest_finite);
      const float half = (largest - value_of(facts.dtype, format.largest_finite - 1)) / 2;
      const std::uint32_t beyond = format.largest_finite + (format.saturates ? 0 : 1);
      check(std::nextafter(largest + half, 0.0F), format.largest_finite);
      check(largest + half, beyond);
      check(kInfinity, beyond);
      const float nan = std::numeric_limits<float>::quiet_NaN();
      CHECK(code_of(facts.dtype, nan) == sign - 1);
      CHECK(code_of(facts.dtype, -nan) == sign - 1);
    }
  }

  TEST_CASE("an array has the bytes that its bits need and its values are read back") {
    for (const DtypeFacts& facts : kDtypes) {
      CAPTURE(facts.name);
      const std::vector<float> values = {1, -2, 0, 3, -1};
      const auto bytes = encode(facts.dtype, values);
      CHECK(bytes.size() == (5 * bits_of(facts.dtype) + 7) / 8);
      CHECK(bytes.size() == stored_bytes(facts.dtype, 5));
      auto back = decode(facts.dtype, bytes);
      CHECK(back.size() >= 5);
      back.resize(5);
      CHECK(back == values);
    }
    const std::vector<float> pair = {1, -1.5F};
    CHECK(encode(Dtype::fp4_e2m1, pair) == std::vector<std::byte>{std::byte{0xB2}});
  }
}

}  // namespace assay
