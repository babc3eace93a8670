// Where a thread stands, the block's dynamic shared memory, and how a kernel is launched: emulated.
#pragma once

// The toolkit's headers make __global__, __device__ and __grid_constant__ harmless on the host.
#include <cuda_runtime.h>

#include <cstdint>
#include <source_location>
#include <tuple>
#include <utility>

#include "kernels/device/launch_config.h"
#include "kernels/emulator/emulator.h"

#undef __launch_bounds__
#define __launch_bounds__(...)
// Emptied by the toolkit's header, it would silently make a variable of every thread's own.
#undef __shared__
#define __shared__ static_assert(false, "shared memory is what dynamic_smem() points to")

namespace assay::device {

inline Index3 thread_index() { return emulator::Machine::self().index; }
inline Index3 block_index() { return emulator::Machine::self().block->index; }
inline Index3 block_size() { return emulator::Machine::current().config().block; }
inline Index3 grid_size() { return emulator::Machine::current().config().grid; }
inline unsigned lane_index() { return emulator::Machine::self().lane; }
inline unsigned warp_index() { return emulator::Machine::self().warp->index; }

inline void* dynamic_smem() {
  return emulator::Machine::self().block->arena + emulator::kReservedSharedBytes;
}

inline std::uint32_t shared_address(const void* shared) { return emulator::shared_offset(shared); }

[[noreturn]] inline void trap(std::source_location at = std::source_location::current()) {
  emulator::Machine::current().fail(emulator::Fault::kTrap, &emulator::Machine::self(),
                                    {"trap", at}, "the kernel ended itself");
}

template <typename... Parameters>
void allow_shared_memory(void (*)(Parameters...), std::size_t) {}

template <typename... Parameters, typename... Arguments>
void queue(const LaunchConfig& config, void (*kernel)(Parameters...), Arguments&&... arguments) {
  const std::tuple<std::decay_t<Parameters>...> given(std::forward<Arguments>(arguments)...);
  emulator::Emulator::current().launch(config, [&] { std::apply(kernel, given); });
}

template <typename... Parameters, typename... Arguments>
void launch(const LaunchConfig& config, void (*kernel)(Parameters...), Arguments&&... arguments) {
  queue(config, kernel, std::forward<Arguments>(arguments)...);
}

}  // namespace assay::device
