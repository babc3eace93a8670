// Element types by the device layer's formats.
#include "kernels/storage.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "kernels/device/formats.h"

namespace assay {
namespace {

template <class T, class Convert>
std::vector<std::byte> encode_each(std::span<const float> values, Convert convert) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const T stored = convert(values[i]);
    std::memcpy(bytes.data() + i * sizeof(T), &stored, sizeof(T));
  }
  return bytes;
}

template <class T, class Convert>
std::vector<float> decode_each(std::span<const std::byte> bytes, Convert convert) {
  std::vector<float> values(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    T stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = convert(stored);
  }
  return values;
}

template <class T>
std::vector<float> decode_as(std::span<const std::byte> bytes) {
  return decode_each<T>(bytes, [](T stored) { return device::to_float(stored); });
}

/// Two to a byte, the first in its lower half.
std::vector<std::byte> encode_pairs(std::span<const float> values) {
  std::vector<std::byte> bytes(stored_bytes(Element::fp4_e2m1, values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    bytes[i / 2] |= std::byte{device::to_e2m1(values[i]).bits} << (i % 2 * 4);
  }
  return bytes;
}

std::vector<float> decode_pairs(std::span<const std::byte> bytes) {
  std::vector<float> values(2 * bytes.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto code = static_cast<std::uint8_t>(bytes[i / 2] >> (i % 2 * 4) & std::byte{0xF});
    values[i] = device::to_float(device::E2m1{code});
  }
  return values;
}

/// To 10 bits behind the leading one: what a tensor core reads without cutting anything off.
float to_tf32_value(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return std::bit_cast<float>((bits + 0xFFF + (bits >> 13 & 1)) & 0xFFFFE000U);
}

}  // namespace

float rounded_input(Element element, float value) {
  switch (element) {
    case Element::bf16:
      return from_bf16(to_bf16(value));
    case Element::f16:
      return device::to_float(device::to_f16(value));
    case Element::tf32:
      return to_tf32_value(value);
    case Element::fp8_e4m3:
      return device::to_float(device::to_e4m3(value));
    case Element::fp8_e5m2:
      return device::to_float(device::to_e5m2(value));
    case Element::fp4_e2m1:
      return device::to_float(device::to_e2m1(value));
    case Element::int8:
      return std::clamp(std::nearbyint(value * 20), -127.0F, 127.0F);
    case Element::f32:
    case Element::int32:
      break;
  }
  return value;
}

std::vector<std::byte> encode(Element element, std::span<const float> values) {
  switch (element) {
    case Element::bf16:
      return encode_each<std::uint16_t>(values, [](float value) { return to_bf16(value); });
    case Element::f16:
      return encode_each<device::F16>(values, device::to_f16);
    case Element::fp8_e4m3:
      return encode_each<device::E4m3>(values, device::to_e4m3);
    case Element::fp8_e5m2:
      return encode_each<device::E5m2>(values, device::to_e5m2);
    case Element::fp4_e2m1:
      return encode_pairs(values);
    case Element::int8:
      return encode_each<std::int8_t>(values,
                                      [](float value) { return static_cast<std::int8_t>(value); });
    case Element::int32:
      return encode_each<std::int32_t>(
          values, [](float value) { return static_cast<std::int32_t>(value); });
    case Element::f32:
    case Element::tf32:
      break;
  }
  return encode_each<float>(values, [](float value) { return value; });
}

std::vector<float> decode(Element element, std::span<const std::byte> bytes) {
  switch (element) {
    case Element::bf16:
      return decode_each<std::uint16_t>(bytes, from_bf16);
    case Element::f16:
      return decode_as<device::F16>(bytes);
    case Element::fp8_e4m3:
      return decode_as<device::E4m3>(bytes);
    case Element::fp8_e5m2:
      return decode_as<device::E5m2>(bytes);
    case Element::fp4_e2m1:
      return decode_pairs(bytes);
    case Element::int8:
      return decode_each<std::int8_t>(
          bytes, [](std::int8_t stored) { return static_cast<float>(stored); });
    case Element::int32:
      return decode_each<std::int32_t>(
          bytes, [](std::int32_t stored) { return static_cast<float>(stored); });
    case Element::f32:
    case Element::tf32:
      break;
  }
  return decode_each<float>(bytes, [](float stored) { return stored; });
}

std::vector<float> transposed(std::span<const float> matrix, std::size_t rows,
                              std::size_t columns) {
  constexpr std::size_t kTile = 64;  // a few lines of either side stay in the cache
  std::vector<float> out(matrix.size());
  for (std::size_t i = 0; i < rows; i += kTile) {
    for (std::size_t j = 0; j < columns; j += kTile) {
      for (std::size_t r = i; r < std::min(rows, i + kTile); ++r) {
        for (std::size_t c = j; c < std::min(columns, j + kTile); ++c) {
          out[c * rows + r] = matrix[r * columns + c];
        }
      }
    }
  }
  return out;
}

}  // namespace assay
