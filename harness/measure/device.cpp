// Opens the devices of a backend, and the arithmetic that all of them share.
#include "harness/measure/device.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/measure/host_device.h"
#ifdef ASSAY_HAVE_CUDA
#include "harness/measure/cuda/cuda_device.h"
#endif

namespace assay {

namespace {

/// As much of the buffer as is copied at once: whole periods, so that each piece begins with one,
/// and few enough to stay in a core's cache.
std::vector<std::byte> piece_for(const Buffer& buffer, const ElementPattern& pattern) {
  constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
  const std::size_t period = pattern.period().size();
  const std::size_t periods = std::max<std::size_t>(1, kPieceBytes / period);
  return std::vector<std::byte>(std::min(buffer.size_bytes(), periods * period));
}

BufferPart part_at(Buffer& buffer, std::size_t begin, std::size_t most) {
  return {buffer, begin, std::min(most, buffer.size_bytes() - begin)};
}

}  // namespace

BufferPart::BufferPart(Buffer& whole, std::size_t begin_bytes, std::size_t size_bytes)
    : data_(static_cast<std::byte*>(whole.data()) + begin_bytes), size_bytes_(size_bytes) {
  if (begin_bytes > whole.size_bytes() || size_bytes > whole.size_bytes() - begin_bytes)
    throw Error(fmt::format("{} bytes from byte {} on are not in a buffer of {}", size_bytes,
                            begin_bytes, whole.size_bytes()));
}

void Device::fill_with(Buffer& buffer, const ElementPattern& pattern) {
  std::vector<std::byte> piece = piece_for(buffer, pattern);
  pattern.write(piece.data(), piece.size() / pattern.width());
  for (std::size_t begin = 0; begin < buffer.size_bytes(); begin += piece.size()) {
    BufferPart part = part_at(buffer, begin, piece.size());
    copy_in(part, piece.data(), part.size_bytes());
  }
}

std::optional<std::uint64_t> Device::first_mismatch(Buffer& buffer, const ElementPattern& pattern) {
  std::vector<std::byte> piece = piece_for(buffer, pattern);
  for (std::size_t begin = 0; begin < buffer.size_bytes(); begin += piece.size()) {
    BufferPart part = part_at(buffer, begin, piece.size());
    copy_out(piece.data(), part, part.size_bytes());
    const std::size_t count = part.size_bytes() / pattern.width();
    if (const auto wrong = pattern.first_mismatch(piece.data(), count))
      return begin / pattern.width() + *wrong;
  }
  return std::nullopt;
}

std::size_t rotation_sets(const Device& device, std::size_t bytes, std::size_t bytes_beside) {
  if (bytes == 0) return 1;
  // What a set takes beside its contents: pages that are not full, and guards of its output. The
  // rotation of sets smaller than that would take many times the cache, and stays within twice what
  // the others take: they do not all go past a large cache.
  constexpr std::size_t kBesideContents = std::size_t{20} << 10;
  const std::size_t taken = bytes + kBesideContents;
  const std::size_t wanted = 3 * device.cache_bytes();
  const std::size_t past_cache = std::min(wanted / bytes, 2 * wanted / taken) + 1;
  const std::size_t free = device.free_memory_bytes();
  const std::size_t fitting = std::min(free / 2, free - std::min(free, bytes_beside)) / taken;
  return std::max<std::size_t>(1, std::min(past_cache, fitting));
}

std::vector<std::unique_ptr<Device>> open_devices(Backend backend) {
  std::vector<std::unique_ptr<Device>> devices;
  if (backend == Backend::host) {
    devices.push_back(std::make_unique<HostDevice>());
    return devices;
  }
#ifdef ASSAY_HAVE_CUDA
  return open_cuda_devices();
#else
  throw Error("this assay was built without CUDA: build the cuda preset", ExitCode::missing);
#endif
}

}  // namespace assay
