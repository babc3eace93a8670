// Global and shared memory as kernels see them: buffers with guard bands, arenas, every access
// checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "kernels/emulator/report.h"
#include "kernels/emulator/shadow.h"
#include "kernels/emulator/threads.h"

namespace assay::emulator {

/// A buffer in global memory, between two guard bands that nobody may touch.
struct GlobalBuffer {
  std::string name;
  std::unique_ptr<char[]> storage;
  char* begin = nullptr;
  std::size_t bytes = 0;
  Shadow shadow;

  static constexpr std::size_t kGuardBytes = 4096;
};

class Memory {
 public:
  /// The host's side: 256-byte aligned; filled with 0xFF, which is NaN in every float format.
  char* allocate(std::string name, std::size_t bytes);
  /// What was written so far is the host's, and counts as initialised: before a launch.
  void settle();
  void set_initialised(const void* begin, bool initialised);
  ShadowContext& context() { return context_; }

  struct Place {
    Shadow* shadow = nullptr;
    std::size_t offset = 0;
    Block* block = nullptr;                ///< Of shared memory.
    const GlobalBuffer* buffer = nullptr;  ///< Of global memory.
    bool outside = false;  ///< Touches no buffer, yet is near one or in shared memory.
    bool known() const { return shadow != nullptr; }
  };
  Place find(const void* address, std::size_t bytes);

 private:
  ShadowContext context_;
  std::deque<GlobalBuffer> buffers_;
  GlobalBuffer* last_ = nullptr;
};

/// The shared memory of the resident blocks, kArenaBytes each and aligned to it.
class Arenas {
 public:
  static Arenas& instance();
  char* arena(std::size_t number) const { return base_ + number * kArenaBytes; }
  bool contains(const void* address) const {
    const auto* byte = static_cast<const char*>(address);
    return byte >= base_ && byte < base_ + kArenaBytes * kMaxBlocks;
  }
  std::size_t number(const void* address) const {
    return static_cast<std::size_t>(static_cast<const char*>(address) - base_) / kArenaBytes;
  }
  static constexpr std::size_t kMaxBlocks = 64;

 private:
  Arenas();
  char* base_;
};

/// Of an address in shared memory: its low 18 bits, the same in every block.
inline std::uint32_t shared_offset(const void* address) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(address) & (kArenaBytes - 1));
}

/// "byte 4096 of shared memory", "byte 64 of buffer c".
std::string describe(const Memory::Place& place);

// How instructions touch memory. Each ends the run when a rule is broken.

/// A read or write by the running thread, as an ordinary load or store would do it; `pc` is that of
/// a plain access, else the instruction is `site`.
void check_read(const Site& site, const void* address, std::size_t bytes, const void* pc = nullptr);
void check_write(const Site& site, const void* address, std::size_t bytes,
                 const void* pc = nullptr);

/// An asynchronous read of memory, judged when it is issued and remembered under `accessor.epoch`.
void check_async_read(const Site& site, const Thread& issuer, const Accessor& accessor,
                      const void* address, std::size_t bytes);
/// An asynchronous write: judged when issued, in flight from then on, landed later.
void begin_async_write(const Site& site, const Thread& issuer, const Accessor& accessor,
                       const void* address, std::size_t bytes);
/// Only that the bytes are within a buffer.
void check_inside(const Site& site, const Thread& issuer, const void* address, std::size_t bytes);
void land_async_write(const void* address, std::size_t bytes, Epoch epoch);

}  // namespace assay::emulator
