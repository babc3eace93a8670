// Compares what a case takes with what the device and the host have free.
#include "kernels/memory_need.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "harness/measure/host_memory.h"

namespace assay {

namespace {

std::optional<std::string> lacks(double needed, std::size_t free_bytes, const char* where,
                                 bool is_of_host = true) {
  const auto free = static_cast<double>(free_bytes);
  if (needed <= free) return std::nullopt;
  // Rounded apart, so that two close figures do not read the same.
  const std::string text =
      fmt::format("needs {:.0f} MiB{} at its peak, {:.0f} MiB are free", std::ceil(needed / 0x1p20),
                  where, std::floor(free / 0x1p20));
  const auto space = free_address_space();
  const bool is_limited = is_of_host && space && static_cast<double>(space->free_bytes) < needed;
  return is_limited ? fmt::format("{} under {}", text, space->limit) : text;
}

/// True if the host had twice `needed` free at most 10 ms ago. A reading takes 0.3 ms (limits and
/// statistics of every control group), and planning for eight devices asks some thousand times.
bool is_plenty_on_host(double needed) {
  using Clock = std::chrono::steady_clock;
  thread_local Clock::time_point read_at;
  thread_local std::size_t free_bytes = 0;
  if (const auto now = Clock::now(); now - read_at > std::chrono::milliseconds(10)) {
    free_bytes = free_host_memory_bytes();
    read_at = now;
  }
  return 2 * needed <= static_cast<double>(free_bytes);
}

}  // namespace

std::optional<std::string> lacks_memory(const MemoryNeed& need, const Device& device) {
  const double on_device = need.set + need.beside_sets, on_host = need.host + kProcessGrowth;
  if (device.backend() == Backend::host)
    return lacks(on_device + on_host, device.free_memory_bytes(), "");
  if (auto refusal = lacks(on_device, device.free_memory_bytes(), " of the device", false))
    return refusal;
  if (is_plenty_on_host(on_host)) return std::nullopt;
  return lacks(on_host, free_host_memory_bytes(), " of the host");
}

std::size_t rotation_sets(const Device& device, const MemoryNeed& need) {
  const double beside = device.backend() == Backend::host
                            ? need.beside_sets + need.host + kProcessGrowth
                            : need.beside_sets;
  return rotation_sets(device, static_cast<std::size_t>(need.set),
                       static_cast<std::size_t>(beside));
}

}  // namespace assay
