// Atomics at the scope of the GPU, emulated.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <source_location>

#include "kernels/emulator/atomics.h"

namespace assay::device {

/// Replaces a T by what `combine` makes of it.
template <typename T, typename Combine>
T atomic_combine(T* address, Combine combine, const emulator::Site& site,
                 emulator::Order order = emulator::Order::kRelaxed) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8);
  const auto to_value = [](std::uint64_t bits) {
    T value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  };
  const auto update = [&](std::uint64_t before) {
    const T after = combine(to_value(before));
    std::uint64_t bits = 0;
    std::memcpy(&bits, &after, sizeof after);
    return bits;
  };
  return to_value(emulator::atomic_update(address, sizeof(T), order, update, site));
}

template <typename T>
T atomic_add(T* address, T value, std::source_location where = std::source_location::current()) {
  return atomic_combine(address, [=](T before) { return static_cast<T>(before + value); },
                        {"atom.add", where});
}

template <typename T>
T atomic_max(T* address, T value, std::source_location where = std::source_location::current()) {
  return atomic_combine(address, [=](T before) { return std::max(before, value); },
                        {"atom.max", where});
}

template <typename T>
T atomic_min(T* address, T value, std::source_location where = std::source_location::current()) {
  return atomic_combine(address, [=](T before) { return std::min(before, value); },
                        {"atom.min", where});
}

template <typename T>
T atomic_exchange(T* address, T value,
                  std::source_location where = std::source_location::current()) {
  return atomic_combine(address, [=](T) { return value; }, {"atom.exch", where});
}

template <typename T>
T atomic_compare_exchange(T* address, T expected, T desired,
                          std::source_location where = std::source_location::current()) {
  return atomic_combine(address, [=](T before) { return before == expected ? desired : before; },
                        {"atom.cas", where});
}

inline std::uint32_t load_acquire(const std::uint32_t* address,
                                  std::source_location where = std::source_location::current()) {
  return emulator::load_acquire(address, {"ld.acquire", where});
}

inline void store_release(std::uint32_t* address, std::uint32_t value,
                          std::source_location where = std::source_location::current()) {
  emulator::store_release(address, value, {"st.release", where});
}

inline std::uint32_t atomic_add_release(
    std::uint32_t* address, std::uint32_t value,
    std::source_location where = std::source_location::current()) {
  return atomic_combine(
      address, [=](std::uint32_t before) { return before + value; }, {"atom.add.release", where},
      emulator::Order::kRelease);
}

}  // namespace assay::device
