// The same inputs and bounds by which the catalogue verifies a case.
#include "tests/emulator/attention/attention_case.h"

#include <cmath>
#include <map>
#include <tuple>

#include "harness/core/dtype.h"
#include "harness/core/shape.h"
#include "kernels/attention/counting.h"
#include "kernels/attention/fp8.h"
#include "kernels/attention/paged_rows.h"
#include "kernels/inputs.h"
#include "tests/emulator/attention/cache_case.h"

namespace assay::emulator {

namespace {

constexpr std::uint64_t kSeed = 7;

attention::Types types_of(Dtype element) {
  const DtypeFacts& facts = facts_of(element);
  return {element, facts.product, facts.sum, element == Dtype::fp8_e4m3};
}

attention::DenseInputs normal_inputs(const attention::Problem& p, Dtype element) {
  const auto values = [&](std::uint32_t operand, std::int64_t rows, int width) {
    std::vector<float> all(attention::element_count(rows, width));
    fill_normal(all, {kSeed, operand, 0});
    for (float& value : all) value = rounded_input(element, value);
    return all;
  };
  attention::DenseInputs inputs{
      values(0, p.output_rows(), p.width), values(1, p.key_rows(), p.width), {}};
  inputs.v = p.latent ? attention::leading_columns(inputs.k, p.width, p.value_width)
                      : values(2, p.key_rows(), p.value_width);
  return inputs;
}

using attention::Workload;
using CaseKey = std::tuple<Workload, std::string, Dtype, AttentionData>;

void store_scaled_columns(AttentionCase& one) {
  const Dtype element = one.types.storage;
  one.scales = attention::drawn_head_scales(one.problem, kSeed);
  one.q = encode(element, attention::scaled_queries(one.problem, one.inputs.q, one.scales));
  one.k = encode(element, attention::scaled_keys(one.problem, one.inputs.k, one.scales));
  one.v = encode(element, attention::scaled_value_columns(one.problem, one.inputs.v, one.scales));
}

void store(AttentionCase& one) {
  if (one.types.scaled_columns) return store_scaled_columns(one);
  const Dtype element = one.types.storage;
  one.q = encode(element, one.inputs.q);
  const auto stored = [&](const std::vector<float>& rows, attention::CacheLayout layout) {
    if (layout.page == 0) return encode(element, rows);
    return encode(element,
                  attention::paged_rows(rows, one.problem.batches, page_table_of(one.problem),
                                        attention::cache_pages(one.problem), layout));
  };
  one.k = stored(one.inputs.k, one.problem.key_cache());
  if (!one.problem.latent) one.v = stored(one.inputs.v, one.problem.value_cache());
}

AttentionCase make_case(const CaseKey& key) {
  const auto& [workload, shape, element, data] = key;
  AttentionCase one;
  one.problem = attention::problem_of(workload, Shape::parse(shape)).problem.value();
  one.types = types_of(element);
  one.data = data;
  const bool counting = data == AttentionData::counting;
  one.inputs = counting ? attention::counting_inputs(one.problem, kSeed)
                        : normal_inputs(one.problem, element);
  store(one);
  const attention::InputView view(one.problem, one.inputs);
  for (std::int64_t row = 0; !counting && row < one.problem.output_rows(); ++row) {
    one.expected.push_back(attention::reference_row(view, row, attention::NaiveTypes(one.types),
                                                    attention::Precision(one.types)));
  }
  return one;
}

const AttentionCase& case_of(const CaseKey& key) {
  static std::map<CaseKey, AttentionCase> cases;
  const auto found = cases.find(key);
  return found != cases.end() ? found->second : cases.emplace(key, make_case(key)).first->second;
}

/// Every row against its reference, by FlashAttention's rule.
std::string normal_difference(const AttentionCase& one, std::span<const float> output,
                              std::span<const float> log_sum_exp) {
  const attention::Precision precision(one.types);
  BoundCheck check;
  const auto width = static_cast<std::size_t>(one.problem.value_width);
  for (const attention::ReferenceRow& row : one.expected) {
    const auto got = output.subspan(static_cast<std::size_t>(row.number) * width, width);
    for (std::size_t i = 0; i < width; ++i) {
      check.element(row.number, static_cast<std::int64_t>(i), got[i], row.output[i],
                    2 * row.naive_error + attention::output_floor(row, i, precision));
    }
    const attention::Row at = attention::row_at(one.problem, row.number);
    const std::int64_t place = one.problem.log_sum_exp_place(at.batch, at.head, at.query);
    const float sum = log_sum_exp[static_cast<std::size_t>(place)];
    const bool right = row.visible == 0 ? sum == static_cast<float>(row.log_sum_exp)
                                        : std::abs(sum - row.log_sum_exp) <=
                                              attention::log_sum_exp_bound(row, precision);
    if (!right) return "the log-sum-exp of row " + std::to_string(row.number) + " is wrong";
  }
  return check.failed() ? check.verification().detail : "";
}

}  // namespace

const AttentionCase& attention_case(const std::string& shape, Dtype element, AttentionData data) {
  return case_of({Workload::forward, shape, element, data});
}

const AttentionCase& cache_case(const std::string& shape, Dtype element, AttentionData data) {
  return case_of({Workload::decode, shape, element, data});
}

std::vector<std::int32_t> page_table_of(const attention::Problem& problem) {
  return attention::drawn_table(problem, attention::cache_pages(problem), kSeed);
}

std::string attention_difference(const AttentionCase& one, std::span<const std::byte> output,
                                 std::span<const float> log_sum_exp) {
  const std::vector<float> values = decode(one.types.output, output);
  if (one.data == AttentionData::normal) return normal_difference(one, values, log_sum_exp);
  return attention::first_counting_difference(one.problem, kSeed, one.inputs.v, values, log_sum_exp,
                                              attention::Precision(one.types))
      .value_or("");
}

}  // namespace assay::emulator
