// A GPU to measure on whose kernels the emulator runs: time is made up, memory and bits are not.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "harness/measure/instrument.h"
#include "kernels/emulator/emulator.h"
#include "tests/kernels/small_host.h"

namespace assay::emulator {

class EmulatedGpu final : public test::SmallHost, public Instrument {
 public:
  EmulatedGpu(Emulator& emulator, const std::string& compute_capability);

  Backend backend() const override { return Backend::cuda; }
  const DeviceFacts& facts() const override { return ++questions_, facts_; }
  Instrument& instrument() override { return ++questions_, *this; }
  std::size_t free_memory_bytes() const override {
    return ++questions_, SmallHost::free_memory_bytes();
  }
  std::unique_ptr<Buffer> allocate(std::size_t bytes) override;
  void copy_in(Buffer& to, const void* from, std::size_t bytes) override;
  void copy_out(void* to, Buffer& from, std::size_t bytes) override;
  /// Whether a copy to or from this address has begun there.
  bool copied(const void* address) const { return copied_.contains(address); }
  /// How often it was asked what a GPU has its driver or NVML asked for.
  int questions() const { return questions_; }
  std::unique_ptr<Timer> make_timer(Series series, std::string& reason) override;
  Telemetry& telemetry() override { return telemetry_; }
  void record_clock(double) override {}

 private:
  Emulator& emulator_;
  std::set<const void*> copied_;
  DeviceFacts facts_;
  mutable int questions_ = 0;
  NoTelemetry telemetry_;
};

}  // namespace assay::emulator
