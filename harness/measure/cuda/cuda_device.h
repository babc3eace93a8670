// One CUDA GPU as a device.
#pragma once

#include <cuda_runtime_api.h>

#include <memory>
#include <optional>
#include <vector>

#include "harness/core/gpu_speed_of_light.h"
#include "harness/measure/device.h"
#include "harness/measure/instrument.h"
#include "harness/measure/nvml_device.h"
#include "harness/measure/xid_log.h"

namespace assay {

struct PatternOnGpu;

class CudaDevice : public Device, public Instrument {
 public:
  /// `nvml` may be null: then facts and telemetry that only NVML has are absent.
  CudaDevice(int ordinal, const std::shared_ptr<Nvml>& nvml);
  ~CudaDevice() override;
  CudaDevice(const CudaDevice&) = delete;
  CudaDevice& operator=(const CudaDevice&) = delete;

  Backend backend() const override { return Backend::cuda; }
  /// XIDs logged since the last call are added here, and the PCIe link is as it was under load.
  const DeviceFacts& facts() const override;
  Instrument& instrument() override { return *this; }

  void make_current() override;
  std::unique_ptr<Buffer> allocate(std::size_t bytes) override;
  void copy_in(Buffer& to, const void* from, std::size_t bytes) override;
  void copy_out(void* to, Buffer& from, std::size_t bytes) override;
  void fill(Buffer& buffer, unsigned char byte) override;
  /// A kernel fills the buffer, and another compares it, so that its contents are not copied to the
  /// host.
  void fill_with(Buffer& buffer, const ElementPattern& pattern) override;
  std::optional<std::uint64_t> first_mismatch(Buffer& buffer,
                                              const ElementPattern& pattern) override;
  void synchronize() override;

  std::size_t cache_bytes() const override;
  std::size_t free_memory_bytes() const override;
  void* stream() override { return stream_; }

  std::unique_ptr<Timer> make_timer(Series series, std::string& reason) override;
  std::unique_ptr<BatchClock> make_batch_clock(Series series) override;
  Telemetry& telemetry() override { return *telemetry_; }
  void record_clock(double clock_hz) override;

 private:
  /// Copies a period into `pattern_room_`.
  PatternOnGpu bring(const ElementPattern& pattern);
  unsigned pattern_blocks() const;

  int ordinal_;
  cudaStream_t stream_ = nullptr;
  std::unique_ptr<Telemetry> telemetry_;
  NvmlDevice* nvml_device_ = nullptr;  // telemetry_, when NVML knows the device
  std::unique_ptr<XidLog> xid_log_;    // when NVML gives no events
  GpuPart part_;
  std::vector<double> clocks_hz_;
  std::unique_ptr<Buffer> pattern_room_;  // a comparison's result, then a period
  mutable DeviceFacts facts_;
};

/// Every CUDA device that this process may see, in CUDA's order.
std::vector<std::unique_ptr<Device>> open_cuda_devices();

}  // namespace assay
