// A GPU's memory and stream, and its facts from cudart and NVML together.
#include "harness/measure/cuda/cuda_device.h"

#include <fmt/format.h>

#include "harness/core/gpu_tables.h"
#include "harness/core/statistics.h"
#include "harness/measure/cuda/check.h"
#include "harness/measure/cuda/cuda_batch_clock.h"
#include "harness/measure/cuda/cuda_facts.h"
#include "harness/measure/cuda/cuda_timer.h"
#include "harness/measure/cuda/pattern.h"
#include "harness/measure/pattern_share.h"

namespace assay {

namespace {

class CudaBuffer : public Buffer {
 public:
  CudaBuffer(int ordinal, std::size_t bytes) : ordinal_(ordinal), size_bytes_(bytes) {
    const cudaError_t code = cudaMalloc(&data_, bytes > 0 ? bytes : 1);
    if (code == cudaErrorMemoryAllocation) {
      cudaGetLastError();  // not sticky: the next case may well fit
      throw Error(
          fmt::format("allocating {} bytes on GPU {} failed: out of memory; choose smaller "
                      "shapes or end what else uses it",
                      bytes, ordinal));
    }
    check(code, "allocating memory on a GPU");
  }
  ~CudaBuffer() override {
    cudaSetDevice(ordinal_);
    cudaFree(data_);
  }
  CudaBuffer(const CudaBuffer&) = delete;
  CudaBuffer& operator=(const CudaBuffer&) = delete;

  void* data() override { return data_; }
  std::size_t size_bytes() const override { return size_bytes_; }

 private:
  int ordinal_;
  std::size_t size_bytes_;
  void* data_ = nullptr;
};

class NvmlAbsent : public NoTelemetry {
 public:
  Json since(const Json&) override { return Json{{"nvml", "absent"}}; }
};

void require_room(const Buffer& buffer, std::size_t bytes) {
  if (bytes > buffer.size_bytes()) {
    throw Error(
        fmt::format("copying {} bytes to or from a buffer of {}", bytes, buffer.size_bytes()));
  }
}

}  // namespace

CudaDevice::CudaDevice(int ordinal, const std::shared_ptr<Nvml>& nvml) : ordinal_(ordinal) {
  const auto make_context = [this] {
    make_current();
    check(cudaFree(nullptr), "making a context on a GPU");
  };
  facts_ = cuda_facts(ordinal);
  auto device = NvmlDevice::find(nvml, *facts_.pci_bus_id);
  if (device) {
    device->learn_own_pid(make_context);
    device->fill(facts_);
    nvml_device_ = device.get();
    telemetry_ = std::move(device);
  } else {
    make_context();
    telemetry_ = std::make_unique<NvmlAbsent>();
  }
  if (!nvml_device_ || !nvml_device_->has_xid_events()) xid_log_ = std::make_unique<XidLog>();
  if (const GpuSku* sku = find_gpu_sku(facts_.pci_id.value_or(""))) facts_.sku = sku->name;
  part_ = gpu_part(ordinal, facts_);
  facts_.speed_of_light = gpu_speed_of_light(part_);
  check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "creating a stream");
}

CudaDevice::~CudaDevice() {
  cudaSetDevice(ordinal_);
  if (stream_) cudaStreamDestroy(stream_);
}

const DeviceFacts& CudaDevice::facts() const {
  std::vector<std::int64_t> xids;
  if (xid_log_) {
    xids = xid_log_->take(*facts_.pci_bus_id);
  } else if (nvml_device_) {
    xids = nvml_device_->take_xids();
  }
  facts_.xids.insert(facts_.xids.end(), xids.begin(), xids.end());
  if (nvml_device_) {
    if (auto link = nvml_device_->pcie_under_load()) facts_.pcie = std::move(link);
  }
  return facts_;
}

void CudaDevice::make_current() { check(cudaSetDevice(ordinal_), "choosing a GPU"); }

std::unique_ptr<Buffer> CudaDevice::allocate(std::size_t bytes) {
  make_current();
  return std::make_unique<CudaBuffer>(ordinal_, bytes);
}

void CudaDevice::copy_in(Buffer& to, const void* from, std::size_t bytes) {
  require_room(to, bytes);
  make_current();
  check(cudaMemcpyAsync(to.data(), from, bytes, cudaMemcpyHostToDevice, stream_),
        "copying to a GPU");
  synchronize();
}

void CudaDevice::copy_out(void* to, Buffer& from, std::size_t bytes) {
  require_room(from, bytes);
  make_current();
  check(cudaMemcpyAsync(to, from.data(), bytes, cudaMemcpyDeviceToHost, stream_),
        "copying from a GPU");
  synchronize();
}

void CudaDevice::fill(Buffer& buffer, unsigned char byte) {
  make_current();
  check(cudaMemsetAsync(buffer.data(), byte, buffer.size_bytes(), stream_), "filling GPU memory");
  synchronize();
}

PatternOnGpu CudaDevice::bring(const ElementPattern& pattern) {
  constexpr std::size_t kPeriodAt = 256;
  const std::size_t bytes = pattern.period().size();
  if (!pattern_room_ || pattern_room_->size_bytes() < kPeriodAt + bytes)
    pattern_room_ = allocate(kPeriodAt + bytes);
  fill(*pattern_room_, 0xFF);  // of the answer: no index is as large
  BufferPart period(*pattern_room_, kPeriodAt, bytes);
  copy_in(period, pattern.period().data(), bytes);
  return {period.data(), pattern.elements(), pattern.width()};
}

unsigned CudaDevice::pattern_blocks() const {
  constexpr int kEach = 8;  // of 256 threads: as many as a multiprocessor runs at once
  return static_cast<unsigned>(facts_.multiprocessors.value_or(1) * kEach);
}

void CudaDevice::fill_with(Buffer& buffer, const ElementPattern& pattern) {
  launch_fill(buffer.data(), buffer.size_bytes() / pattern.width(), bring(pattern),
              pattern_blocks(), stream_);
  check(cudaGetLastError(), "launching a fill");
  synchronize();
}

std::optional<std::uint64_t> CudaDevice::first_mismatch(Buffer& buffer,
                                                        const ElementPattern& pattern) {
  const PatternOnGpu on_gpu = bring(pattern);
  auto* first = static_cast<unsigned long long*>(pattern_room_->data());
  launch_first_mismatch(buffer.data(), buffer.size_bytes() / pattern.width(), on_gpu, first,
                        pattern_blocks(), stream_);
  check(cudaGetLastError(), "launching a comparison");
  std::uint64_t found = 0;
  copy_out(&found, *pattern_room_, sizeof found);
  if (found == kNoMismatch) return std::nullopt;
  return found;
}

void CudaDevice::synchronize() {
  make_current();
  check(cudaStreamSynchronize(stream_), "waiting for a GPU");
}

std::size_t CudaDevice::cache_bytes() const {
  return static_cast<std::size_t>(facts_.l2_bytes.value_or(0));
}

std::size_t CudaDevice::free_memory_bytes() const {
  check(cudaSetDevice(ordinal_), "choosing a GPU");
  std::size_t free = 0, total = 0;
  check(cudaMemGetInfo(&free, &total), "asking a GPU for its free memory");
  return free;
}

std::unique_ptr<Timer> CudaDevice::make_timer(Series series, std::string&) {
  make_current();
  return make_cuda_timer(stream_, series);
}

std::unique_ptr<BatchClock> CudaDevice::make_batch_clock(Series series) {
  make_current();
  return make_cuda_batch_clock(stream_, series);
}

void CudaDevice::record_clock(double clock_hz) {
  clocks_hz_.push_back(clock_hz);
  set_measured_clock(part_, median(clocks_hz_), facts_.speed_of_light);
}

std::vector<std::unique_ptr<Device>> open_cuda_devices() {
  int count = 0;
  check(cudaGetDeviceCount(&count), "listing the CUDA devices");
  const std::shared_ptr<Nvml> nvml = Nvml::load();
  std::vector<std::unique_ptr<Device>> devices;
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    devices.push_back(std::make_unique<CudaDevice>(ordinal, nvml));
  }
  return devices;
}

}  // namespace assay
