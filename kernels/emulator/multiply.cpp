// The arithmetic of wgmma: operands decoded from shared memory, sums in order of K, those of fp8
// short.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "kernels/device/descriptor.h"
#include "kernels/device/fragment.h"
#include "kernels/device/operand.h"
#include "kernels/emulator/wgmma.h"

namespace assay::emulator {

namespace {

constexpr std::uint32_t kRows = 64;
constexpr std::uint32_t kMaxColumns = 256;
constexpr std::uint32_t kMaxK = 32;
constexpr std::uint32_t kPieceBytes = 16;

/// Decodes an operand to values[mn * step_mn + k * step_k].
void read_operand(float* values, std::uint32_t step_mn, std::uint32_t step_k, const Block& block,
                  std::uint64_t descriptor, device::Major major, Format format, std::uint32_t mn) {
  const OperandPieces pieces = operand_pieces(descriptor, major, format, mn);
  const std::uint32_t size = format_bytes(format);
  const std::uint32_t in_piece = kPieceBytes / size;
  const bool k_major = major == device::Major::kK;
  const std::uint32_t across = k_major ? 2 : mn / in_piece;
  for (std::uint32_t i = 0; i < pieces.count; ++i) {
    const std::uint32_t line = i / across;
    const std::uint32_t along = i % across * in_piece;
    const char* bytes = block.arena + pieces.address[i];
    for (std::uint32_t e = 0; e < in_piece; ++e) {
      const std::uint32_t at_mn = k_major ? line : along + e;
      const std::uint32_t at_k = k_major ? along + e : line;
      values[at_mn * step_mn + at_k * step_k] = decode(format, bytes + e * size);
    }
  }
}

/// c += a b, one row of outputs at a time. Products of these formats are exact in float, so that
/// only the sums round, in order of K.
void multiply_floats(float* c, const float* a, const float* b, std::uint32_t n, std::uint32_t k) {
  for (std::uint32_t row = 0; row < kRows; ++row) {
    float* out = c + row * n;
    for (std::uint32_t i = 0; i < k; i += 4) {
      const float a0 = a[row * k + i];
      const float a1 = a[row * k + i + 1];
      const float a2 = a[row * k + i + 2];
      const float a3 = a[row * k + i + 3];
      const float* b0 = b + i * n;
      const float* b1 = b0 + n;
      const float* b2 = b1 + n;
      const float* b3 = b2 + n;
      for (std::uint32_t column = 0; column < n; ++column) {
        out[column] =
            out[column] + a0 * b0[column] + a1 * b1[column] + a2 * b2[column] + a3 * b3[column];
      }
    }
  }
}

/// Towards zero; of what is far from the limits of an integer, or NaN.
float cut(float value) {
  return value == value ? static_cast<float>(static_cast<std::int32_t>(value)) : value;
}

/// The same for fp8: of the products of one instruction and the sum before, Hopper cuts off what is
/// below 2^-13 of the largest of them.
void multiply_short(float* c, const float* a, const float* b, std::uint32_t n, std::uint32_t k) {
  constexpr int kKeptBits = 13;
  std::array<float, kMaxColumns> largest, per_unit, sums;
  for (std::uint32_t row = 0; row < kRows; ++row) {
    float* out = c + row * n;
    for (std::uint32_t column = 0; column < n; ++column) largest[column] = std::abs(out[column]);
    for (std::uint32_t i = 0; i < k; ++i) {
      const float left = a[row * k + i];
      for (std::uint32_t column = 0; column < n; ++column) {
        largest[column] = std::max(largest[column], std::abs(left * b[i * n + column]));
      }
    }
    for (std::uint32_t column = 0; column < n; ++column) {
      const int exponent = largest[column] == 0 ? 0 : std::ilogb(largest[column]);
      per_unit[column] = std::ldexp(1.0F, kKeptBits - exponent);
      sums[column] = cut(out[column] * per_unit[column]);
    }
    for (std::uint32_t i = 0; i < k; ++i) {
      const float left = a[row * k + i];
      for (std::uint32_t column = 0; column < n; ++column) {
        sums[column] += cut(left * b[i * n + column] * per_unit[column]);
      }
    }
    for (std::uint32_t column = 0; column < n; ++column)
      out[column] = sums[column] / per_unit[column];
  }
}

/// The same for integers, which wrap around.
void multiply_integers(std::uint32_t* c, const float* a, const float* b, std::uint32_t n,
                       std::uint32_t k) {
  for (std::uint32_t row = 0; row < kRows; ++row) {
    for (std::uint32_t i = 0; i < k; ++i) {
      for (std::uint32_t column = 0; column < n; ++column) {
        const auto product = static_cast<std::int32_t>(a[row * k + i] * b[i * n + column]);
        c[row * n + column] += static_cast<std::uint32_t>(product);
      }
    }
  }
}

}  // namespace

OperandPieces operand_pieces(std::uint64_t descriptor, device::Major major, Format format,
                             std::uint32_t mn) {
  const device::MatrixDescriptor decoded = device::decode_descriptor(descriptor);
  const std::uint32_t size = format_bytes(format);
  const std::uint32_t in_piece = kPieceBytes / size;
  OperandPieces pieces;
  const auto add = [&](std::uint32_t at_mn, std::uint32_t at_k) {
    pieces.address[pieces.count++] =
        device::operand_address(decoded, major, size, at_mn, at_k) & 0x3FFFF;
  };
  if (major == device::Major::kK) {
    for (std::uint32_t i = 0; i < mn; ++i) {
      add(i, 0);
      add(i, in_piece);
    }
  } else {
    for (std::uint32_t k = 0; k < 2 * in_piece; ++k) {
      for (std::uint32_t i = 0; i < mn; i += in_piece) add(i, k);
    }
  }
  return pieces;
}

void deposit_fragment(Product& product, std::uint32_t thread, const std::uint32_t* registers) {
  const std::uint32_t size = format_bytes(product.shape.a);
  for (int r = 0; r < 4; ++r) {
    for (std::uint32_t e = 0; e < 4 / size; ++e) {
      const device::Position at = device::a_position(static_cast<int>(thread), r,
                                                     static_cast<int>(e), static_cast<int>(size));
      const char* bytes = reinterpret_cast<const char*>(registers + r) + e * size;
      product.a[static_cast<std::size_t>(at.row) * product.shape.k() +
                static_cast<std::size_t>(at.column)] = decode(product.shape.a, bytes);
    }
  }
}

void multiply(const Product& product, const Block& block) {
  static std::array<float, kRows * kMaxK> a;
  static std::array<float, kMaxK * kMaxColumns> b;
  const ProductShape& shape = product.shape;
  const std::uint32_t k = shape.k();
  const float* rows = product.a.data();
  if (!shape.a_in_registers) {
    read_operand(a.data(), k, 1, block, product.operands.a, shape.major_a, shape.a, kRows);
    rows = a.data();
  }
  read_operand(b.data(), 1, shape.n, block, product.operands.b, shape.major_b, shape.b, shape.n);
  std::vector<std::uint32_t>& bits = product.accumulators->bits;
  if (!product.operands.accumulate) std::fill(bits.begin(), bits.end(), 0u);
  if (shape.is_integer()) {
    multiply_integers(bits.data(), rows, b.data(), shape.n, k);
  } else {
    const auto sum = format_bytes(shape.a) == 1 ? multiply_short : multiply_floats;
    sum(reinterpret_cast<float*>(bits.data()), rows, b.data(), shape.n, k);
  }
}

}  // namespace assay::emulator
