// The host device: aligned memory, plain copies, facts from the kernel.
#include "harness/measure/host_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "harness/core/error.h"
#include "harness/measure/host_memory.h"
#include "harness/measure/host_speed_of_light.h"
#include "harness/measure/host_timer.h"
#include "harness/measure/node.h"
#include "harness/measure/sanitized.h"
#include "harness/measure/threads.h"

namespace assay {

namespace {

// Without a cache size from the kernel, rotation assumes more than any part has shipped per die.
constexpr std::size_t kCacheWhenNotReported = std::size_t{96} << 20;

// Small under a sanitizer, where rotation takes the most time and times are not used.
constexpr std::size_t kCacheWhenSanitized = std::size_t{1} << 20;

std::size_t cache_to_go_past(const HostFacts& host) {
  if (kSanitized) return kCacheWhenSanitized;
  const std::int64_t reported = host.last_level_cache_bytes();
  return reported > 0 ? static_cast<std::size_t>(reported) : kCacheWhenNotReported;
}

void require_room(const Buffer& buffer, std::size_t bytes) {
  if (bytes > buffer.size_bytes()) {
    throw Error(
        fmt::format("copying {} bytes to or from a buffer of {}", bytes, buffer.size_bytes()));
  }
}

DeviceFacts device_facts(const HostFacts& host, std::optional<double> measured_clock_hz) {
  // Said before anything is measured, and not by each case that needs them.
  require_threads(static_cast<int>(host.processors.size()), "the host's kernels");
  DeviceFacts facts;
  facts.name = host.model_name;
  facts.uuid = "host-" + node_name();
  facts.sku = "host";
  facts.clock_max_hz = host.max_clock_hz;
  if (host.memory_bytes > 0) facts.memory_bytes = host.memory_bytes;
  for (const HostCache& cache : host.caches) {
    if (cache.level == 2) facts.l2_bytes = cache.bytes * cache.instances;
  }
  facts.multiprocessors = static_cast<int>(host.processors.size());
  facts.speed_of_light = host_speed_of_light(host, measured_clock_hz, std::nullopt);
  return facts;
}

}  // namespace

HostDevice::HostDevice()
    : host_(read_host_facts()),
      telemetry_(host_.processors),
      buffers_(host_.processors.size()),
      cache_bytes_(cache_to_go_past(host_)),
      measured_clock_hz_(measure_host_clock_hz()),
      facts_(device_facts(host_, measured_clock_hz_)) {}

void HostDevice::measure_bounds() {
  const double bound = std::max(facts_.speed_of_light.memory_bytes_per_s.value_or(0),
                                measure_read_bandwidth(host_, cache_bytes_, buffers_));
  facts_.speed_of_light = host_speed_of_light(host_, measured_clock_hz_, bound);
}

std::unique_ptr<Buffer> HostDevice::allocate(std::size_t bytes) { return buffers_.allocate(bytes); }

void HostDevice::copy_in(Buffer& to, const void* from, std::size_t bytes) {
  require_room(to, bytes);
  if (bytes > 0) std::memcpy(to.data(), from, bytes);
}

void HostDevice::copy_out(void* to, Buffer& from, std::size_t bytes) {
  require_room(from, bytes);
  if (bytes > 0) std::memcpy(to, from.data(), bytes);
}

void HostDevice::fill(Buffer& buffer, unsigned char byte) {
  std::memset(buffer.data(), byte, buffer.size_bytes());
}

std::size_t HostDevice::free_memory_bytes() const {
  return free_host_memory_bytes() + buffers_.kept_bytes();
}

std::unique_ptr<Timer> HostDevice::make_timer(Series series, std::string& reason) {
  if (series == Series::graph) {
    reason = "the host backend has no graphs to replay";
    return nullptr;
  }
  return std::make_unique<HostTimer>();
}

}  // namespace assay
