// Tensor maps, and the rows of the box that a copy by one moves.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernels/emulator/bulk_copy.h"
#include "kernels/emulator/machine.h"

namespace assay::emulator {

namespace {

constexpr std::uint64_t kMapMark = 0x70614d726f736e54;  // "TnsorMap"

struct EncodedMap {
  device::TensorMapSpec spec;
  std::uint64_t mark = kMapMark;
};
static_assert(sizeof(EncodedMap) <= sizeof(CUtensorMap));

[[noreturn]] void broken(const Site& site, std::string detail) {
  Machine::current().fail(Fault::kTensorMap, &Machine::self(), site, std::move(detail));
}

std::uint32_t require_shared(const void* shared, std::uint32_t alignment, const Site& site) {
  if (!Arenas::instance().contains(shared)) broken(site, "the tile is not in shared memory");
  const std::uint32_t address = shared_offset(shared);
  if (address % alignment != 0) {
    broken(site, fmt::format("shared address {} is not a multiple of {}", address, alignment));
  }
  return address;
}

}  // namespace

CUtensorMap encode_tensor_map(const device::TensorMapSpec& spec) {
  const char* fault = device::tensor_map_fault(spec);
  if (fault == nullptr) fault = device::tensor_map_address_fault(spec);
  if (fault != nullptr) {
    Report report;
    report.fault = Fault::kTensorMap;
    report.site = {"encode_tensor_map", {}};
    report.detail = fault;
    throw Failure(std::move(report));
  }
  CUtensorMap map{};
  const EncodedMap encoded{spec, kMapMark};
  std::memcpy(&map, &encoded, sizeof encoded);
  return map;
}

CopyPlan plan_bytes(const void* shared, const void* global, std::uint32_t bytes, const Site& site) {
  constexpr std::uint32_t kRowBytes = 128;
  CopyPlan plan;
  plan.shared = require_shared(shared, 16, site);
  plan.bytes = bytes;
  if (bytes == 0 || bytes % 16 != 0) {
    broken(site, fmt::format("{} bytes: a bulk copy moves a multiple of 16", bytes));
  }
  if (reinterpret_cast<std::uintptr_t>(global) % 16 != 0) {
    broken(site, "the global address is not a multiple of 16");
  }
  auto* start = static_cast<char*>(const_cast<void*>(global));
  for (std::uint32_t at = 0; at < bytes; at += kRowBytes) {
    const std::uint32_t count = std::min(kRowBytes, bytes - at);
    plan.rows.push_back({plan.shared + at, start + at, count, 0, count});
  }
  return plan;
}

CopyPlan plan_box(const CUtensorMap& map, const int* at, int rank, const void* shared,
                  const Site& site) {
  EncodedMap encoded;
  std::memcpy(static_cast<void*>(&encoded), &map, sizeof encoded);
  const device::TensorMapSpec& spec = encoded.spec;
  if (encoded.mark != kMapMark) broken(site, "this is not a tensor map");
  if (spec.rank != rank) {
    broken(site, fmt::format("{} coordinates for a map of {} dimensions", rank, spec.rank));
  }
  const std::uint32_t size = device::element_bytes(spec.element);
  CopyPlan plan;
  plan.shared = require_shared(shared, 128, site);
  plan.swizzle = spec.swizzle;
  plan.element = spec.element;
  const std::uint32_t row_bytes = spec.box[0] * size;
  std::uint32_t rows = 1;
  for (int d = 1; d < rank; ++d) rows *= spec.box[static_cast<std::size_t>(d)];
  plan.bytes = rows * row_bytes;

  const auto clip = [&](std::int64_t element) {
    const auto inside =
        std::clamp<std::int64_t>(element, 0, static_cast<std::int64_t>(spec.size[0]));
    return static_cast<std::uint32_t>((inside - at[0]) * size);
  };
  const auto first = static_cast<std::int64_t>(at[0]);
  const bool touches = first + spec.box[0] > 0 && first < static_cast<std::int64_t>(spec.size[0]);
  auto* base = static_cast<char*>(const_cast<void*>(spec.address));
  for (std::uint32_t row = 0; row < rows; ++row) {
    std::int64_t offset = first * size;
    bool inside = touches;
    std::uint32_t rest = row;
    for (int d = 1; d < rank; ++d) {
      const auto i = static_cast<std::size_t>(d);
      const std::int64_t coordinate = at[d] + static_cast<std::int64_t>(rest % spec.box[i]);
      rest /= spec.box[i];
      inside = inside && coordinate >= 0 && coordinate < static_cast<std::int64_t>(spec.size[i]);
      offset += coordinate * static_cast<std::int64_t>(spec.stride_bytes[i - 1]);
    }
    CopyRow copy{plan.shared + row * row_bytes, base + offset, row_bytes, 0, 0};
    if (inside) {
      copy.begin = clip(first);
      copy.end = clip(first + spec.box[0]);
    }
    plan.rows.push_back(copy);
  }
  return plan;
}

}  // namespace assay::emulator
