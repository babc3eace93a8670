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
    : device_(device),
      shape_(shape),
      types_(types),
      seed_(seed),
      parts_(parts_of(shape, seed)),
      on_device_(GemmOnDevice::where_possible(device, shape, types, seed)) {
  const std::size_t wanted = rotation_sets(device, need(shape, types, device.backend()));
  while (sets_.size() < wanted) sets_.push_back(empty_set());
  make_normal();
}

/// Rotation is about addresses: every set holds the same values, which take the host longer to make
/// than to copy.
void GemmOperands::make_normal() {
  if (on_device_) {
    for (Set& set : sets_) on_device_->make_normal(*set.a, *set.b);
    return;
  }
  const auto a =
      normal_values(device_, {seed_, 0, 0}, elements(shape_.rows(), shape_.k), types_.rounding);
  const auto b = normal_values(device_, {seed_, 1, 0},
                               elements(shape_.matrices() * shape_.k, shape_.n), types_.rounding);
  for (Set& set : sets_) {
    store(*set.a, a);
    store(*set.b, b);
  }
}

MemoryNeed GemmOperands::need(const GemmShape& shape, const GemmTypes& types, Backend backend) {
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
          // The integers of the exact check, and what a GPU checks with.
          .beside_sets = stored_a + stored_b + stored_c +
                         (backend == Backend::cuda ? GemmOnDevice::check_bytes(shape) : 0),
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

GemmPointers GemmOperands::pointers(const Set& set) {
  return {set.a->data(), set.b->data(), set.c->data()};
}

GemmPointers GemmOperands::set(std::size_t index) { return pointers(sets_[index]); }

std::vector<GemmPointers> GemmOperands::sets() {
  std::vector<GemmPointers> all;
  for (const Set& set : sets_) all.push_back(pointers(set));
  return all;
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

GemmOperands::Set GemmOperands::empty_set() {
  Set set;
  set.a = device_.allocate(stored_bytes(types_.storage, elements(shape_.rows(), shape_.k)));
  set.b = device_.allocate(
      stored_bytes(types_.storage, elements(shape_.matrices() * shape_.k, shape_.n)));
  set.c = std::make_unique<GuardedOutput>(
      device_, elements(shape_.rows(), shape_.n) * size_of(types_.output));
  set.c->poison();  // also the first touch of its pages
  return set;
}

void GemmOperands::make_exact(Set& set, std::int64_t limit) {
  if (on_device_) return on_device_->make_exact(*set.a, *set.b, limit);
  store(*set.a, exact_a({shape_.rows(), shape_.n, shape_.k}, seed_, limit));
  store(*set.b, exact_b({shape_.m, shape_.n, shape_.matrices() * shape_.k}, seed_));
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

InputArray GemmOperands::normal_c() const {
  constexpr std::uint32_t kNormalC = 11;  // operand number of the generator
  return {seed_, kNormalC, 0};
}

void GemmOperands::set_output(Set& set, Before before) {
  set.c->poison();
  const std::size_t count = elements(shape_.rows(), shape_.n);
  if (before == Before::poison) return;
  if (on_device_) {
    return before == Before::integers ? on_device_->make_exact_c(set.c->data())
                                      : on_device_->make_normal_c(set.c->data(), normal_c());
  }
  set.c->set(encode(types_.output, before == Before::integers
                                       ? exact_c({shape_.rows(), shape_.n, 1}, seed_)
                                       : normal_values(device_, normal_c(), count, types_.output)));
}

void GemmOperands::run(Set& set, const Multiply& multiply, Before before) {
  set_output(set, before);
  multiply(pointers(set));
  device_.synchronize();
}

std::optional<std::string> GemmOperands::exact_difference(const Multiply& multiply,
                                                          const GemmTerms& terms) {
  constexpr std::int64_t kMostScale = 2 * 2;  // of A's factor and B's
  std::int64_t limit = exact_limit(types_.output) / (terms.scales ? kMostScale : 1);
  if (terms.beta != 0) limit -= kMostExactC;
  limit = static_cast<std::int64_t>(static_cast<float>(limit) / std::abs(terms.alpha));
  std::optional<Set> special;
  std::optional<Set>& set = terms.scales || terms.alpha != 1 ? special : exact_;
  if (!set) {
    set = empty_set();
    make_exact(*set, limit);
  }
  // The inputs are read before the product runs, which could spoil them.
  const Before before = terms.beta != 0 ? Before::integers : Before::poison;
  if (!on_device_) {
    auto a = a_by_rows(*set->a), b = b_by_rows(*set->b);
    run(*set, multiply, before);
    if (auto broken = set->c->written_beside()) return broken;
    return first_wrong(*set, std::move(a), std::move(b), terms);
  }
  const auto answer = on_device_->projected_answer(pointers(*set), terms.scales.get());
  run(*set, multiply, before);
  if (auto broken = set->c->written_beside()) return broken;
  if (on_device_->is_answer(answer, set->c->data(), terms)) return std::nullopt;
  make_exact(*set, limit);
  if (auto wrong = first_wrong(*set, a_by_rows(*set->a), b_by_rows(*set->b), terms)) return wrong;
  return "the check on the device finds a difference and the host's finds none";
}

std::optional<std::string> GemmOperands::first_wrong(Set& set, std::vector<float> a,
                                                     std::vector<float> b, const GemmTerms& terms) {
  if (terms.scales) terms.scales->apply(shape_, a, b);
  auto values = decode(types_.output, set.c->read().bytes);
  if (terms.beta != 0) {
    // What alpha and beta made of it is taken back: both ways are exact.
    const auto before = exact_c({shape_.rows(), shape_.n, 1}, seed_);
    for (std::size_t i = 0; i < before.size(); ++i) {
      values[i] = (values[i] - terms.beta * before[i]) / terms.alpha;
    }
  }
  for (const GemmPart& part : parts_) {
    const auto wrong = first_exact_difference(
        {part.rows, shape_.n, shape_.k},
        std::span(a).subspan(elements(part.first_row, shape_.k), elements(part.rows, shape_.k)),
        std::span(b).subspan(elements(part.matrix * shape_.k, shape_.n),
                             elements(shape_.k, shape_.n)),
        std::span(values).subspan(elements(part.first_row, shape_.n),
                                  elements(part.rows, shape_.n)),
        seed_);
    if (wrong) return *wrong + of_part(shape_, part);
  }
  return std::nullopt;
}

std::shared_ptr<GemmOperands::Rows> GemmOperands::make_reference(const BlockScales* scales) {
  auto reference = std::make_shared<Rows>();
  const GemmShape all{shape_.rows(), shape_.n, shape_.k};
  const auto sampled = sampled_rows(all, seed_);
  if (on_device_) {
    reference->rows = on_device_->reference_rows(set(0), scales, sampled);
    return reference;
  }
  auto a = a_by_rows(*sets_[0].a);
  auto b = b_by_rows(*sets_[0].b);
  if (scales) scales->apply(shape_, a, b);
  for (const std::int64_t row : sampled) {
    const std::int64_t first = part_of_row(parts_, row).matrix * shape_.k;
    const auto matrix =
        std::span(b).subspan(elements(first, shape_.n), elements(shape_.k, shape_.n));
    reference->rows.push_back(reference_row(all, a, matrix, row));
  }
  return reference;
}

GemmOnDevice::Scanned GemmOperands::scan(Set& set) {
  if (on_device_) return on_device_->scan(set.c->data());
  const auto bytes = set.c->read().bytes;
  const auto values = decode(types_.output, bytes);
  GemmOnDevice::Scanned scanned;
  const auto nan = std::find_if(values.begin(), values.end(), [](float v) { return v != v; });
  if (nan != values.end()) scanned.first_nan = nan - values.begin();
  scanned.checksum = checksum(bytes.data(), values.size(), size_of(types_.output));
  return scanned;
}

std::vector<float> GemmOperands::output_row(Set& set, std::int64_t row) {
  const std::size_t bytes = elements(1, shape_.n) * size_of(types_.output);
  return decode(types_.output, set.c->read(static_cast<std::size_t>(row) * bytes, bytes));
}

std::vector<float> GemmOperands::normal_c_row(std::int64_t row) const {
  std::vector<float> values(elements(1, shape_.n));
  fill_normal(values, normal_c(), elements(row, shape_.n));
  for (float& value : values) value = rounded_input(types_.output, value);
  return values;
}

Verification GemmOperands::compare(Set& set, const Rows& reference, const GemmTerms& terms) {
  BoundCheck check;
  const Roundoff roundoff{types_.sum.roundoff, unit_roundoff(types_.output)};
  // beta C is one term more of the sum; alpha rounds nothing.
  const std::int64_t products =
      (shape_.k + types_.sum.terms_per_rounding - 1) / types_.sum.terms_per_rounding +
      (terms.beta != 0);
  std::vector<float> before(elements(1, shape_.n));
  for (const ReferenceRow& row : reference.rows) {
    const auto got = output_row(set, row.row);
    if (terms.beta != 0) before = normal_c_row(row.row);
    for (std::size_t j = 0; j < row.value.size(); ++j) {
      const double added = terms.beta * before[j];
      const double value = terms.alpha * row.value[j] + added;
      const double magnitude = std::abs(terms.alpha) * row.magnitude[j] + std::abs(added);
      check.element(row.row, static_cast<std::int64_t>(j), got[j], value,
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
  const Before before = terms.beta != 0 ? Before::normal : Before::poison;
  if (terms.beta != 0) {
    for (Set& set : sets_) set_output(set, before);
  }
  Set& set = sets_[0];
  run(set, multiply, before);
  if (const auto broken = set.c->written_beside()) {
    return failed_verification("normal inputs: " + *broken);
  }
  const auto scanned = scan(set);
  if (scanned.first_nan) {
    const std::int64_t row = *scanned.first_nan / shape_.n, column = *scanned.first_nan % shape_.n;
    const float got = output_row(set, row)[static_cast<std::size_t>(column)];
    return failed_verification("normal inputs: " + wrong_element(row, column, got, 0));
  }
  Verification verification = compare(set, *reference, terms);
  if (!verification.ok()) verification.detail = "normal inputs: " + verification.detail;
  verification.checksum = scanned.checksum;
  return verification;
}

}  // namespace assay
