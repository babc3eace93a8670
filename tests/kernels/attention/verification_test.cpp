// The check of attention catches what a kernel can get wrong.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "harness/core/dtype.h"
#include "harness/core/small_float.h"
#include "kernels/attention/fp8.h"
#include "kernels/attention/operands.h"
#include "kernels/inputs.h"
#include "tests/kernels/attention/problems.h"
#include "tests/kernels/small_host.h"

namespace assay::attention {
namespace {

using test::problem;
using test::SmallHost;

constexpr Types kBf16{Dtype::bf16, Dtype::bf16};
constexpr Types kScaledFp8{Dtype::fp8_e4m3, Dtype::bf16, kShortF32, true};

/// What may go wrong in the plain pass below.
struct Faults {
  std::function<Range(int query, Range keys)> keys = [](int, Range all) { return all; };
  std::function<int(int key)> key = [](int wanted) { return wanted; };  // which one is read
  int head_shift = 0;                                                   // of the key head
  int begin_shift = 0;                                                  // of later sequences
  int scale_shift = 0;                                                  // of the heads' scales
  float scale = 1;                                                      // of the scores
  bool unscaled_sum = false;  // the running sum is not rescaled when the maximum moves
  bool rounded_sum = false;   // every partial sum of O is rounded to bf16
  float log_sum_exp_shift = 0;
  float masked_output = 0;  // of a row that attends to nothing
};

std::vector<float> values(const void* data, std::int64_t count, Dtype element) {
  const auto bytes = static_cast<std::size_t>(count) * size_of(element);
  return decode(element, {static_cast<const std::byte*>(data), bytes});
}

/// One row by an online softmax over single keys.
struct PlainRow {
  std::vector<float> output;
  float log_sum_exp;
};
PlainRow plain_row(const InputView& inputs, Row row, const Faults& faults) {
  const Problem& p = inputs.problem();
  PlainRow out{std::vector<float>(static_cast<std::size_t>(p.value_width), 0.0F), 0};
  float most = -std::numeric_limits<float>::infinity(), sum = 0;
  const Range keys = faults.keys(row.query, visible_keys(p.scores_of(row.batch), row.query));
  Row read = row;
  read.head = (row.head + faults.head_shift * p.group()) % p.query_heads;
  for (int i = keys.first; i < keys.last; ++i) {
    const int key = faults.key(i) - (row.batch > 0 ? faults.begin_shift : 0);
    float score = 0;
    const auto q = inputs.query(row), k = inputs.key(read, key), v = inputs.value(read, key);
    for (std::size_t c = 0; c < q.size(); ++c) score += q[c] * k[c];
    score *= static_cast<float>(p.scale()) * faults.scale;
    const float next = std::max(most, score);
    const float factor = faults.unscaled_sum ? 1 : std::exp(most - next);
    const float weight = std::exp(score - next);
    sum = sum * factor + weight;
    for (std::size_t c = 0; c < v.size(); ++c) {
      out.output[c] = out.output[c] * factor + weight * v[c];
      if (faults.rounded_sum) out.output[c] = from_bf16(to_bf16(out.output[c]));
    }
    most = next;
  }
  for (float& element : out.output) element = sum > 0 ? element / sum : faults.masked_output;
  out.log_sum_exp = most + std::log(sum) + faults.log_sum_exp_shift;
  return out;
}

/// The rows of a paged cache, by its table.
std::vector<float> gathered(const Problem& p, const Pointers& a, const void* cache, Dtype element,
                            CacheLayout layout) {
  const std::int64_t pages =
      1 + *std::max_element(a.table, a.table + p.batches * p.pages_a_sequence());
  const auto all = values(cache, pages * layout.page_elements(), element);
  std::vector<float> rows;
  for (int batch = 0; batch < p.batches; ++batch) {
    for (int key = 0; key < p.keys; ++key) {
      const int page = a.table[batch * p.pages_a_sequence() + key / p.page];
      for (int head = 0; head < p.key_heads; ++head) {
        const auto first = static_cast<std::size_t>(layout.row(page, head, key % p.page));
        for (int i = 0; i < layout.width; ++i) {
          rows.push_back(all[first + static_cast<std::size_t>(i)]);
        }
      }
    }
  }
  return rows;
}

/// Inputs from what fp8.h stores.
void unscale(const Problem& p, const float* all, int shift, DenseInputs& inputs) {
  HeadScales scales = head_scales(all, p);
  std::vector<float> shifted(all, all + scales.count());
  std::rotate(shifted.begin(), shifted.begin() + shift, shifted.end());
  scales.all = shifted.data();
  for (std::size_t i = 0; i < inputs.q.size(); ++i) {
    const Row row = row_at(p, static_cast<std::int64_t>(i) / p.width);
    inputs.q[i] *= scales.q(row.batch, row.head);
  }
  const std::vector<float> columns = inputs.v;
  for (std::int64_t row = 0; row < p.key_rows(); ++row) {
    const int head = static_cast<int>(row % p.key_heads);
    const std::int64_t position = row / p.key_heads;
    const int batch = static_cast<int>(position / p.keys),
              key = static_cast<int>(position % p.keys);
    for (int i = 0; i < p.width; ++i) {
      inputs.k[element_count(row, p.width) + static_cast<std::size_t>(i)] *= scales.k(batch, head);
    }
    for (int i = 0; i < p.value_width; ++i) {
      const std::int64_t column = (batch * p.key_heads + head) * p.value_width + i;
      inputs.v[element_count(row, p.value_width) + static_cast<std::size_t>(i)] =
          columns[element_count(column, p.keys) + static_cast<std::size_t>(key)] *
          scales.v(batch, head);
    }
  }
}

void plain_attend(const Problem& p, const Types& types, const Pointers& a, const Faults& faults) {
  DenseInputs inputs{values(a.q, p.output_rows() * p.width, types.storage), {}, {}};
  if (p.page > 0) {
    inputs.k = gathered(p, a, a.k, types.storage, p.key_cache());
    inputs.v = p.latent ? leading_columns(inputs.k, p.width, p.value_width)
                        : gathered(p, a, a.v, types.storage, p.value_cache());
  } else {
    inputs.k = values(a.k, p.key_rows() * p.width, types.storage);
    inputs.v = values(a.v, p.key_rows() * p.value_width, types.storage);
  }
  if (a.scales != nullptr) unscale(p, a.scales, faults.scale_shift, inputs);
  auto* output = static_cast<std::byte*>(a.output);
  for (std::int64_t number = 0; number < p.output_rows(); ++number) {
    const Row row = row_at(p, number);
    const PlainRow plain = plain_row({p, inputs}, row, faults);
    std::vector<float> rounded = plain.output;
    for (float& element : rounded) element = rounded_input(types.output, element);
    const auto bytes = encode(types.output, rounded);
    std::memcpy(output + static_cast<std::size_t>(number) * bytes.size(), bytes.data(),
                bytes.size());
    a.log_sum_exp[p.log_sum_exp_place(row.batch, row.head, row.query)] = plain.log_sum_exp;
  }
}

Verification verify_with(const Problem& p, const Types& types, const Faults& faults = {}) {
  SmallHost host;
  Operands operands(host, p, types, 11);
  return operands.verify([&](const Pointers& a) { plain_attend(p, types, a, faults); });
}

const char* const kShapes[] = {"b2_hq4_hkv2_sq70_sk70_d32_causal", "b1_hq2_hkv1_sq30_sk90_d64_w20",
                               "b1_hq4_hkv4_sq40_sk50_d16_dv8_full"};

void check_caught(const Faults& faults, const char* shape, const char* said = "") {
  for (const Types& types : {Types{}, kBf16}) {
    const auto verification = verify_with(problem(shape), types, faults);
    CHECK_FALSE_MESSAGE(verification.ok(), shape);
    CHECK_MESSAGE(verification.detail.find(said) != std::string::npos, verification.detail);
  }
}

TEST_SUITE("unit") {
  TEST_CASE("a right pass is verified for every mask in both types and over pages") {
    for (const Types& types : {Types{}, kBf16}) {
      for (const char* shape : kShapes) {
        const auto verification = verify_with(problem(shape), types);
        CHECK_MESSAGE(verification.ok(), shape, ": ", verification.detail);
        CHECK(verification.checksum->size() == 32);
        CHECK(*verification.error <= *verification.tolerance);
      }
      const Problem decode = problem("b3_hq8_hkv2_sq4_sk61_d32_causal_page16", Workload::decode);
      CHECK_MESSAGE(verify_with(decode, types).ok(), verify_with(decode, types).detail);
      const Problem latent =
          problem("b2_hq6_hkv1_sq2_sk61_d48_dv32_causal_page16_latent", Workload::decode);
      CHECK_MESSAGE(verify_with(latent, types).ok(), verify_with(latent, types).detail);
    }
  }

  TEST_CASE("rows that attend to nothing must be zeros and minus infinity") {
    const char* shape = "b1_hq2_hkv1_sq20_sk8_d16_causal";
    CHECK_MESSAGE(verify_with(problem(shape), kBf16).ok(),
                  verify_with(problem(shape), kBf16).detail);
    Faults faults;
    faults.masked_output = 1;
    check_caught(faults, shape, "attends to nothing");
  }

  TEST_CASE("a mask that is off by one at either end is caught") {
    for (const char* shape : kShapes) {
      for (const int more : {-1, 1}) {
        const Problem p = problem(shape);
        Faults faults;
        faults.keys = [&](int, Range keys) {
          return Range{keys.first, std::clamp(keys.last + more, 1, p.keys)};
        };
        if (p.mask.kind != Mask::Kind::full || more < 0) check_caught(faults, shape, "integer");
        faults.keys = [&](int, Range keys) {
          return Range{std::clamp(keys.first + more, 0, keys.last - 1), keys.last};
        };
        if (p.mask.kind == Mask::Kind::window || more > 0) check_caught(faults, shape, "integer");
      }
    }
  }

  TEST_CASE("packed sequences are verified and one that begins a position early is caught") {
    for (const char* shape :
         {"b5_hq4_hkv2_sq70_sk70_d32_causal_varlen", "b10_hq2_hkv1_sq30_sk90_d64_w20_varlen",
          "b3_hq2_hkv2_sq50_sk20_d16_dv8_full_varlen"}) {
      for (const Types& types : {Types{}, kBf16}) {
        const auto verification = verify_with(problem(shape), types);
        CHECK_MESSAGE(verification.ok(), shape, ": ", verification.detail);
      }
      Faults early;
      early.begin_shift = 1;
      check_caught(early, shape, "integer");
    }
  }

  TEST_CASE("fp8 with scales of heads is verified and another head's scale is caught") {
    const char* shape = "b2_hq4_hkv2_sq70_sk96_d32_causal";
    CHECK_MESSAGE(verify_with(problem(shape), kScaledFp8).ok(),
                  verify_with(problem(shape), kScaledFp8).detail);
    Faults shifted, dropped, sum;
    shifted.scale_shift = 1;
    dropped.keys = [](int query, Range keys) {
      return query == 50 ? Range{keys.first, keys.last - 1} : keys;
    };
    sum.unscaled_sum = true;
    for (const Faults& faults : {shifted, dropped, sum}) {
      CHECK_FALSE(verify_with(problem(shape), kScaledFp8, faults).ok());
    }
  }

  TEST_CASE("one key that is dropped in one row or read in place of another is caught") {
    Faults dropped, twice;
    dropped.keys = [](int query, Range keys) {
      return query == 50 ? Range{keys.first, keys.last - 1} : keys;
    };
    check_caught(dropped, kShapes[0], "integer");
    twice.key = [](int key) { return key == 33 ? 32 : key; };
    check_caught(twice, kShapes[0], "integer");
  }

  TEST_CASE("a latent key that is dropped or read in place of another is caught") {
    const Problem latent =
        problem("b1_hq4_hkv1_sq2_sk61_d48_dv32_causal_page16_latent", Workload::decode);
    Faults dropped, twice;
    dropped.keys = [](int, Range keys) { return Range{keys.first + 1, keys.last}; };
    twice.key = [](int key) { return key == 50 ? 49 : key; };
    for (const Faults& faults : {dropped, twice}) {
      const auto verification = verify_with(latent, kBf16, faults);
      CHECK_FALSE(verification.ok());
      CHECK_MESSAGE(verification.detail.find("integer") != std::string::npos, verification.detail);
    }
  }

  TEST_CASE("the wrong key head and the wrong scale and a lost rescale are caught") {
    Faults head, scale, sum;
    head.head_shift = 1;
    check_caught(head, kShapes[0], "integer");
    scale.scale = 1.01F;
    check_caught(scale, kShapes[2]);
    sum.unscaled_sum = true;
    check_caught(sum, kShapes[2]);
  }

  TEST_CASE("a log-sum-exp that is off and sums kept in too few bits are caught") {
    Faults shifted, rounded;
    shifted.log_sum_exp_shift = 1e-3F;
    check_caught(shifted, kShapes[0], "log-sum-exp");
    rounded.rounded_sum = true;
    CHECK_FALSE(verify_with(problem("b1_hq1_hkv1_sq8_sk600_d32_full"), kBf16, rounded).ok());
  }

  TEST_CASE("an element that is never written and a write past the output are caught") {
    SmallHost host;
    const Problem p = problem(kShapes[2]);
    for (const bool past : {false, true}) {
      Operands operands(host, p, {}, 5);
      const auto last = p.output_rows() * p.value_width - 1;
      const auto verification = operands.verify([&](const Pointers& a) {
        auto* output = static_cast<float*>(a.output);
        const float before = output[last];
        plain_attend(p, {}, a, {});
        std::memcpy(&output[last], &before, past ? 0 : sizeof before);
        if (past) output[last + 1] = 0;
      });
      CHECK_FALSE(verification.ok());
      const char* said = past ? "past the output" : "was never written";
      CHECK_MESSAGE(verification.detail.find(said) != std::string::npos, verification.detail);
    }
  }
}

}  // namespace
}  // namespace assay::attention
