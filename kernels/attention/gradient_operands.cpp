// Makes, stores and checks the arrays of a group of backward passes.
#include "kernels/attention/gradient_operands.h"

#include <algorithm>
#include <cmath>

#include "harness/core/dtype.h"
#include "kernels/attention/prefill.h"
#include "kernels/attention/vector_product.h"
#include "kernels/gemm/reference.h"
#include "kernels/normal_values.h"
#include "kernels/thread_pool.h"

namespace assay::attention {
namespace {

/// A row of each reference costs about what a row of these products does: a pair has twice the
/// products of a forward pass, and their magnitudes.
GemmShape query_cost(const Problem& p) {
  return {p.output_rows(), 4 * (p.width + p.value_width), p.keys};
}
GemmShape key_cost(const Problem& p) {
  return {p.key_rows(), 4 * (p.width + p.value_width),
          static_cast<std::int64_t>(p.queries) * p.group()};
}

std::size_t query_elements(const Problem& p) { return element_count(p.output_rows(), p.width); }
std::size_t key_elements(const Problem& p) { return element_count(p.key_rows(), p.width); }
std::size_t value_elements(const Problem& p) { return element_count(p.key_rows(), p.value_width); }
std::size_t output_elements(const Problem& p) {
  return element_count(p.output_rows(), p.value_width);
}

/// Each against its reference; the elements nearest to their bound speak for all.
Verification compare(const char* name, const std::vector<GradientRow>& reference,
                     const std::vector<float>& answer, int width, Roundoff roundoff) {
  BoundCheck check;
  for (const GradientRow& row : reference) {
    for (std::size_t i = 0; i < row.value.size(); ++i) {
      check.element(row.number, static_cast<std::int64_t>(i),
                    answer[element_count(row.number, width) + i], row.value[i],
                    gradient_bound(row, i, roundoff));
    }
  }
  Verification verification = check.verification();
  if (!verification.ok()) verification.detail = std::string(name) + ": " + verification.detail;
  return verification;
}

/// Whether the first is nearer to its bound, or wrong.
bool is_worse(const Verification& a, const Verification& b) {
  if (a.ok() != b.ok()) return !a.ok();
  return a.error.value_or(0) * b.tolerance.value_or(0) >
         b.error.value_or(0) * a.tolerance.value_or(0);
}

std::optional<std::string> never_written(const char* name, const std::vector<float>& values,
                                         int width) {
  const auto found =
      std::find_if(values.begin(), values.end(), [](float value) { return std::isnan(value); });
  if (found == values.end()) return std::nullopt;
  const auto at = found - values.begin();
  return std::string(name) + ": " + wrong_element(at / width, at % width, *found, 0);
}

}  // namespace

MemoryNeed gradient_memory_need(const Problem& p, const Types& types) {
  constexpr double kValue = sizeof(float), kReference = 3 * sizeof(double);
  const auto bytes_of = [](Dtype dtype) { return static_cast<double>(bits_of(dtype)) / 8; };
  const auto rows = static_cast<double>(p.output_rows()), keys = static_cast<double>(p.key_rows());
  const double inputs = rows * p.width + keys * (p.width + p.value_width);
  const double outputs = rows * p.value_width;
  const double set = (inputs + 2 * outputs) * bytes_of(types.storage) + rows * kValue +
                     inputs * bytes_of(types.output);
  const double values = (inputs + 2 * outputs + rows) * kValue;
  // The answer as it is stored and as values.
  const double answer = inputs * (bytes_of(types.output) + kValue);
  const double reference =
      (static_cast<double>(sampled_row_count(query_cost(p))) * p.width +
       static_cast<double>(sampled_row_count(key_cost(p))) * (p.width + p.value_width)) *
      kReference;
  return {.set = set,
          .beside_sets = set + (rows * p.width + 3 * rows) * kValue,
          .host = reference + values + answer};
}

GradientOperands::GradientOperands(Device& device, Problem problem, Types types, std::uint64_t seed)
    : device_(device), problem_(problem), types_(types), seed_(seed) {
  const BackwardInputs inputs = normal_inputs();
  make_reference(inputs);
  const std::size_t wanted = rotation_sets(device, gradient_memory_need(problem_, types));
  for (std::size_t i = 0; i < wanted; ++i) sets_.push_back(make_set(inputs));
}

std::shared_ptr<GradientOperands> GradientOperands::of(GroupContext& context,
                                                       const Problem& problem, Types types) {
  using All = std::vector<std::shared_ptr<GradientOperands>>;
  const auto all = context.operands<All>([] { return std::make_shared<All>(); });
  for (const auto& one : *all) {
    if (one->types() == types) return one;
  }
  all->push_back(
      std::make_shared<GradientOperands>(context.device(), problem, types, context.seed()));
  return all->back();
}

BackwardInputs GradientOperands::normal_inputs() const {
  const auto values = [&](std::uint32_t operand, std::size_t count) {
    return normal_values(device_, {seed_, operand, 0}, count, types_.storage);
  };
  BackwardInputs inputs;
  inputs.dense = {values(0, query_elements(problem_)), values(1, key_elements(problem_)),
                  values(2, value_elements(problem_))};
  inputs.output_gradient = values(3, output_elements(problem_));
  inputs.output.resize(output_elements(problem_));
  inputs.log_sum_exp.resize(static_cast<std::size_t>(problem_.output_rows()));
  Pointers arrays;
  arrays.q = inputs.dense.q.data();
  arrays.k = inputs.dense.k.data();
  arrays.v = inputs.dense.v.data();
  arrays.output = inputs.output.data();
  arrays.log_sum_exp = inputs.log_sum_exp.data();
  Prefill(problem_, Dtype::f32, host_threads(device_), vector_product)(arrays);
  for (float& value : inputs.output) value = rounded_input(types_.storage, value);
  return inputs;
}

Pointers GradientOperands::pointers(Set& set) {
  Pointers arrays;
  arrays.q = set.q->data();
  arrays.k = set.k->data();
  arrays.v = set.v->data();
  arrays.output = set.output->data();
  arrays.log_sum_exp = static_cast<float*>(set.log_sum_exp->data());
  arrays.output_gradient = set.output_gradient->data();
  arrays.dq = set.dq->data();
  arrays.dk = set.dk->data();
  arrays.dv = set.dv->data();
  return arrays;
}

std::unique_ptr<Buffer> GradientOperands::copied(const std::vector<std::byte>& bytes) {
  auto buffer = device_.allocate(bytes.size());
  device_.copy_in(*buffer, bytes.data(), bytes.size());
  return buffer;
}

GradientOperands::Set GradientOperands::make_set(const BackwardInputs& inputs) {
  Set set;
  set.q = copied(encode(types_.storage, inputs.dense.q));
  set.k = copied(encode(types_.storage, inputs.dense.k));
  set.v = copied(encode(types_.storage, inputs.dense.v));
  set.output = copied(encode(types_.storage, inputs.output));
  set.output_gradient = copied(encode(types_.storage, inputs.output_gradient));
  set.log_sum_exp = copied(encode(Dtype::f32, inputs.log_sum_exp));
  const auto gradient = [&](std::size_t elements) {
    auto output = std::make_unique<GuardedOutput>(device_, elements * size_of(types_.output));
    output->poison();  // also the first touch of its pages
    return output;
  };
  set.dq = gradient(query_elements(problem_));
  set.dk = gradient(key_elements(problem_));
  set.dv = gradient(value_elements(problem_));
  return set;
}

GradientOperands::Answer GradientOperands::run(Set& set, const Attend& attend) {
  for (auto* output : {&set.dq, &set.dk, &set.dv}) (*output)->poison();
  attend(pointers(set));
  device_.synchronize();
  Answer answer;
  const auto read = [&](const char* name, GuardedOutput& output) {
    const auto contents = output.read();
    if (contents.guard_broken && !answer.guard_broken) {
      answer.guard_broken = std::string(name) + ": " + *contents.guard_broken;
    }
    answer.checksum +=
        checksum(contents.bytes.data(), contents.bytes.size() / size_of(types_.output),
                 size_of(types_.output));
    return decode(types_.output, contents.bytes);
  };
  answer.values.q = read("dQ", *set.dq);
  answer.values.k = read("dK", *set.dk);
  answer.values.v = read("dV", *set.dv);
  answer.checksum = checksum(answer.checksum.data(), answer.checksum.size(), 1);
  return answer;
}

Roundoff GradientOperands::roundoff() const {
  return {types_.product.roundoff, unit_roundoff(types_.output)};
}

void GradientOperands::make_reference(const BackwardInputs& inputs) {
  const auto queries = sampled_rows(query_cost(problem_), seed_);
  const auto keys = sampled_rows(key_cost(problem_), seed_);
  reference_.q.resize(queries.size());
  reference_.k.resize(keys.size());
  reference_.v.resize(keys.size());
  ThreadPool& threads = host_threads(device_);
  threads.run([&](int thread) {
    const auto first = static_cast<std::size_t>(thread);
    const auto step = static_cast<std::size_t>(threads.size());
    for (std::size_t i = first; i < queries.size(); i += step) {
      reference_.q[i] = query_gradient_row(problem_, inputs, queries[i], types_.output, roundoff());
    }
    for (std::size_t i = first; i < keys.size(); i += step) {
      auto rows = key_gradient_rows(problem_, inputs, keys[i], types_.output, roundoff());
      reference_.k[i] = std::move(rows.k);
      reference_.v[i] = std::move(rows.v);
    }
  });
}

std::optional<std::string> GradientOperands::counting_difference(const Attend& attend) {
  const BackwardInputs inputs = counting_backward_inputs(problem_, seed_);
  Set set = make_set(inputs);
  const Answer answer = run(set, attend);
  if (answer.guard_broken) return answer.guard_broken;
  return first_gradient_difference(problem_, seed_, inputs, answer.values, roundoff());
}

Verification GradientOperands::verify(const Attend& attend) {
  if (const auto wrong = counting_difference(attend)) {
    return failed_verification("integer inputs: " + *wrong);
  }
  const Answer answer = run(sets_[0], attend);
  const std::string normal = "normal inputs: ";
  if (answer.guard_broken) return failed_verification(normal + *answer.guard_broken);
  Verification worst;
  const auto check = [&](const char* name, const std::vector<GradientRow>& reference,
                         const std::vector<float>& values, int width) {
    const auto missing = never_written(name, values, width);
    Verification one = missing ? failed_verification(*missing)
                               : compare(name, reference, values, width, roundoff());
    if (reference.data() == reference_.q.data() || is_worse(one, worst)) worst = std::move(one);
  };
  check("dQ", reference_.q, answer.values.q, problem_.width);
  check("dK", reference_.k, answer.values.k, problem_.width);
  check("dV", reference_.v, answer.values.v, problem_.value_width);
  if (!worst.ok()) worst.detail = normal + worst.detail;
  worst.checksum = answer.checksum;
  return worst;
}

}  // namespace assay::attention
