// The reference of the GEMM trials.
#include "tests/emulator/gemm/exact_gemm.h"

#include <fmt/format.h>

#include <cstring>

#include "kernels/device/formats.h"
#include "kernels/emulator/schedule.h"

namespace assay::emulator {

namespace {

template <class T>
T stored_at(const unsigned char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

float load_stored(const unsigned char* from, Stored type) {
  switch (type) {
    case Stored::kBf16:
      return device::to_float(stored_at<device::Bf16>(from));
    case Stored::kF16:
      return device::to_float(stored_at<device::F16>(from));
    case Stored::kTf32:
      return device::to_float(stored_at<device::Tf32>(from));
    case Stored::kE4m3:
      return device::to_float(stored_at<device::E4m3>(from));
    case Stored::kE5m2:
      return device::to_float(stored_at<device::E5m2>(from));
    case Stored::kInt8:
      return static_cast<float>(stored_at<std::int8_t>(from));
    case Stored::kInt32:
      return static_cast<float>(stored_at<std::int32_t>(from));
    case Stored::kF32:
      break;
  }
  return stored_at<float>(from);
}

template <class T>
void store_at(unsigned char* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

void save_stored(unsigned char* to, Stored type, float value) {
  switch (type) {
    case Stored::kBf16:
      return store_at(to, device::to_bf16(value));
    case Stored::kF16:
      return store_at(to, device::to_f16(value));
    case Stored::kTf32:
      return store_at(to, device::to_tf32(value));
    case Stored::kE4m3:
      return store_at(to, device::to_e4m3(value));
    case Stored::kE5m2:
      return store_at(to, device::to_e5m2(value));
    case Stored::kInt8:
      return store_at(to, static_cast<std::int8_t>(value));
    case Stored::kInt32:
      return store_at(to, static_cast<std::int32_t>(value));
    case Stored::kF32:
      return store_at(to, value);
  }
}

std::vector<float> stored_floats(std::span<const unsigned char> matrix, Stored type) {
  const std::size_t bytes = stored_bytes(type);
  std::vector<float> values(matrix.size() / bytes);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = load_stored(matrix.data() + i * bytes, type);
  }
  return values;
}

/// Of a matrix of `rows` that is stored by columns, the same by rows.
std::vector<float> by_rows(const std::vector<float>& columns, std::size_t rows) {
  const std::size_t count = columns.size() / rows;
  std::vector<float> matrix(columns.size());
  for (std::size_t j = 0; j < count; ++j) {
    for (std::size_t i = 0; i < rows; ++i) matrix[i * count + j] = columns[j * rows + i];
  }
  return matrix;
}

}  // namespace

std::size_t stored_bytes(Stored type) { return device::element_bytes(tensor_element(type)); }

device::TensorElement tensor_element(Stored type) {
  switch (type) {
    case Stored::kBf16:
      return device::TensorElement::kBf16;
    case Stored::kF16:
      return device::TensorElement::kF16;
    case Stored::kE4m3:
    case Stored::kE5m2:
    case Stored::kInt8:
      return device::TensorElement::kU8;
    case Stored::kInt32:
      return device::TensorElement::kS32;
    case Stored::kTf32:
    case Stored::kF32:
      break;
  }
  return device::TensorElement::kF32;
}

void fill_stored(std::span<unsigned char> matrix, Stored type, std::uint64_t seed) {
  Random random(seed);
  const std::size_t bytes = stored_bytes(type);
  for (std::size_t i = 0; i + bytes <= matrix.size(); i += bytes) {
    save_stored(matrix.data() + i, type, static_cast<float>(random.below(5)) - 2.0f);
  }
}

std::string gemm_difference(const ExactGemm& gemm, std::span<const unsigned char> a, Stored a_type,
                            std::span<const unsigned char> b, Stored b_type,
                            std::span<const unsigned char> before, std::span<const unsigned char> c,
                            Stored c_type) {
  const auto m = static_cast<std::size_t>(gemm.m), n = static_cast<std::size_t>(gemm.n),
             depth = static_cast<std::size_t>(gemm.k);
  const std::vector<float> left = stored_floats(a, a_type), old = stored_floats(before, c_type);
  std::vector<float> right = stored_floats(b, b_type);
  if (!gemm.b_by_rows) right = by_rows(right, depth);
  const std::size_t bytes = stored_bytes(c_type);
  std::vector<float> sums(n);
  for (std::size_t i = 0; i < m; ++i) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (std::size_t l = 0; l < depth; ++l) {
      const float factor = left[gemm.a_by_rows ? i * depth + l : l * m + i];
      const float* row = right.data() + l * n;
      for (std::size_t j = 0; j < n; ++j) sums[j] += factor * row[j];  // exact: far below 2^24
    }
    for (std::size_t j = 0; j < n; ++j) {
      float value = gemm.alpha * sums[j];
      if (gemm.beta != 0) value += gemm.beta * old[i * n + j];
      unsigned char expected[4];
      save_stored(expected, c_type, value);
      const unsigned char* got = c.data() + (i * n + j) * bytes;
      if (std::memcmp(got, expected, bytes) != 0) {
        return fmt::format("C[{}][{}] is {} and should be {}", i, j, load_stored(got, c_type),
                           value);
      }
    }
  }
  return {};
}

}  // namespace assay::emulator
