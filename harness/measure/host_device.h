// The host as a device: its cores, its memory, its clock.
#pragma once

#include <optional>

#include "harness/measure/device.h"
#include "harness/measure/host_buffers.h"
#include "harness/measure/host_facts.h"
#include "harness/measure/host_telemetry.h"
#include "harness/measure/instrument.h"

namespace assay {

class HostDevice : public Device, public Instrument {
 public:
  /// Its memory has no bound before `measure_bounds`.
  HostDevice();

  Backend backend() const override { return Backend::host; }
  const DeviceFacts& facts() const override { return facts_; }
  void measure_bounds() override;
  Instrument& instrument() override { return *this; }

  std::unique_ptr<Buffer> allocate(std::size_t bytes) override;
  void copy_in(Buffer& to, const void* from, std::size_t bytes) override;
  void copy_out(void* to, Buffer& from, std::size_t bytes) override;
  void fill(Buffer& buffer, unsigned char byte) override;
  void synchronize() override {}

  std::size_t cache_bytes() const override { return cache_bytes_; }
  std::size_t free_memory_bytes() const override;
  void* stream() override { return nullptr; }

  std::unique_ptr<Timer> make_timer(Series series, std::string& reason) override;
  Telemetry& telemetry() override { return telemetry_; }
  void record_clock(double) override {}  // the host's was measured when the device was opened

 private:
  HostFacts host_;
  HostTelemetry telemetry_;
  HostBuffers buffers_;
  std::size_t cache_bytes_;
  std::optional<double> measured_clock_hz_;
  DeviceFacts facts_;
};

}  // namespace assay
