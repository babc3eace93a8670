// Buffers that the emulator watches, and a clock on which every iteration takes a millisecond.
#include "tests/emulator/gemm/emulated_gpu.h"

namespace assay::emulator {

namespace {

class EmulatedBuffer final : public Buffer {
 public:
  EmulatedBuffer(Emulator& emulator, std::size_t bytes)
      : bytes_(emulator.input<unsigned char>("buffer", bytes)) {}
  void* data() override { return bytes_.data(); }
  std::size_t size_bytes() const override { return bytes_.size(); }

 private:
  std::span<unsigned char> bytes_;
};

class EmulatedTimer final : public Timer {
 public:
  void prime(const Batch& batch) override { batch.enqueue_all(); }
  Reading time(const Batch& batch) override {
    batch.enqueue_all();
    Reading reading;
    reading.time_s = 1e-3 * static_cast<double>(batch.iterations);
    reading.begin_s = now_s_;
    reading.end_s = now_s_ += reading.time_s;
    return reading;
  }
  double shortest_sample_s() const override { return 1e-3; }
  std::size_t most_iterations(TimedCase&) override { return 1; }

 private:
  double now_s_ = 0;
};

}  // namespace

EmulatedGpu::EmulatedGpu(Emulator& emulator, const std::string& compute_capability)
    : emulator_(emulator) {
  facts_.uuid = "emulated";
  facts_.compute_capability = compute_capability;
  facts_.multiprocessors = 2;
}

std::unique_ptr<Buffer> EmulatedGpu::allocate(std::size_t bytes) {
  return std::make_unique<EmulatedBuffer>(emulator_, bytes);
}

void EmulatedGpu::copy_in(Buffer& to, const void* from, std::size_t bytes) {
  copied_.insert(to.data());
  SmallHost::copy_in(to, from, bytes);
}

void EmulatedGpu::copy_out(void* to, Buffer& from, std::size_t bytes) {
  copied_.insert(from.data());
  SmallHost::copy_out(to, from, bytes);
}

std::unique_ptr<Timer> EmulatedGpu::make_timer(Series, std::string&) {
  return std::make_unique<EmulatedTimer>();
}

}  // namespace assay::emulator
