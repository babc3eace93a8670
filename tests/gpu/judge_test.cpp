// A wrong outcome of any kind is found, named, and called the emulator's fault.
#include "tests/gpu/judge.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <sstream>

#include "harness/core/error.h"
#include "tests/gpu/compare.h"
#include "tests/gpu/sample_cases.h"

namespace assay::gpu {
namespace {

constexpr LadderVariant kVariants[] = {{"copy", nullptr}, {"product", nullptr}};

std::vector<LadderCase> judged_samples() {
  return {sample_copy(kIntegers), sample_copy(kRandom), sample_product(kIntegers),
          sample_product(kRandom)};
}

struct Judged {
  int status;
  std::string text;
};

/// `spoil` changes what a device that is right would have answered.
Judged judged(const std::vector<LadderCase>& cases,
              const std::function<void(const LadderCase&, DeviceOutcome&)>& spoil) {
  std::ostringstream out;
  const int status = judge(
      cases, kVariants,
      [&](const LadderVariant& variant, const LadderCase& one) {
        CHECK(variant.name == one.variant);
        DeviceOutcome outcome{one.c, "", false};
        spoil(one, outcome);
        return outcome;
      },
      out);
  return {status, out.str()};
}

bool report_says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

/// The same case with element `index` of what the GPU gives moved by bf16 steps.
std::optional<std::string> moved(std::string_view data, int steps) {
  const LadderCase one = sample_product(data);
  Bytes gpu = one.c;
  std::uint16_t bits = 0;
  std::memcpy(&bits, gpu.data() + 2 * 11, 2);
  bits = static_cast<std::uint16_t>(bits + steps);
  std::memcpy(gpu.data() + 2 * 11, &bits, 2);
  return difference(one, gpu);
}

TEST_SUITE("unit") {
  TEST_CASE("a device that gives the emulator's bits is agreed with case by case") {
    const Judged all = judged(judged_samples(), [](const LadderCase&, DeviceOutcome&) {});
    CHECK(all.status == 0);
    CHECK(report_says(all.text, "agrees bit for bit: copy/m6_n4 random\n"));
    CHECK(report_says(all.text, "agrees within the rounding: product/m8_n8_k64 random\n"));
    CHECK(report_says(all.text, "4 cases agree, 0 disagree, 0 not tried"));
    CHECK_FALSE(report_says(all.text, "wrong"));
  }

  TEST_CASE("where a device disagrees the emulator is called wrong and the element is named") {
    const Judged one = judged(judged_samples(), [](const LadderCase& c, DeviceOutcome& outcome) {
      if (c.name() == "copy/m6_n4 random") outcome.c[4 * 17] ^= std::byte{1};
    });
    CHECK(one.status == 1);
    CHECK(report_says(one.text, "disagrees: copy/m6_n4 random: element 17 is "));
    CHECK(report_says(one.text, "the first of 1 of 24"));
    CHECK(report_says(one.text, "the emulator is wrong here: copy/m6_n4 random"));
    CHECK(report_says(one.text, "3 cases agree, 1 disagree, 0 not tried"));
  }

  TEST_CASE("a device that finds a fault which the emulator does not ends the comparison") {
    const Judged one = judged(judged_samples(), [](const LadderCase& c, DeviceOutcome& outcome) {
      if (c.variant == "product") outcome = {{}, "it has not ended after 20 s", true};
    });
    CHECK(one.status == 1);
    CHECK(report_says(one.text,
                      "the GPU says: it has not ended after 20 s; the emulator found no fault"));
    CHECK(report_says(one.text, "2 cases agree, 1 disagree, 1 not tried"));
  }

  TEST_CASE("a kernel without cases and a case without a kernel are refused") {
    const auto nothing = [](const LadderCase&, DeviceOutcome&) {};
    auto cases = judged_samples();
    cases.pop_back();
    CHECK_THROWS_WITH_AS(judged(cases, nothing),
                         doctest::Contains("no case of product with random"), Error);
    cases = judged_samples();
    cases[0].variant = "other";
    CHECK_THROWS_WITH_AS(judged(cases, nothing), doctest::Contains("does not know"), Error);
    CHECK_THROWS_AS(judged({}, nothing), Error);
  }

  TEST_CASE("integers differ by no bit and random products by no more than the rounding") {
    CHECK_FALSE(moved(kIntegers, 0));
    CHECK(moved(kIntegers, 1));
    CHECK(moved(kIntegers, -1));
    // The element is 112, where a step of bf16 is 0.5 and the bound 0.88.
    CHECK_FALSE(moved(kRandom, 1));
    CHECK_FALSE(moved(kRandom, -1));
    CHECK(moved(kRandom, 2));
    CHECK(moved(kRandom, -2));
  }

  TEST_CASE("a missing or infinite element of a random product is a difference") {
    const LadderCase one = sample_product(kRandom);
    for (const float value :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 0.0f}) {
      Bytes gpu = one.c;
      put_bf16(gpu, 63, value);
      CHECK(difference(one, gpu));
    }
    CHECK(difference(one, std::span<const std::byte>(one.c).first(2)));
  }
}

}  // namespace
}  // namespace assay::gpu
