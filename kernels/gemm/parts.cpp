// Draws groups, and cuts a shape into its products.
#include "kernels/gemm/parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/inputs.h"

namespace assay {
namespace {

constexpr std::uint32_t kGroupOfRow = 9;  // operand number of the generator

}  // namespace

std::vector<std::int32_t> group_begins(const GemmShape& shape, std::uint64_t seed) {
  if (shape.groups == 0) return {};
  std::vector<std::int32_t> begins(static_cast<std::size_t>(shape.groups) + 1, 0);
  for (std::int64_t row = 0; row < shape.m; ++row) {
    const std::uint64_t bits = random_bits({seed, kGroupOfRow, 0}, static_cast<std::uint64_t>(row));
    ++begins[1 + bits % static_cast<std::uint64_t>(shape.groups)];
  }
  for (std::size_t group = 1; group < begins.size(); ++group) begins[group] += begins[group - 1];
  return begins;
}

std::vector<GemmPart> parts_of(const GemmShape& shape, std::uint64_t seed) {
  std::vector<GemmPart> parts;
  if (shape.groups == 0) {
    for (std::int64_t i = 0; i < shape.batches; ++i) parts.push_back({i * shape.m, shape.m, i});
    return parts;
  }
  const auto begins = group_begins(shape, seed);
  for (std::size_t group = 0; group + 1 < begins.size(); ++group) {
    const std::int64_t rows = begins[group + 1] - begins[group];
    if (rows > 0) parts.push_back({begins[group], rows, static_cast<std::int64_t>(group)});
  }
  return parts;
}

const GemmPart& part_of_row(const std::vector<GemmPart>& parts, std::int64_t row) {
  const auto after =
      std::upper_bound(parts.begin(), parts.end(), row,
                       [](std::int64_t at, const GemmPart& part) { return at < part.first_row; });
  return *(after - 1);
}

GemmPointers matrices_of(const GemmPart& part, const GemmShape& shape, const GemmTypes& types,
                         const GemmPointers& whole) {
  const auto bytes = [](std::int64_t elements, Dtype stored) {
    return elements * static_cast<std::int64_t>(bits_of(stored)) / 8;
  };
  return {static_cast<const std::byte*>(whole.a) + bytes(part.first_row * shape.k, types.storage),
          static_cast<const std::byte*>(whole.b) +
              bytes(part.matrix * shape.k * shape.n, types.storage),
          static_cast<std::byte*>(whole.c) + bytes(part.first_row * shape.n, types.output)};
}

std::string of_part(const GemmShape& shape, const GemmPart& part) {
  if (shape.matrices() == 1) return {};
  return fmt::format(" of {} {}", shape.groups > 0 ? "group" : "batch", part.matrix);
}

}  // namespace assay
