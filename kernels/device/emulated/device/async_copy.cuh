// cp.async, emulated: a thread's own small copies from global to shared memory.
#pragma once

#include <cstdint>
#include <source_location>

#include "kernels/emulator/copy_async.h"

namespace assay::device {

template <int kBytes>
void copy_async(void* shared, const void* global,
                std::source_location where = std::source_location::current()) {
  static_assert(kBytes == 4 || kBytes == 8 || kBytes == 16);
  emulator::copy_async(shared, global, kBytes, kBytes, {"cp.async", where});
}

template <int kBytes>
void copy_async_zero_fill(void* shared, const void* global, std::uint32_t valid_bytes,
                          std::source_location where = std::source_location::current()) {
  static_assert(kBytes == 4 || kBytes == 8 || kBytes == 16);
  emulator::copy_async(shared, global, kBytes, valid_bytes, {"cp.async", where});
}

inline void copy_async_commit(std::source_location where = std::source_location::current()) {
  emulator::copy_async_commit({"cp.async.commit_group", where});
}

template <int kPending>
void copy_async_wait(std::source_location where = std::source_location::current()) {
  emulator::copy_async_wait(kPending, {"cp.async.wait_group", where});
}

}  // namespace assay::device
