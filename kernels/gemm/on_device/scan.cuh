// Reads a whole output once on the device: its checksum, and its first NaN.
#pragma once

#include "device/atomic.cuh"
#include "kernels/gemm/on_device/element.cuh"

namespace assay::on_device {

__global__ void __launch_bounds__(kThreads) scan_output(Scan scan) {
  Scanned mine;
  const Share share = share_of_this_thread();
  for (std::int64_t i = share.first; i < static_cast<std::int64_t>(scan.count); i += share.step) {
    const std::uint32_t code = code_at(scan.output, scan.dtype, i);
    const auto index = static_cast<unsigned long long>(i);
    if ((code & scan.magnitude) > scan.infinity && index < mine.first_nan) mine.first_nan = index;
    mine.sum += code;
    mine.weighted += code * (2 * index + 1);
  }
  device::atomic_add(&scan.scanned->sum, mine.sum);
  device::atomic_add(&scan.scanned->weighted, mine.weighted);
  if (mine.first_nan != ~0ull) device::atomic_min(&scan.scanned->first_nan, mine.first_nan);
}

inline void launch_scan(const Scan& scan, const Place& place) {
  device::launch(config_for(static_cast<std::int64_t>(scan.count), place), scan_output, scan);
}

}  // namespace assay::on_device
