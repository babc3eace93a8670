// A host device for tests: a small cache, so that few operand sets are made, and threads as asked.
#pragma once

#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>

#include "harness/measure/device.h"
#include "tests/measure/unmeasured.h"

namespace assay::test {

class SmallHost : public Device {
 public:
  explicit SmallHost(int threads = 3, std::size_t cache_bytes = 1024) : cache_bytes_(cache_bytes) {
    facts_.multiprocessors = threads;
  }

  Backend backend() const override { return Backend::host; }
  const DeviceFacts& facts() const override { return facts_; }
  Instrument& instrument() override { return unmeasured_; }
  std::unique_ptr<Buffer> allocate(std::size_t bytes) override {
    return std::make_unique<Memory>(bytes);
  }
  void copy_in(Buffer& to, const void* from, std::size_t bytes) override {
    std::memcpy(to.data(), from, bytes);
  }
  void copy_out(void* to, Buffer& from, std::size_t bytes) override {
    std::memcpy(to, from.data(), bytes);
  }
  void fill(Buffer& buffer, unsigned char byte) override {
    std::memset(buffer.data(), byte, buffer.size_bytes());
  }
  void synchronize() override {}
  std::size_t cache_bytes() const override { return cache_bytes_; }
  std::size_t free_memory_bytes() const override { return std::size_t{1} << 30; }
  void* stream() override { return nullptr; }

 private:
  class Memory final : public Buffer {
   public:
    explicit Memory(std::size_t bytes)
        : bytes_(bytes), data_(std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096)) {}
    ~Memory() override { std::free(data_); }
    void* data() override { return data_; }
    std::size_t size_bytes() const override { return bytes_; }

   private:
    std::size_t bytes_;
    void* data_;
  };

  DeviceFacts facts_;
  Unmeasured unmeasured_;
  std::size_t cache_bytes_;
};

}  // namespace assay::test
