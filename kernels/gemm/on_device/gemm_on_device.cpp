// Which kernel runs over what: layouts, parts and factors become steps and offsets.
#include "kernels/gemm/on_device/gemm_on_device.h"

#include <algorithm>
#include <limits>

#include "kernels/gemm/exact_values.h"
#include "kernels/gemm/reference.h"
#include "kernels/launch/capability.h"
#include "kernels/verify.h"

namespace assay {

namespace on_device {
namespace {

const Kernels* enrolled = nullptr;

}  // namespace

Enrolment::Enrolment(const Kernels& kernels) { enrolled = &kernels; }

}  // namespace on_device

namespace {

std::uint64_t area(std::int64_t rows, std::int64_t columns) {
  return static_cast<std::uint64_t>(rows) * static_cast<std::uint64_t>(columns);
}

std::int64_t rounded_up(std::int64_t count, std::int64_t each) { return (count + each - 1) / each; }

/// Factors that were brought to the device; without scales there are none.
const float* data_of(const std::unique_ptr<Buffer>& factors) {
  return factors ? static_cast<const float*>(factors->data()) : nullptr;
}

}  // namespace

GemmOnDevice::GemmOnDevice(Device& device, const GemmShape& shape, const GemmTypes& types,
                           std::uint64_t seed, const on_device::Kernels& kernels)
    : device_(device),
      shape_(shape),
      types_(types),
      seed_(seed),
      parts_(parts_of(shape, seed)),
      kernels_(kernels) {}

std::unique_ptr<GemmOnDevice> GemmOnDevice::where_possible(Device& device, const GemmShape& shape,
                                                           const GemmTypes& types,
                                                           std::uint64_t seed) {
  if (device.backend() != Backend::cuda || on_device::enrolled == nullptr) return nullptr;
  if (types.rounding != types.storage || capability_missing({8}, device)) return nullptr;
  return std::unique_ptr<GemmOnDevice>(
      new GemmOnDevice(device, shape, types, seed, *on_device::enrolled));
}

double GemmOnDevice::check_bytes(const GemmShape& shape) {
  const auto rows = static_cast<double>(shape.rows()), n = static_cast<double>(shape.n);
  const double words = n + static_cast<double>(shape.matrices() * shape.k) + rows;
  const auto sampled = static_cast<double>(sampled_row_count({shape.rows(), shape.n, shape.k}));
  return words * sizeof(std::uint64_t) + sampled * n * 2 * sizeof(double);
}

on_device::Place GemmOnDevice::place() const {
  device_.make_current();
  return {std::max(1, device_.facts().multiprocessors.value_or(1)), device_.stream()};
}

void GemmOnDevice::fill(const on_device::Fill& fill) const {
  kernels_.fill(fill, place());
  device_.synchronize();
}

void GemmOnDevice::make_normal(Buffer& a, Buffer& b) const {
  on_device::Fill normal;
  normal.dtype = types_.storage;
  normal.to = a.data();
  normal.count = area(shape_.rows(), shape_.k);
  normal.array = {seed_, 0, 0};
  fill(normal);
  normal.to = b.data();
  normal.count = area(shape_.matrices() * shape_.k, shape_.n);
  normal.array = {seed_, 1, 0};
  fill(normal);
}

void GemmOnDevice::make_exact(Buffer& a, Buffer& b, std::int64_t limit) const {
  on_device::Fill integers;
  integers.dtype = types_.storage;
  integers.pattern = on_device::Pattern::integers;
  integers.to = b.data();
  integers.count = area(shape_.matrices() * shape_.k, shape_.n);
  integers.array = {seed_, kExactB, 0};
  fill(integers);
  integers.to = a.data();
  integers.count = area(shape_.rows(), shape_.k);
  integers.array = {seed_, kExactA, 0};
  integers.k = shape_.k;
  integers.stride = kept_stride(shape_.k, limit);
  fill(integers);
}

void GemmOnDevice::make_normal_c(void* c, InputArray array) const {
  on_device::Fill normal;
  normal.dtype = types_.output;
  normal.to = c;
  normal.count = area(shape_.rows(), shape_.n);
  normal.array = array;
  fill(normal);
}

void GemmOnDevice::make_exact_c(void* c) const {
  on_device::Fill integers;
  integers.dtype = types_.output;
  integers.pattern = on_device::Pattern::exact_c;
  integers.to = c;
  integers.count = area(shape_.rows(), shape_.n);
  integers.array = {seed_, kExactC, 0};
  fill(integers);
}

std::unique_ptr<Buffer> GemmOnDevice::zeros(std::size_t bytes) const {
  auto buffer = device_.allocate(bytes);
  device_.fill(*buffer, 0);
  return buffer;
}

template <class T>
std::unique_ptr<Buffer> GemmOnDevice::bring(const std::vector<T>& values) const {
  auto buffer = device_.allocate(values.size() * sizeof(T));
  device_.copy_in(*buffer, values.data(), values.size() * sizeof(T));
  return buffer;
}

template <class T>
std::vector<T> GemmOnDevice::fetch(Buffer& from, std::size_t count) const {
  std::vector<T> values(count);
  device_.copy_out(values.data(), from, count * sizeof(T));
  return values;
}

std::int64_t GemmOnDevice::blocks_of_k(const BlockScales& scales) const {
  return rounded_up(shape_.k, scales.block.k);
}
std::int64_t GemmOnDevice::blocks_of_n(const BlockScales& scales) const {
  return rounded_up(shape_.n, scales.block.columns);
}

std::int64_t GemmOnDevice::begin_of_row(std::int64_t row) const {
  const std::int64_t m = shape_.m, k = shape_.k;
  return types_.a_by_columns ? row / m * m * k + row % m : row * k;
}

std::vector<std::uint64_t> GemmOnDevice::projected_answer(const GemmPointers& matrices,
                                                          const BlockScales* scales) const {
  const std::int64_t m = shape_.m, n = shape_.n, k = shape_.k;
  const auto x = bring(projection_words(n, seed_));
  const auto b_x = zeros(area(shape_.matrices(), k) * sizeof(std::uint64_t));
  const auto answer = zeros(static_cast<std::size_t>(shape_.rows()) * sizeof(std::uint64_t));
  const auto not_whole = zeros(sizeof(unsigned));
  const auto factors_a = scales ? bring(scales->a) : nullptr;
  const auto factors_b = scales ? bring(scales->b) : nullptr;
  auto* const of_b = static_cast<unsigned long long*>(b_x->data());

  on_device::Projection b;
  b.matrix = matrices.b;
  b.dtype = types_.storage;
  b.kept = k;
  b.summed = n;
  b.kept_step = types_.b_by_columns ? 1 : n;
  b.summed_step = types_.b_by_columns ? k : 1;
  b.x = static_cast<const unsigned long long*>(x->data());
  b.not_whole = static_cast<unsigned*>(not_whole->data());

  on_device::Projection a = b;
  a.matrix = matrices.a;
  a.summed = k;
  a.kept_step = types_.a_by_columns ? 1 : k;
  a.summed_step = types_.a_by_columns ? m : 1;

  for (const GemmPart& part : parts_) {
    b.first = part.matrix * k * n;
    b.out = of_b + part.matrix * k;
    a.first = begin_of_row(part.first_row);
    a.kept = part.rows;
    a.x = b.out;
    a.out = static_cast<unsigned long long*>(answer->data()) + part.first_row;
    if (scales) {
      const std::int64_t of_k = blocks_of_k(*scales);
      b.factor = {data_of(factors_b) + part.matrix * blocks_of_n(*scales) * of_k, scales->block.k,
                  1, scales->block.columns, of_k};
      a.factor = {data_of(factors_a) + part.first_row, 1, 1, scales->block.k, shape_.rows()};
    }
    kernels_.project(b, place());
    kernels_.project(a, place());
  }
  return fetch<std::uint64_t>(*answer, static_cast<std::size_t>(shape_.rows()));
}

bool GemmOnDevice::is_answer(const std::vector<std::uint64_t>& projected, const void* c,
                             const GemmTerms& terms) const {
  const auto x = bring(projection_words(shape_.n, seed_));
  const auto found = zeros(projected.size() * sizeof(std::uint64_t));
  const auto not_whole = zeros(sizeof(unsigned));
  on_device::Projection of_c;
  of_c.matrix = c;
  of_c.dtype = types_.output;
  of_c.kept = shape_.rows();
  of_c.summed = shape_.n;
  of_c.kept_step = shape_.n;
  of_c.summed_step = 1;
  of_c.alpha = terms.alpha;
  of_c.beta = terms.beta;
  of_c.seed = seed_;
  of_c.x = static_cast<const unsigned long long*>(x->data());
  of_c.out = static_cast<unsigned long long*>(found->data());
  of_c.not_whole = static_cast<unsigned*>(not_whole->data());
  kernels_.project(of_c, place());
  return fetch<std::uint64_t>(*found, projected.size()) == projected &&
         fetch<unsigned>(*not_whole, 1).front() == 0;
}

std::vector<ReferenceRow> GemmOnDevice::reference_rows(
    const GemmPointers& matrices, const BlockScales* scales,
    const std::vector<std::int64_t>& rows) const {
  const std::int64_t m = shape_.m, n = shape_.n, k = shape_.k;
  const std::size_t count = rows.size() * static_cast<std::size_t>(n);
  const auto value = device_.allocate(count * sizeof(double));
  const auto magnitude = device_.allocate(count * sizeof(double));
  const auto factors_a = scales ? bring(scales->a) : nullptr;
  const auto factors_b = scales ? bring(scales->b) : nullptr;

  on_device::ReferenceRows all;
  all.a = matrices.a;
  all.b = matrices.b;
  all.dtype = types_.storage;
  all.rows = static_cast<std::int64_t>(rows.size());
  all.n = n;
  all.k = k;
  all.a_k = types_.a_by_columns ? m : 1;
  all.b_k = types_.b_by_columns ? 1 : n;
  all.b_n = types_.b_by_columns ? k : 1;
  if (scales) {
    all.factor_a = {data_of(factors_a), 1, 0, scales->block.k, shape_.rows()};
    all.factor_b = {data_of(factors_b), scales->block.k, 1, scales->block.columns,
                    blocks_of_k(*scales)};
  }
  std::vector<on_device::RowPlace> places;
  for (const std::int64_t row : rows) {
    const std::int64_t matrix = part_of_row(parts_, row).matrix;
    const std::int64_t factor_b = scales ? matrix * blocks_of_n(*scales) * blocks_of_k(*scales) : 0;
    places.push_back({begin_of_row(row), matrix * k * n, row, factor_b});
  }
  const auto placed = bring(places);
  all.places = static_cast<const on_device::RowPlace*>(placed->data());
  all.value = static_cast<double*>(value->data());
  all.magnitude = static_cast<double*>(magnitude->data());
  kernels_.reference(all, place());

  const auto values = fetch<double>(*value, count);
  const auto magnitudes = fetch<double>(*magnitude, count);
  std::vector<ReferenceRow> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto begin = static_cast<std::ptrdiff_t>(i) * n;
    out.push_back({rows[i],
                   {values.begin() + begin, values.begin() + begin + n},
                   {magnitudes.begin() + begin, magnitudes.begin() + begin + n}});
  }
  return out;
}

GemmOnDevice::Scanned GemmOnDevice::scan(const void* c) const {
  const auto scanned = bring(std::vector<on_device::Scanned>(1));
  on_device::Scan scan;
  scan.output = c;
  scan.count = area(shape_.rows(), shape_.n);
  scan.dtype = types_.output;
  if (types_.output != Dtype::int32) {
    scan.magnitude = ~code_of(types_.output, -0.0F);
    scan.infinity = code_of(types_.output, std::numeric_limits<float>::infinity());
  }
  scan.scanned = static_cast<on_device::Scanned*>(scanned->data());
  kernels_.scan(scan, place());
  const auto found = fetch<on_device::Scanned>(*scanned, 1).front();
  Scanned out;
  if (found.first_nan != ~0ull) out.first_nan = static_cast<std::int64_t>(found.first_nan);
  out.checksum = checksum_words(found.sum, found.weighted);
  return out;
}

}  // namespace assay
