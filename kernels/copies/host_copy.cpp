// Buffers with a guard behind them, and the check of every byte.
#include "kernels/copies/host_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "kernels/inputs.h"
#include "kernels/verify.h"

namespace assay {

namespace {

constexpr std::size_t kGuardBytes = 4096;
constexpr unsigned char kUntouched = 0xFF;

}  // namespace

HostCopy::HostCopy(Device& device, CopyDirection direction, std::size_t bytes, std::uint64_t seed,
                   HostCopyCalls calls)
    : device_(device),
      direction_(direction),
      bytes_(bytes),
      calls_(std::move(calls)),
      source_(bytes / sizeof(float)),
      sets_(rotation_sets(device, bytes)) {
  fill_normal(source_, {seed, 0, 0});
  for (Set& set : sets_) {
    set.host = calls_.allocate_host(bytes_ + kGuardBytes);
    set.device = device_.allocate(bytes_ + kGuardBytes);
    if (direction_ == CopyDirection::to_device) {
      std::memcpy(set.host->data(), source_.data(), bytes_);
    } else {
      device_.copy_in(*set.device, source_.data(), bytes_);
    }
  }
}

MemoryNeed HostCopy::need(const Device& device, CopyDirection direction, std::size_t bytes) {
  // The source, a buffer of the host's for each of the device's, and what arrived on the device.
  const std::size_t host_arrays =
      1 + rotation_sets(device, bytes) + (direction == CopyDirection::to_device ? 1 : 0);
  return {.set = static_cast<double>(bytes),
          .beside_sets = 0,
          .host = static_cast<double>(host_arrays * bytes)};
}

Verification HostCopy::verify() {
  Set& set = sets_[0];
  if (direction_ == CopyDirection::to_device) {
    std::vector<std::byte> copied(bytes_ + kGuardBytes);
    device_.fill(*set.device, kUntouched);
    enqueue(0);
    device_.synchronize();
    device_.copy_out(copied.data(), *set.device, copied.size());
    return compare(copied.data());
  }
  std::memset(set.host->data(), kUntouched, bytes_ + kGuardBytes);
  enqueue(0);
  device_.synchronize();
  return compare(static_cast<const std::byte*>(set.host->data()));
}

Verification HostCopy::compare(const std::byte* copied) const {
  const auto* expected = reinterpret_cast<const std::byte*>(source_.data());
  const auto [wrong, ignored] = std::mismatch(copied, copied + bytes_, expected);
  if (wrong != copied + bytes_) {
    return failed_verification(fmt::format("byte {} of {} did not arrive", wrong - copied, bytes_));
  }
  for (std::size_t i = bytes_; i < bytes_ + kGuardBytes; ++i) {
    if (copied[i] != std::byte{kUntouched}) {
      return failed_verification(fmt::format("byte {} behind the end was written", i - bytes_));
    }
  }
  Verification verification;
  verification.status = Verification::Status::exact;
  verification.checksum = checksum(copied, bytes_ / sizeof(float), sizeof(float));
  return verification;
}

void HostCopy::enqueue(std::size_t set) {
  void* host = sets_[set].host->data();
  void* device = sets_[set].device->data();
  if (direction_ == CopyDirection::to_device) {
    calls_.enqueue(device, host, bytes_);
  } else {
    calls_.enqueue(host, device, bytes_);
  }
}

Work HostCopy::work() const {
  const double link = device_.facts().speed_of_light.pcie_bytes_per_s.value_or(0);
  return {0, static_cast<double>(bytes_), link};
}

}  // namespace assay
