// Makes, stores and checks the matrices of a GEMM group.
#include "kernels/gemm/operands.h"

#include <algorithm>
#include <limits>

#include "kernels/gemm/reference.h"
#include "kernels/inputs.h"
#include "kernels/storage.h"
#include "kernels/thread_pool.h"
#include "kernels/verify.h"

namespace assay {
namespace {

/// The integer up to which the output type holds every integer.
std::int64_t exact_limit(Element output) {
  return static_cast<std::int64_t>(1 / unit_roundoff(output));
}

std::size_t elements(std::int64_t rows, std::int64_t columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

}  // namespace

struct GemmOperands::Answer {
  std::vector<float> values;
  std::string checksum;
  std::optional<std::string> guard_broken;
};

struct GemmOperands::Rows {
  std::vector<ReferenceRow> rows;
};

std::optional<GemmShape> GemmShape::from(const Shape& shape) {
  const auto& entries = shape.entries();
  GemmShape out;
  if (entries.size() != 3) return std::nullopt;
  const auto read = [&](std::size_t index, const char* key, std::int64_t& value) {
    if (entries[index].key != key || !entries[index].value) return false;
    value = *entries[index].value;
    return value >= 1 && value <= std::numeric_limits<std::int32_t>::max();
  };
  if (!read(0, "m", out.m) || !read(1, "n", out.n) || !read(2, "k", out.k)) return std::nullopt;
  return out;
}

GemmOperands::GemmOperands(Device& device, GemmShape shape, GemmTypes types, std::uint64_t seed)
    : device_(device), shape_(shape), types_(types), seed_(seed) {
  const std::size_t bytes =
      stored_bytes(types.storage, elements(shape.m, shape.k) + elements(shape.k, shape.n)) +
      stored_bytes(types.output, elements(shape.m, shape.n));
  const std::size_t wanted = rotation_sets(device, bytes);
  // Rotation is about addresses: every set holds the same values, which take longer to make than
  // to copy.
  const std::vector<float> a = normal(0, elements(shape.m, shape.k));
  const std::vector<float> b = normal(1, elements(shape.k, shape.n));
  for (std::size_t i = 0; i < wanted; ++i) sets_.push_back(make_set(a, b));
}

std::shared_ptr<GemmOperands> GemmOperands::of(GroupContext& context, GemmTypes types) {
  return context.operands<GemmOperands>([&] {
    const auto shape = GemmShape::from(context.shape());
    return std::make_shared<GemmOperands>(context.device(), shape.value(), types, context.seed());
  });
}

GemmPointers GemmOperands::set(std::size_t index) {
  Set& one = sets_[index];
  return {one.a->data(), one.b->data(), one.c->data()};
}

void GemmOperands::copy_output(std::size_t index, Buffer& to) {
  const auto contents = sets_[index].c->read();
  device_.copy_in(to, contents.bytes.data(), contents.bytes.size());
}

Work GemmOperands::work() const {
  const auto m = static_cast<double>(shape_.m), n = static_cast<double>(shape_.n),
             k = static_cast<double>(shape_.k);
  return {2 * m * n * k, ((m * k + k * n) * static_cast<double>(bits_of(types_.storage)) +
                          m * n * static_cast<double>(bits_of(types_.output))) /
                             8};
}

std::vector<float> GemmOperands::normal(std::uint32_t operand, std::size_t count) {
  std::vector<float> values(count);
  ThreadPool& threads = host_threads(device_);
  threads.run([&](int thread) {
    const Part part = part_of(static_cast<std::int64_t>(count), thread, threads.size(), 4);
    const auto first = static_cast<std::size_t>(part.first);
    const std::span<float> mine(values.data() + first,
                                static_cast<std::size_t>(part.last - part.first));
    fill_normal(mine, {seed_, operand, 0}, first);
    for (float& value : mine) value = rounded_input(types_.rounding, value);
  });
  return values;
}

GemmOperands::Set GemmOperands::make_set(const std::vector<float>& a, const std::vector<float>& b) {
  Set set;
  const auto place = [&](std::unique_ptr<Buffer>& buffer, const std::vector<float>& values) {
    buffer = device_.allocate(stored_bytes(types_.storage, values.size()));
    store(*buffer, values);
  };
  place(set.a, a);
  place(set.b, b);
  set.c = std::make_unique<GuardedOutput>(device_,
                                          elements(shape_.m, shape_.n) * size_of(types_.output));
  set.c->poison();  // also the first touch of its pages
  return set;
}

void GemmOperands::store(Buffer& to, const std::vector<float>& values) {
  if (size_of(types_.storage) == sizeof(float)) {
    device_.copy_in(to, values.data(), values.size() * sizeof(float));
    return;
  }
  const std::vector<std::byte> bytes = encode(types_.storage, values);
  device_.copy_in(to, bytes.data(), bytes.size());
}

std::vector<float> GemmOperands::values_of(Buffer& from, std::size_t count) {
  std::vector<std::byte> bytes(stored_bytes(types_.storage, count));
  device_.copy_out(bytes.data(), from, bytes.size());
  auto values = decode(types_.storage, bytes);
  values.resize(count);  // the last byte may have been shared with nothing
  return values;
}

std::vector<float> GemmOperands::b_by_rows(Buffer& b) {
  const auto n = static_cast<std::size_t>(shape_.n), k = static_cast<std::size_t>(shape_.k);
  auto values = values_of(b, k * n);
  return types_.b_by_columns ? transposed(values, n, k) : values;
}

GemmOperands::Answer GemmOperands::run_poisoned(Set& set, const Multiply& multiply) {
  set.c->poison();
  multiply({set.a->data(), set.b->data(), set.c->data()});
  device_.synchronize();
  auto contents = set.c->read();
  const std::size_t count = elements(shape_.m, shape_.n);
  return {decode(types_.output, contents.bytes),
          checksum(contents.bytes.data(), count, size_of(types_.output)),
          std::move(contents.guard_broken)};
}

std::optional<std::string> GemmOperands::exact_difference(const Multiply& multiply,
                                                          const BlockScales* scales) {
  constexpr std::int64_t kMostScale = 2 * 2;  // of A's factor and B's
  const std::int64_t limit = exact_limit(types_.output) / (scales ? kMostScale : 1);
  std::optional<Set> scaled;
  std::optional<Set>& set = scales ? scaled : exact_;
  if (!set) set = make_set(exact_a(shape_, seed_, limit), exact_b(shape_, seed_));
  auto a = values_of(*set->a, elements(shape_.m, shape_.k));
  auto b = b_by_rows(*set->b);
  if (scales) scales->apply(shape_, a, b);
  const Answer answer = run_poisoned(*set, multiply);
  if (answer.guard_broken) return answer.guard_broken;
  return first_exact_difference(shape_, a, b, answer.values, seed_);
}

std::shared_ptr<GemmOperands::Rows> GemmOperands::make_reference(const BlockScales* scales) {
  auto a = values_of(*sets_[0].a, elements(shape_.m, shape_.k));
  auto b = b_by_rows(*sets_[0].b);
  if (scales) scales->apply(shape_, a, b);
  auto reference = std::make_shared<Rows>();
  for (const std::int64_t row : sampled_rows(shape_, seed_)) {
    reference->rows.push_back(reference_row(shape_, a, b, row));
  }
  return reference;
}

Verification GemmOperands::verify(const Multiply& multiply, const BlockScales* scales) {
  // Before anything ran that could have spoilt the inputs.
  if (!reference_) reference_ = make_reference(nullptr);
  const std::shared_ptr<Rows> reference = scales ? make_reference(scales) : reference_;
  if (const auto wrong = exact_difference(multiply, scales)) {
    return failed_verification("integer inputs: " + *wrong);
  }
  const Answer answer = run_poisoned(sets_[0], multiply);
  if (answer.guard_broken) return failed_verification("normal inputs: " + *answer.guard_broken);
  for (std::size_t i = 0; i < answer.values.size(); ++i) {
    if (answer.values[i] != answer.values[i]) {
      const auto at = static_cast<std::int64_t>(i);
      return failed_verification("normal inputs: " +
                                 wrong_element(at / shape_.n, at % shape_.n, answer.values[i], 0));
    }
  }
  BoundCheck check;
  const Roundoff roundoff{types_.accumulator_roundoff, unit_roundoff(types_.output)};
  const std::int64_t terms = (shape_.k + types_.terms_a_rounding - 1) / types_.terms_a_rounding;
  for (const ReferenceRow& row : reference->rows) {
    for (std::size_t j = 0; j < row.value.size(); ++j) {
      const float got = answer.values[static_cast<std::size_t>(row.row * shape_.n) + j];
      check.element(row.row, static_cast<std::int64_t>(j), got, row.value[j],
                    element_bound(row.value[j], row.magnitude[j], terms, roundoff));
    }
  }
  Verification verification = check.verification();
  if (!verification.ok()) verification.detail = "normal inputs: " + verification.detail;
  verification.checksum = answer.checksum;
  return verification;
}

}  // namespace assay
