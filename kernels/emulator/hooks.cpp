// What the compiler calls before every plain load and store of an instrumented unit: the names are
// those of the thread sanitizer's runtime, which is not linked.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/emulator/fiber.h"
#include "kernels/emulator/machine.h"
#include "kernels/emulator/memory.h"
#include "kernels/emulator/wgmma.h"

namespace {

using namespace assay::emulator;

void touch(void* address, std::size_t bytes, bool writes, const void* pc) {
  Thread* thread = Machine::running();
  if (thread == nullptr) return;  // the test's own code
  if (Stacks::instance().contains(address)) {
    if (!thread->products.held.empty()) check_accumulators(*thread, address, bytes, pc);
    return;
  }
  if (writes) {
    check_write(thread->last, address, bytes, pc);
  } else {
    check_read(thread->last, address, bytes, pc);
  }
}

}  // namespace

// NOLINTBEGIN: reserved names, required by the compiler
extern "C" {
void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_read1(void* a) { touch(a, 1, false, __builtin_return_address(0)); }
void __tsan_read2(void* a) { touch(a, 2, false, __builtin_return_address(0)); }
void __tsan_read4(void* a) { touch(a, 4, false, __builtin_return_address(0)); }
void __tsan_read8(void* a) { touch(a, 8, false, __builtin_return_address(0)); }
void __tsan_read16(void* a) { touch(a, 16, false, __builtin_return_address(0)); }
void __tsan_write1(void* a) { touch(a, 1, true, __builtin_return_address(0)); }
void __tsan_write2(void* a) { touch(a, 2, true, __builtin_return_address(0)); }
void __tsan_write4(void* a) { touch(a, 4, true, __builtin_return_address(0)); }
void __tsan_write8(void* a) { touch(a, 8, true, __builtin_return_address(0)); }
void __tsan_write16(void* a) { touch(a, 16, true, __builtin_return_address(0)); }
void __tsan_unaligned_read2(void* a) { touch(a, 2, false, __builtin_return_address(0)); }
void __tsan_unaligned_read4(void* a) { touch(a, 4, false, __builtin_return_address(0)); }
void __tsan_unaligned_read8(void* a) { touch(a, 8, false, __builtin_return_address(0)); }
void __tsan_unaligned_read16(void* a) { touch(a, 16, false, __builtin_return_address(0)); }
void __tsan_unaligned_write2(void* a) { touch(a, 2, true, __builtin_return_address(0)); }
void __tsan_unaligned_write4(void* a) { touch(a, 4, true, __builtin_return_address(0)); }
void __tsan_unaligned_write8(void* a) { touch(a, 8, true, __builtin_return_address(0)); }
void __tsan_unaligned_write16(void* a) { touch(a, 16, true, __builtin_return_address(0)); }
void __tsan_read_range(void* a, std::size_t n) { touch(a, n, false, __builtin_return_address(0)); }
void __tsan_write_range(void* a, std::size_t n) { touch(a, n, true, __builtin_return_address(0)); }
void __tsan_vptr_update(void**, void*) {}
void __tsan_vptr_read(void**) {}
}
// NOLINTEND
