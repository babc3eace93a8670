// A host device without facts: memory and copies, nothing that takes time to find out.
#pragma once

#include <cstring>
#include <vector>

#include "harness/measure/device.h"
#include "tests/measure/unmeasured.h"

namespace assay::test {

class PlainDevice : public Device {
 public:
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
  std::size_t cache_bytes() const override { return 1 << 16; }
  std::size_t free_memory_bytes() const override { return std::size_t{1} << 30; }
  void* stream() override { return nullptr; }

 private:
  class Memory final : public Buffer {
   public:
    explicit Memory(std::size_t bytes) : bytes_(bytes) {}
    void* data() override { return bytes_.data(); }
    std::size_t size_bytes() const override { return bytes_.size(); }

   private:
    std::vector<unsigned char> bytes_;
  };
  DeviceFacts facts_;
  Unmeasured unmeasured_;
};

}  // namespace assay::test
