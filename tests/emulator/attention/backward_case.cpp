// The same inputs and bounds by which the catalogue verifies a backward case.
#include "tests/emulator/attention/backward_case.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "harness/core/dtype.h"
#include "harness/core/shape.h"
#include "kernels/attention/gradient_counting.h"
#include "kernels/inputs.h"
#include "tests/kernels/attention/exact_forward.h"

namespace assay::emulator {

namespace {

constexpr std::uint64_t kBackwardSeed = 7;

Roundoff gradient_roundoff(Dtype element) {
  return {facts_of(element).sum.roundoff, unit_roundoff(element)};
}

attention::BackwardInputs normal_backward_inputs(const attention::Problem& p, Dtype element) {
  const auto values = [&](std::uint32_t operand, std::int64_t rows, int width) {
    std::vector<float> all(attention::element_count(rows, width));
    fill_normal(all, {kBackwardSeed, operand, 0});
    for (float& value : all) value = rounded_input(element, value);
    return all;
  };
  attention::DenseInputs dense{values(0, p.output_rows(), p.width),
                               values(1, p.key_rows(), p.width),
                               values(2, p.key_rows(), p.value_width)};
  return attention::with_exact_forward(p, std::move(dense),
                                       values(3, p.output_rows(), p.value_width), element);
}

using BackwardKey = std::tuple<std::string, Dtype, AttentionData>;

BackwardCase make_backward_case(const BackwardKey& key) {
  const auto& [shape, element, data] = key;
  BackwardCase one;
  one.problem =
      attention::problem_of(attention::Workload::backward, Shape::parse(shape)).problem.value();
  one.element = element;
  one.data = data;
  const bool counting = data == AttentionData::counting;
  one.inputs = counting ? attention::counting_backward_inputs(one.problem, kBackwardSeed)
                        : normal_backward_inputs(one.problem, element);
  one.q = encode(element, one.inputs.dense.q);
  one.k = encode(element, one.inputs.dense.k);
  one.v = encode(element, one.inputs.dense.v);
  one.output = encode(element, one.inputs.output);
  one.output_gradient = encode(element, one.inputs.output_gradient);
  if (counting) return one;
  const Roundoff roundoff = gradient_roundoff(element);
  for (std::int64_t row = 0; row < one.problem.output_rows(); ++row) {
    one.dq.push_back(
        attention::query_gradient_row(one.problem, one.inputs, row, element, roundoff));
  }
  for (std::int64_t row = 0; row < one.problem.key_rows(); ++row) {
    auto rows = attention::key_gradient_rows(one.problem, one.inputs, row, element, roundoff);
    one.dk.push_back(std::move(rows.k));
    one.dv.push_back(std::move(rows.v));
  }
  return one;
}

/// Every row against its reference.
std::string difference_of(const char* name, const std::vector<attention::GradientRow>& expected,
                          std::span<const float> got, Roundoff roundoff) {
  BoundCheck check;
  for (const attention::GradientRow& row : expected) {
    const std::size_t width = row.value.size();
    for (std::size_t i = 0; i < width; ++i) {
      check.element(row.number, static_cast<std::int64_t>(i),
                    got[static_cast<std::size_t>(row.number) * width + i], row.value[i],
                    attention::gradient_bound(row, i, roundoff));
    }
  }
  return check.failed() ? name + (": " + check.verification().detail) : "";
}

}  // namespace

const BackwardCase& backward_case(const std::string& shape, Dtype element, AttentionData data) {
  static std::map<BackwardKey, BackwardCase> cases;
  const BackwardKey key{shape, element, data};
  const auto found = cases.find(key);
  return found != cases.end() ? found->second
                              : cases.emplace(key, make_backward_case(key)).first->second;
}

std::string gradient_difference(const BackwardCase& one, std::span<const std::byte> dq,
                                std::span<const std::byte> dk, std::span<const std::byte> dv) {
  const attention::GradientValues values{decode(one.element, dq), decode(one.element, dk),
                                         decode(one.element, dv)};
  const Roundoff roundoff = gradient_roundoff(one.element);
  if (one.data == AttentionData::counting) {
    return attention::first_gradient_difference(one.problem, kBackwardSeed, one.inputs, values,
                                                roundoff)
        .value_or("");
  }
  std::string difference = difference_of("dQ", one.dq, values.q, roundoff);
  if (difference.empty()) difference = difference_of("dK", one.dk, values.k, roundoff);
  if (difference.empty()) difference = difference_of("dV", one.dv, values.v, roundoff);
  return difference;
}

bool has_first_bits(const std::string& key, std::span<const std::byte> bytes) {
  static std::map<std::string, std::vector<std::byte>> all;
  const auto& first =
      all.emplace(key, std::vector<std::byte>(bytes.begin(), bytes.end())).first->second;
  return std::equal(first.begin(), first.end(), bytes.begin(), bytes.end());
}

}  // namespace assay::emulator
