// A device that cases run on: the host's cores or one CUDA GPU, behind one interface.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/measure/pattern.h"

namespace assay {

class Instrument;

enum class Backend { host, cuda };
const char* name(Backend backend);

/// Device memory, freed with the object. `data()` is dereferenceable on the host only for the
/// host backend. 256-byte aligned (4096 on the host).
class Buffer {
 public:
  virtual ~Buffer() = default;
  virtual void* data() = 0;
  virtual std::size_t size_bytes() const = 0;
};

/// A part of another buffer, which must outlive it. Its alignment is that of its first byte.
class BufferPart final : public Buffer {
 public:
  /// Throws Error if the part exceeds `whole`.
  BufferPart(Buffer& whole, std::size_t begin_bytes, std::size_t size_bytes);

  void* data() override { return data_; }
  std::size_t size_bytes() const override { return size_bytes_; }

 private:
  std::byte* data_;
  std::size_t size_bytes_;
};

class Device {
 public:
  virtual ~Device() = default;

  virtual Backend backend() const = 0;
  virtual const DeviceFacts& facts() const = 0;
  /// Measures what bounds this device where no figure is published. It takes up to half a second;
  /// measured again, such a bound only rises.
  virtual void measure_bounds() {}
  /// The instrument that times and monitors this device.
  virtual Instrument& instrument() = 0;

  /// Makes this the current device of the calling thread.
  virtual void make_current() {}
  virtual std::unique_ptr<Buffer> allocate(std::size_t bytes) = 0;
  virtual void copy_in(Buffer& to, const void* from, std::size_t bytes) = 0;
  virtual void copy_out(void* to, Buffer& from, std::size_t bytes) = 0;
  /// Sets every byte: 0xFF is the NaN poison of every float format in use.
  virtual void fill(Buffer& buffer, unsigned char byte) = 0;
  /// Fills the whole buffer, whose size is a whole number of elements, with the pattern. By default
  /// this and the comparison go through a small piece of host memory; a device may do both by
  /// itself.
  virtual void fill_with(Buffer& buffer, const ElementPattern& pattern);
  /// The first element of the buffer that differs from the pattern.
  virtual std::optional<std::uint64_t> first_mismatch(Buffer& buffer,
                                                      const ElementPattern& pattern);
  virtual void synchronize() = 0;

  /// The size of the last-level cache; rotation must exceed three times this.
  virtual std::size_t cache_bytes() const = 0;
  virtual std::size_t free_memory_bytes() const = 0;
  /// The cudaStream_t that every case enqueues on; null on the host.
  virtual void* stream() = 0;
};

/// The number of operand sets of `bytes` each that exceed three times the cache: at least 1, and at
/// most what fits into half of the free memory while `bytes_beside` stay free for other uses.
std::size_t rotation_sets(const Device& device, std::size_t bytes, std::size_t bytes_beside = 0);

/// `auto`, `host` or `cuda` as typed. `auto` is cuda when a CUDA driver library is found or a
/// device node exists, else host. Throws Error: exit 3 when cuda is asked for by name and there
/// is none, exit 2 when a driver is present and does not work.
Backend choose_backend(const std::string& asked);

/// Every device of the backend, facts filled in (NVML where present, named when absent).
std::vector<std::unique_ptr<Device>> open_devices(Backend backend);

/// This node's name, devices' facts, labels; and the software the document records (driver,
/// kernel, library versions; a library that is absent is recorded as "absent").
NodeFacts node_facts(const std::vector<std::unique_ptr<Device>>& devices);
std::map<std::string, std::string> software_facts(Backend backend);

}  // namespace assay
