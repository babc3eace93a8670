// Makes a prepared launch of a kernel: the same on a GPU and in the emulator.
#pragma once

#include <tuple>
#include <type_traits>

#include "device/launch.cuh"
#include "kernels/launch/prepared_launch.h"

namespace assay {

/// Prepares the launch on the current device; the config's stream is ignored.
template <typename... Parameters, typename... Arguments>
PreparedLaunch prepare_launch(const device::LaunchConfig& config, void (*kernel)(Parameters...),
                              const Arguments&... arguments) {
  device::allow_shared_memory(kernel, config.shared_bytes);
  const std::tuple<std::decay_t<Parameters>...> given(arguments...);
  return PreparedLaunch([config, kernel, given](void* stream) {
    device::LaunchConfig on_stream = config;
    on_stream.stream = stream;
    std::apply([&](const auto&... one) { device::queue(on_stream, kernel, one...); }, given);
  });
}

}  // namespace assay
