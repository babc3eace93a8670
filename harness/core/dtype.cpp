// Names, and codes by format; a whole array goes through one loop for each type.
#include "harness/core/dtype.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "harness/core/dtype_codec.h"

namespace assay {

namespace {

constexpr bool is_by_value() {
  for (std::size_t i = 0; i < kDtypes.size(); ++i) {
    if (kDtypes[i].dtype != static_cast<Dtype>(i)) return false;
  }
  return true;
}
static_assert(is_by_value(), "kDtypes has a row for every Dtype, in the order of their values");

/// Calls `visit` with the dtype's codec.
template <std::size_t kFirst = 0, class Visit>
auto with_codec(Dtype dtype, Visit visit) {
  constexpr Dtype kDtype = kDtypes[kFirst].dtype;
  if constexpr (kFirst + 1 < kDtypes.size()) {
    if (dtype != kDtype) return with_codec<kFirst + 1>(dtype, visit);
  }
  return visit(Codec<kDtype>());
}

template <class Stored, class AnyCodec>
void encode_each(std::span<const float> values, std::byte* bytes, AnyCodec codec) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto code = static_cast<Stored>(codec.encode(values[i]));
    std::memcpy(bytes + i * sizeof code, &code, sizeof code);
  }
}

template <class Stored, class AnyCodec>
void decode_each(std::span<float> values, const std::byte* bytes, AnyCodec codec) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored code;
    std::memcpy(&code, bytes + i * sizeof code, sizeof code);
    values[i] = codec.decode(code);
  }
}

template <class AnyCodec>
void encode_pairs(std::span<const float> values, std::byte* zeroed, AnyCodec codec) {
  for (std::size_t i = 0; i < values.size(); ++i)
    zeroed[i / 2] |= static_cast<std::byte>(codec.encode(values[i])) << (i % 2 * 4);
}

template <class AnyCodec>
void decode_pairs(std::span<float> values, const std::byte* bytes, AnyCodec codec) {
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = codec.decode(static_cast<std::uint32_t>(bytes[i / 2] >> (i % 2 * 4)) & 0xF);
}

}  // namespace

std::optional<Dtype> dtype_named(std::string_view name) {
  const auto row = std::find_if(kDtypes.begin(), kDtypes.end(),
                                [&](const DtypeFacts& facts) { return facts.name == name; });
  if (row == kDtypes.end() || row->dtype == Dtype::int32) return std::nullopt;
  return row->dtype;
}

std::uint32_t code_of(Dtype dtype, float value) { return encoded(dtype, value); }

float value_of(Dtype dtype, std::uint32_t code) { return decoded(dtype, code); }

float rounded(Dtype dtype, float value) {
  if (dtype == Dtype::int8 || dtype == Dtype::int32) return std::nearbyint(value);
  return with_codec(dtype, [&](auto codec) { return codec.decode(codec.encode(value)); });
}

std::vector<std::byte> encode(Dtype dtype, std::span<const float> values) {
  std::vector<std::byte> bytes(stored_bytes(dtype, values.size()));
  with_codec(dtype, [&](auto codec) {
    switch (bits_of(dtype)) {
      case 4:
        return encode_pairs(values, bytes.data(), codec);
      case 8:
        return encode_each<std::uint8_t>(values, bytes.data(), codec);
      case 16:
        return encode_each<std::uint16_t>(values, bytes.data(), codec);
      default:
        return encode_each<std::uint32_t>(values, bytes.data(), codec);
    }
  });
  return bytes;
}

std::vector<float> decode(Dtype dtype, std::span<const std::byte> bytes) {
  std::vector<float> values(bytes.size() * 8 / bits_of(dtype));
  with_codec(dtype, [&](auto codec) {
    switch (bits_of(dtype)) {
      case 4:
        return decode_pairs(values, bytes.data(), codec);
      case 8:
        return decode_each<std::uint8_t>(values, bytes.data(), codec);
      case 16:
        return decode_each<std::uint16_t>(values, bytes.data(), codec);
      default:
        return decode_each<std::uint32_t>(values, bytes.data(), codec);
    }
  });
  return values;
}

}  // namespace assay
