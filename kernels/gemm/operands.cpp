// Makes, stores and checks the matrices of a GEMM group.
#include "kernels/gemm/operands.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/gemm/reference.h"
#include "kernels/normal_values.h"
#include "kernels/transposed.h"
#include "kernels/verify.h"

namespace assay {
namespace {

constexpr std::uint32_t kNormalC = 11;  // operand number of the generator

std::size_t elements(std::int64_t rows, std::int64_t columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

/// Of matrices one after the other, each rows x columns.
std::vector<float> each_transposed(std::span<const float> all, std::size_t rows,
                                   std::size_t columns) {
  std::vector<float> out;
  out.reserve(all.size());
  for (std::size_t at = 0; at < all.size(); at += rows * columns) {
    const auto one = transposed(all.subspan(at, rows * columns), rows, columns);
    out.insert(out.end(), one.begin(), one.end());
  }
  return out;
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
  if (entries.size() != 3 && entries.size() != 4) return std::nullopt;
  const auto read = [&](std::size_t index, const char* key, std::int64_t& value) {
    if (entries[index].key != key || !entries[index].value) return false;
    value = *entries[index].value;
    return value >= 1 && value <= std::numeric_limits<std::int32_t>::max();
  };
  if (!read(0, "m", out.m) || !read(1, "n", out.n) || !read(2, "k", out.k)) return std::nullopt;
  if (entries.size() == 4) {
    constexpr std::int64_t kFewest = 2, kMost = 65535;
    std::int64_t count = 0;
    if (!read(3, "b", count) && !read(3, "g", count)) return std::nullopt;
    if (count < kFewest || count > kMost) return std::nullopt;
    (entries[3].key == "b" ? out.batches : out.groups) = count;
  }
  return out;
}

GemmOperands::GemmOperands(Device& device, GemmShape shape, GemmTypes types, std::uint64_t seed)
    : device_(device), shape_(shape), types_(types), seed_(seed), parts_(parts_of(shape, seed)) {
  const std::size_t count_a = elements(shape.rows(), shape.k),
                    count_b = elements(shape.matrices() * shape.k, shape.n);
  const std::size_t wanted = rotation_sets(device, need(shape, types));
  // Rotation is about addresses: every set holds the same values, which take longer to make than
  // to copy.
  const std::vector<float> a = normal_values(device, {seed, 0, 0}, count_a, types.rounding);
  const std::vector<float> b = normal_values(device, {seed, 1, 0}, count_b, types.rounding);
  for (std::size_t i = 0; i < wanted; ++i) sets_.push_back(make_set(a, b));
}

MemoryNeed GemmOperands::need(const GemmShape& shape, const GemmTypes& types) {
  const auto m = static_cast<double>(shape.rows()), n = static_cast<double>(shape.n),
             k = static_cast<double>(shape.k);
  const double count_a = m * k, count_b = static_cast<double>(shape.matrices()) * k * n,
               count_c = m * n;
  const double stored_a = count_a * static_cast<double>(bits_of(types.storage)) / 8,
               stored_b = count_b * static_cast<double>(bits_of(types.storage)) / 8,
               stored_c = count_c * static_cast<double>(bits_of(types.output)) / 8;
  constexpr double kValue = sizeof(float), kReference = 2 * sizeof(double);
  const double reference =
      static_cast<double>(sampled_row_count({shape.rows(), shape.n, shape.k})) * n * kReference;
  // A and B as values, and beside them what is largest of: one of them as it is stored, B turned
  // into rows, C as it is stored and as values.
  const double turned = types.b_by_columns ? 2 * count_b * kValue : 0;
  const double largest = std::max({stored_a, stored_b, turned, stored_c + count_c * kValue});
  return {.set = stored_a + stored_b + stored_c,
          .beside_sets = stored_a + stored_b + stored_c,  // the integers of the exact check
          .host = reference + (count_a + count_b) * kValue + largest};
}

std::shared_ptr<GemmOperands> GemmOperands::of(GroupContext& context, GemmTypes types) {
  using All = std::vector<std::shared_ptr<GemmOperands>>;
  const auto all = context.operands<All>([] { return std::make_shared<All>(); });
  for (const auto& one : *all) {
    if (one->types() == types) return one;
  }
  const auto shape = GemmShape::from(context.shape());
  all->push_back(
      std::make_shared<GemmOperands>(context.device(), shape.value(), types, context.seed()));
  return all->back();
}

GemmPointers GemmOperands::set(std::size_t index) {
  Set& one = sets_[index];
  return {one.a->data(), one.b->data(), one.c->data()};
}

void GemmOperands::copy_output(std::size_t index, Buffer& to) {
  const auto contents = sets_[index].c->read();
  device_.copy_in(to, contents.bytes.data(), contents.bytes.size());
}

Work GemmOperands::work(const GemmTerms& terms) const {
  const auto m = static_cast<double>(shape_.rows()), n = static_cast<double>(shape_.n),
             k = static_cast<double>(shape_.k);
  const auto used = static_cast<double>(parts_.size());  // groups without rows need no B
  const double output = m * n * static_cast<double>(bits_of(types_.output));
  return {2 * m * n * k, ((m * k + used * k * n) * static_cast<double>(bits_of(types_.storage)) +
                          (terms.beta != 0 ? 2 : 1) * output) /
                             8};
}

GemmOperands::Set GemmOperands::make_set(const std::vector<float>& a, const std::vector<float>& b) {
  Set set;
  const auto place = [&](std::unique_ptr<Buffer>& buffer, const std::vector<float>& values) {
    buffer = device_.allocate(stored_bytes(types_.storage, values.size()));
    store(*buffer, values);
  };
  place(set.a, a);
  place(set.b, b);
  set.c = std::make_unique<GuardedOutput>(
      device_, elements(shape_.rows(), shape_.n) * size_of(types_.output));
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

std::vector<float> GemmOperands::a_by_rows(Buffer& a) {
  const auto m = static_cast<std::size_t>(shape_.m), k = static_cast<std::size_t>(shape_.k);
  auto values = values_of(a, elements(shape_.rows(), shape_.k));
  return types_.a_by_columns ? each_transposed(values, k, m) : values;
}

std::vector<float> GemmOperands::b_by_rows(Buffer& b) {
  const auto n = static_cast<std::size_t>(shape_.n), k = static_cast<std::size_t>(shape_.k);
  auto values = values_of(b, elements(shape_.matrices() * shape_.k, shape_.n));
  return types_.b_by_columns ? each_transposed(values, n, k) : values;
}

GemmOperands::Answer GemmOperands::run(Set& set, const Multiply& multiply, const GemmTerms& terms,
                                       const std::vector<float>& before) {
  if (terms.beta == 0) {
    set.c->poison();
  } else {
    set.c->set(encode(types_.output, before));
  }
  multiply({set.a->data(), set.b->data(), set.c->data()});
  device_.synchronize();
  auto contents = set.c->read();
  const std::size_t count = elements(shape_.rows(), shape_.n);
  return {decode(types_.output, contents.bytes),
          checksum(contents.bytes.data(), count, size_of(types_.output)),
          std::move(contents.guard_broken)};
}

std::optional<std::string> GemmOperands::exact_difference(const Multiply& multiply,
                                                          const GemmTerms& terms) {
  constexpr std::int64_t kMostScale = 2 * 2;  // of A's factor and B's
  std::int64_t limit = exact_limit(types_.output) / (terms.scales ? kMostScale : 1);
  std::vector<float> before;
  if (terms.beta != 0) {
    before = exact_c({shape_.rows(), shape_.n, 1}, seed_);
    limit -= kMostExactC;
  }
  limit = static_cast<std::int64_t>(static_cast<float>(limit) / std::abs(terms.alpha));
  std::optional<Set> special;
  std::optional<Set>& set = terms.scales || terms.alpha != 1 ? special : exact_;
  if (!set) {
    set = make_set(exact_a({shape_.rows(), shape_.n, shape_.k}, seed_, limit),
                   exact_b({shape_.m, shape_.n, shape_.matrices() * shape_.k}, seed_));
  }
  auto a = a_by_rows(*set->a);
  auto b = b_by_rows(*set->b);
  if (terms.scales) terms.scales->apply(shape_, a, b);
  Answer answer = run(*set, multiply, terms, before);
  if (answer.guard_broken) return answer.guard_broken;
  // What alpha and beta made of it is taken back: both ways are exact.
  for (std::size_t i = 0; i < before.size(); ++i) {
    answer.values[i] = (answer.values[i] - terms.beta * before[i]) / terms.alpha;
  }
  for (const GemmPart& part : parts_) {
    const auto wrong = first_exact_difference(
        {part.rows, shape_.n, shape_.k},
        std::span(a).subspan(elements(part.first_row, shape_.k), elements(part.rows, shape_.k)),
        std::span(b).subspan(elements(part.matrix * shape_.k, shape_.n),
                             elements(shape_.k, shape_.n)),
        std::span(answer.values)
            .subspan(elements(part.first_row, shape_.n), elements(part.rows, shape_.n)),
        seed_);
    if (wrong) return *wrong + of_part(shape_, part);
  }
  return std::nullopt;
}

std::shared_ptr<GemmOperands::Rows> GemmOperands::make_reference(const BlockScales* scales) {
  auto a = a_by_rows(*sets_[0].a);
  auto b = b_by_rows(*sets_[0].b);
  if (scales) scales->apply(shape_, a, b);
  auto reference = std::make_shared<Rows>();
  const GemmShape all{shape_.rows(), shape_.n, shape_.k};
  for (const std::int64_t row : sampled_rows(all, seed_)) {
    const std::int64_t first = part_of_row(parts_, row).matrix * shape_.k;
    const auto matrix =
        std::span(b).subspan(elements(first, shape_.n), elements(shape_.k, shape_.n));
    reference->rows.push_back(reference_row(all, a, matrix, row));
  }
  return reference;
}

Verification GemmOperands::compare(const Answer& answer, const Rows& reference,
                                   const GemmTerms& terms, const std::vector<float>& before) const {
  BoundCheck check;
  const Roundoff roundoff{types_.sum.roundoff, unit_roundoff(types_.output)};
  // beta C is one term more of the sum; alpha rounds nothing.
  const std::int64_t products =
      (shape_.k + types_.sum.terms_per_rounding - 1) / types_.sum.terms_per_rounding +
      (terms.beta != 0);
  for (const ReferenceRow& row : reference.rows) {
    for (std::size_t j = 0; j < row.value.size(); ++j) {
      const std::size_t place = elements(row.row, shape_.n) + j;
      const double added = terms.beta != 0 ? terms.beta * before[place] : 0;
      const double value = terms.alpha * row.value[j] + added;
      const double magnitude = std::abs(terms.alpha) * row.magnitude[j] + std::abs(added);
      check.element(row.row, static_cast<std::int64_t>(j), answer.values[place], value,
                    element_bound(value, magnitude, products, roundoff));
    }
  }
  return check.verification();
}

Verification GemmOperands::verify(const Multiply& multiply, const GemmTerms& terms) {
  // Before anything ran that could have spoilt the inputs.
  if (!reference_) reference_ = make_reference(nullptr);
  const std::shared_ptr<Rows> reference =
      terms.scales ? make_reference(terms.scales.get()) : reference_;
  if (const auto wrong = exact_difference(multiply, terms)) {
    return failed_verification("integer inputs: " + *wrong);
  }
  std::vector<float> before;
  if (terms.beta != 0) {
    before = normal_values(device_, {seed_, kNormalC, 0}, elements(shape_.rows(), shape_.n),
                           types_.output);
    for (Set& set : sets_) set.c->set(encode(types_.output, before));
  }
  const Answer answer = run(sets_[0], multiply, terms, before);
  if (answer.guard_broken) return failed_verification("normal inputs: " + *answer.guard_broken);
  for (std::size_t i = 0; i < answer.values.size(); ++i) {
    if (answer.values[i] != answer.values[i]) {
      const auto at = static_cast<std::int64_t>(i);
      return failed_verification("normal inputs: " +
                                 wrong_element(at / shape_.n, at % shape_.n, answer.values[i], 0));
    }
  }
  Verification verification = compare(answer, *reference, terms, before);
  if (!verification.ok()) verification.detail = "normal inputs: " + verification.detail;
  verification.checksum = answer.checksum;
  return verification;
}

}  // namespace assay
