// Makes, stores and checks the arrays of an attention group.
#include "kernels/attention/operands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "harness/core/dtype.h"
#include "kernels/attention/counting.h"
#include "kernels/attention/fp8.h"
#include "kernels/attention/paged_rows.h"
#include "kernels/attention/varlen.h"
#include "kernels/gemm/reference.h"
#include "kernels/normal_values.h"
#include "kernels/thread_pool.h"

namespace assay::attention {
namespace {

/// A row of the reference costs what a row of this product does.
GemmShape reference_cost(const Problem& p) {
  return {p.output_rows(), p.width + p.value_width, p.keys};
}

DenseInputs normal_inputs(const Device& device, const Problem& p, Dtype rounding,
                          std::uint64_t seed) {
  const auto values = [&](std::uint32_t operand, std::int64_t rows, int width) {
    return normal_values(device, {seed, operand, 0}, element_count(rows, width), rounding);
  };
  DenseInputs inputs{values(0, p.output_rows(), p.width), values(1, p.key_rows(), p.width), {}};
  inputs.v = p.latent ? leading_columns(inputs.k, p.width, p.value_width)
                      : values(2, p.key_rows(), p.value_width);
  return inputs;
}

/// Rows of K and of V as they are stored: of a cache, those of whole pages.
double stored_keys(const Problem& p) {
  if (p.page == 0) return static_cast<double>(p.key_rows());
  return static_cast<double>(cache_pages(p)) * p.page * p.key_heads;
}

}  // namespace

MemoryNeed memory_need(const Problem& p, const Types& types) {
  constexpr double kValue = sizeof(float), kReference = 2 * sizeof(double);
  const auto bytes_of = [](Dtype dtype) { return static_cast<double>(bits_of(dtype)) / 8; };
  const auto rows = static_cast<double>(p.output_rows()), keys = static_cast<double>(p.key_rows());
  const double wider = std::max(p.width, p.value_width);
  // Beside the inputs as values: Q, K or V as it is stored, and where that has another order or
  // scales, such values.
  const double scaled = types.scaled_columns ? kValue : 0;
  const double storing =
      std::max(rows * p.width * (bytes_of(types.storage) + scaled),
               stored_keys(p) * wider * (bytes_of(types.storage) + (p.page > 0 ? kValue : scaled)));
  const double making = (rows * p.width + keys * (p.width + p.value_width)) * kValue + storing;
  // The answer as it is stored and as values, beside V of the counting inputs.
  const double checking = keys * p.value_width * kValue +
                          rows * (p.value_width * (bytes_of(types.output) + kValue) + 2 * kValue);
  const double reference =
      static_cast<double>(sampled_row_count(reference_cost(p))) * p.value_width * kReference;
  const double stored = stored_bytes(p, types);
  return {.set = stored,
          .beside_sets = stored,  // of the counting inputs
          .host = reference + std::max(making, checking)};
}

double stored_bytes(const Problem& p, const Types& types) {
  const auto rows = static_cast<double>(p.output_rows());
  const double keys = stored_keys(p);
  const auto inputs = rows * p.width + keys * p.stored_width();
  return (inputs * static_cast<double>(bits_of(types.storage)) +
          rows * p.value_width * static_cast<double>(bits_of(types.output))) /
             8 +
         rows * sizeof(float);
}

Operands::Operands(Device& device, Problem problem, Types types, std::uint64_t seed)
    : device_(device), problem_(problem), types_(types), seed_(seed), precision_(types) {
  if (types_.scaled_columns) scales_ = drawn_head_scales(problem_, seed);
  if (problem_.page > 0) {
    pages_ = cache_pages(problem_);
    table_ = drawn_table(problem_, pages_, seed);
  }
  const DenseInputs inputs = normal_inputs(device, problem_, types.storage, seed);
  make_reference(inputs);
  const std::size_t wanted = rotation_sets(device, memory_need(problem_, types));
  for (std::size_t i = 0; i < wanted; ++i) sets_.push_back(make_set(inputs));
}

std::shared_ptr<Operands> Operands::of(GroupContext& context, const Problem& problem, Types types) {
  using All = std::vector<std::shared_ptr<Operands>>;
  const auto all = context.operands<All>([] { return std::make_shared<All>(); });
  for (const auto& one : *all) {
    if (one->types() == types) return one;
  }
  all->push_back(std::make_shared<Operands>(context.device(), problem, types, context.seed()));
  return all->back();
}

Pointers Operands::pointers(Set& set) const {
  const auto numbers = [](const std::unique_ptr<Buffer>& buffer) {
    return buffer ? static_cast<const std::int32_t*>(buffer->data()) : nullptr;
  };
  Pointers arrays;
  arrays.q = set.q->data();
  arrays.k = set.k->data();
  arrays.v = set.v ? set.v->data() : arrays.k;
  arrays.table = numbers(set.table);
  arrays.pages = static_cast<int>(pages_);
  arrays.sequences = numbers(set.sequences);
  if (set.scales) arrays.scales = static_cast<const float*>(set.scales->data());
  arrays.output = set.output->data();
  arrays.log_sum_exp = static_cast<float*>(set.log_sum_exp->data());
  return arrays;
}

std::unique_ptr<Buffer> Operands::stored(const std::vector<float>& values) {
  const std::vector<std::byte> bytes = encode(types_.storage, values);
  auto buffer = device_.allocate(bytes.size());
  device_.copy_in(*buffer, bytes.data(), bytes.size());
  return buffer;
}

template <class Number>
std::unique_ptr<Buffer> Operands::copied(const std::vector<Number>& numbers) {
  auto buffer = device_.allocate(numbers.size() * sizeof numbers[0]);
  device_.copy_in(*buffer, numbers.data(), numbers.size() * sizeof numbers[0]);
  return buffer;
}

std::vector<float> Operands::paged(const std::vector<float>& rows, CacheLayout layout) const {
  return paged_rows(rows, problem_.batches, table_, pages_, layout);
}

void Operands::store_inputs(const DenseInputs& inputs, Set& set) {
  if (types_.scaled_columns) {
    set.q = stored(scaled_queries(problem_, inputs.q, scales_));
    set.k = stored(scaled_keys(problem_, inputs.k, scales_));
    set.v = stored(scaled_value_columns(problem_, inputs.v, scales_));
    set.scales = copied(scales_);
    return;
  }
  set.q = stored(inputs.q);
  if (problem_.page > 0) {
    set.k = stored(paged(inputs.k, problem_.key_cache()));
    if (!problem_.latent) set.v = stored(paged(inputs.v, problem_.value_cache()));
    set.table = copied(table_);
  } else {
    set.k = stored(inputs.k);
    set.v = stored(inputs.v);
  }
  if (problem_.varlen) set.sequences = copied(varlen_plan(problem_, kVarlenRows).arrays());
}

Operands::Set Operands::make_set(const DenseInputs& inputs) {
  Set set;
  store_inputs(inputs, set);
  const auto rows = static_cast<std::size_t>(problem_.output_rows());
  set.output = std::make_unique<GuardedOutput>(
      device_,
      element_count(problem_.output_rows(), problem_.value_width) * size_of(types_.output));
  set.log_sum_exp = std::make_unique<GuardedOutput>(device_, rows * sizeof(float));
  set.output->poison();  // also the first touch of its pages
  set.log_sum_exp->poison();
  return set;
}

Operands::Answer Operands::run(Set& set, const Attend& attend) {
  set.output->poison();
  set.log_sum_exp->poison();
  attend(pointers(set));
  device_.synchronize();
  auto output = set.output->read();
  auto sums = set.log_sum_exp->read();
  if (sums.guard_broken) sums.guard_broken = "log-sum-exp: " + *sums.guard_broken;
  return {decode(types_.output, output.bytes), decode(Dtype::f32, sums.bytes),
          checksum(output.bytes.data(), output.bytes.size() / size_of(types_.output),
                   size_of(types_.output)),
          output.guard_broken ? output.guard_broken : sums.guard_broken};
}

void Operands::make_reference(const DenseInputs& inputs) {
  const InputView view(problem_, inputs);
  const auto rows = sampled_rows(reference_cost(problem_), seed_);
  reference_.resize(rows.size());
  ThreadPool& threads = host_threads(device_);
  threads.run([&](int thread) {
    for (auto i = static_cast<std::size_t>(thread); i < rows.size();
         i += static_cast<std::size_t>(threads.size())) {
      reference_[i] = reference_row(view, rows[i], NaiveTypes(types_), precision_);
    }
  });
}

std::optional<std::string> Operands::counting_difference(const Attend& attend) {
  DenseInputs inputs = counting_inputs(problem_, seed_);
  Set set = make_set(inputs);
  inputs.q = std::vector<float>();  // = {} would keep the memory, which the answer needs
  inputs.k = std::vector<float>();
  const Answer answer = run(set, attend);
  if (answer.guard_broken) return answer.guard_broken;
  return first_counting_difference(problem_, seed_, inputs.v, answer.output, answer.log_sum_exp,
                                   precision_);
}

Verification Operands::compare(const Answer& answer) const {
  BoundCheck check;
  const auto width = static_cast<std::size_t>(problem_.value_width);
  for (const ReferenceRow& row : reference_) {
    const float* output = answer.output.data() + static_cast<std::size_t>(row.number) * width;
    for (std::size_t i = 0; i < width; ++i) {
      check.element(row.number, static_cast<std::int64_t>(i), output[i], row.output[i],
                    2 * row.naive_error + output_floor(row, i, precision_));
    }
    const Row at = row_at(problem_, row.number);
    const std::int64_t place = problem_.log_sum_exp_place(at.batch, at.head, at.query);
    const float sum = answer.log_sum_exp[static_cast<std::size_t>(place)];
    const bool right = row.visible == 0
                           ? sum == static_cast<float>(row.log_sum_exp)
                           : std::abs(sum - row.log_sum_exp) <= log_sum_exp_bound(row, precision_);
    if (!right) {
      return failed_verification(
          fmt::format("the log-sum-exp of batch {} query {} head {} is {:.9g} where {:.9g} is "
                      "expected",
                      at.batch, at.query, at.head, sum, row.log_sum_exp));
    }
  }
  return check.verification();
}

Verification Operands::verify(const Attend& attend) {
  if (const auto wrong = counting_difference(attend)) {
    return failed_verification("integer inputs: " + *wrong);
  }
  const Answer answer = run(sets_[0], attend);
  if (answer.guard_broken) return failed_verification("normal inputs: " + *answer.guard_broken);
  for (std::size_t i = 0; i < answer.output.size(); ++i) {
    if (std::isnan(answer.output[i])) {
      const auto at = static_cast<std::int64_t>(i);
      return failed_verification("normal inputs: " + wrong_element(at / problem_.value_width,
                                                                   at % problem_.value_width,
                                                                   answer.output[i], 0));
    }
  }
  Verification verification = compare(answer);
  if (!verification.ok()) verification.detail = "normal inputs: " + verification.detail;
  verification.checksum = answer.checksum;
  return verification;
}

}  // namespace assay::attention
