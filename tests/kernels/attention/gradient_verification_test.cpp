// The check of gradients catches what a backward kernel can get wrong.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "harness/core/dtype.h"
#include "harness/core/small_float.h"
#include "kernels/attention/gradient_operands.h"
#include "kernels/inputs.h"
#include "tests/kernels/attention/problems.h"
#include "tests/kernels/small_host.h"

namespace assay::attention {
namespace {

using test::problem;
using test::SmallHost;

constexpr Types kStoredBf16{Dtype::bf16, Dtype::bf16};

/// What may go wrong in the plain pass below.
struct GradientFaults {
  std::function<Range(int query, Range keys)> keys = [](int, Range all) { return all; };
  int head_shift = 0;             ///< Of the key head that is read.
  float scale = 1;                ///< Of the scores.
  bool no_output_term = false;    ///< dS = P dP.
  bool one_head_a_group = false;  ///< Only the first query head adds to dK and dV.
  int lost_block = -1;            ///< Of 32 keys, whose part of dQ is lost.
  bool unscaled = false;          ///< dK is left without the scale.
  bool rounded_sum = false;       ///< Every partial sum of dQ is rounded to bf16.
};

std::vector<float> read_values(const void* data, std::size_t count, Dtype element) {
  return decode(element, {static_cast<const std::byte*>(data), count * size_of(element)});
}

float dot_of(const float* a, const float* b, int count) {
  float sum = 0;
  for (int i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

void add_scaled(float factor, const float* from, int count, float* to, bool is_rounded = false) {
  for (int i = 0; i < count; ++i) {
    to[i] += factor * from[i];
    if (is_rounded) to[i] = from_bf16(to_bf16(to[i]));
  }
}

void store_rounded(void* array, std::vector<float> from, Dtype element) {
  for (float& value : from) value = rounded_input(element, value);
  const auto bytes = encode(element, from);
  std::memcpy(array, bytes.data(), bytes.size());
}

/// Pair by pair, in f32.
void plain_backward(const Problem& p, const Types& types, const Pointers& a,
                    const GradientFaults& faults) {
  const int width = p.width, value_width = p.value_width;
  const auto q = read_values(a.q, element_count(p.output_rows(), width), types.storage);
  const auto k = read_values(a.k, element_count(p.key_rows(), width), types.storage);
  const auto v = read_values(a.v, element_count(p.key_rows(), value_width), types.storage);
  const std::size_t outputs = element_count(p.output_rows(), value_width);
  const auto output = read_values(a.output, outputs, types.storage);
  const auto gradient = read_values(a.output_gradient, outputs, types.storage);
  std::vector<float> dq(q.size()), dk(k.size()), dv(v.size());
  const auto scale = static_cast<float>(p.scale());
  for (std::int64_t number = 0; number < p.output_rows(); ++number) {
    const Row row = row_at(p, number);
    const Range seen = faults.keys(row.query, visible_keys(p.scores(), row.query));
    const float* q_row = q.data() + number * width;
    const float* gradient_row = gradient.data() + number * value_width;
    const float sum = dot_of(output.data() + number * value_width, gradient_row, value_width);
    const float log_sum_exp = a.log_sum_exp[p.log_sum_exp_place(row.batch, row.head, row.query)];
    for (int key = seen.first; key < seen.last; ++key) {
      const int key_head = (row.head / p.group() + faults.head_shift) % p.key_heads;
      const std::int64_t key_row = p.key_row(row.batch, key, key_head);
      const float* k_row = k.data() + key_row * width;
      const float score = dot_of(q_row, k_row, width) * scale * faults.scale;
      const float weight = std::exp(score - log_sum_exp);
      const float dp = dot_of(gradient_row, v.data() + key_row * value_width, value_width);
      const float ds = weight * (faults.no_output_term ? dp : dp - sum);
      if (key / 32 != faults.lost_block) {
        add_scaled(scale * ds, k_row, width, dq.data() + number * width, faults.rounded_sum);
      }
      if (faults.one_head_a_group && row.head % p.group() != 0) continue;
      add_scaled(faults.unscaled ? ds : scale * ds, q_row, width, dk.data() + key_row * width);
      add_scaled(weight, gradient_row, value_width, dv.data() + key_row * value_width);
    }
  }
  store_rounded(a.dq, dq, types.output);
  store_rounded(a.dk, dk, types.output);
  store_rounded(a.dv, dv, types.output);
}

Verification verify_gradients(const char* shape, const Types& types,
                              const GradientFaults& faults = {}) {
  SmallHost host;
  const Problem p = problem(shape);
  GradientOperands operands(host, p, types, 11);
  return operands.verify([&](const Pointers& a) { plain_backward(p, types, a, faults); });
}

const char* const kGradientShapes[] = {
    "b2_hq4_hkv2_sq70_sk70_d32_causal", "b1_hq2_hkv1_sq30_sk90_d64_w20",
    "b1_hq4_hkv4_sq40_sk50_d16_dv8_full", "b1_hq2_hkv1_sq40_sk20_d16_causal"};

void check_gradients_caught(const GradientFaults& faults, const char* shape,
                            const char* said = "") {
  for (const Types& types : {Types{}, kStoredBf16}) {
    const auto verification = verify_gradients(shape, types, faults);
    CHECK_FALSE_MESSAGE(verification.ok(), shape);
    CHECK_MESSAGE(verification.detail.find(said) != std::string::npos, verification.detail);
  }
}

TEST_SUITE("unit") {
  TEST_CASE("right gradients are verified for every mask in both types") {
    for (const Types& types : {Types{}, kStoredBf16}) {
      for (const char* shape : kGradientShapes) {
        const auto verification = verify_gradients(shape, types);
        CHECK_MESSAGE(verification.ok(), shape, ": ", verification.detail);
        CHECK(verification.checksum->size() == 32);
        CHECK(*verification.error <= *verification.tolerance);
      }
    }
  }

  TEST_CASE("a mask of the gradients that is off by one at either end is caught") {
    for (const char* shape : kGradientShapes) {
      const Problem p = problem(shape);
      for (const int more : {-1, 1}) {
        GradientFaults faults;
        faults.keys = [&](int, Range keys) {
          return keys.empty() ? keys : Range{keys.first, std::clamp(keys.last + more, 1, p.keys)};
        };
        if (p.mask.kind != Mask::Kind::full || more < 0)
          check_gradients_caught(faults, shape, "integer");
        faults.keys = [&](int, Range keys) {
          return keys.empty() ? keys
                              : Range{std::clamp(keys.first + more, 0, keys.last - 1), keys.last};
        };
        if (p.mask.kind == Mask::Kind::window || more > 0)
          check_gradients_caught(faults, shape, "integer");
      }
    }
  }

  TEST_CASE("a lost addition to dQ and a query head that adds to no key are caught") {
    GradientFaults lost, head;
    lost.lost_block = 1;
    check_gradients_caught(lost, kGradientShapes[0], "dQ");
    check_gradients_caught(lost, kGradientShapes[2], "dQ");
    head.one_head_a_group = true;
    check_gradients_caught(head, kGradientShapes[0], "integer");
  }

  TEST_CASE("a wrong key head and wrong scales and a lost output term are caught") {
    GradientFaults head, scale, term, unscaled;
    head.head_shift = 1;
    check_gradients_caught(head, kGradientShapes[0], "integer");
    scale.scale = 1.01F;
    check_gradients_caught(scale, kGradientShapes[2]);
    term.no_output_term = true;
    check_gradients_caught(term, kGradientShapes[1], "integer");
    unscaled.unscaled = true;
    check_gradients_caught(unscaled, kGradientShapes[0], "dK");
  }

  TEST_CASE("sums of dQ that are kept in too few bits are caught") {
    GradientFaults rounded;
    rounded.rounded_sum = true;
    CHECK_FALSE(verify_gradients("b1_hq1_hkv1_sq8_sk600_d32_full", kStoredBf16, rounded).ok());
  }

  TEST_CASE("a gradient that is never written and a write past its end are caught") {
    SmallHost host;
    const Problem p = problem(kGradientShapes[2]);
    for (const bool past : {false, true}) {
      GradientOperands operands(host, p, {}, 5);
      const auto last = p.key_rows() * p.value_width - 1;
      const auto verification = operands.verify([&](const Pointers& a) {
        auto* dv = static_cast<float*>(a.dv);
        const float before = dv[last];
        plain_backward(p, {}, a, {});
        std::memcpy(&dv[last], &before, past ? 0 : sizeof before);
        if (past) dv[last + 1] = 0;
      });
      CHECK_FALSE(verification.ok());
      const char* said = past ? "past the output" : "was never written";
      CHECK_MESSAGE(verification.detail.find(said) != std::string::npos, verification.detail);
    }
  }
}

}  // namespace
}  // namespace assay::attention
