// The stacks of the fibers. A fiber that found a fault is abandoned, never unwound.
#include "tests/emulator/runtime/fiber.h"

#include <sys/mman.h>

#include <new>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace assay::emulator {

Stacks& Stacks::instance() {
  static Stacks stacks;
  return stacks;
}

Stacks::Stacks() {
  void* region = mmap(nullptr, kStackBytes * kMaxStacks, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) throw std::bad_alloc();
  base_ = static_cast<char*>(region);
}

void* Stacks::top(std::size_t number) {
  if (number >= kMaxStacks) throw std::bad_alloc();
  for (; prepared_ <= number; ++prepared_) {
    mprotect(base_ + prepared_ * kStackBytes, kPageBytes, PROT_NONE);
  }
  char* stack = base_ + number * kStackBytes;
#if defined(__SANITIZE_ADDRESS__)
  // An abandoned fiber leaves the red zones of its frames behind.
  ASAN_UNPOISON_MEMORY_REGION(stack + kPageBytes, kStackBytes - kPageBytes);
#endif
  return stack + kStackBytes;
}

}  // namespace assay::emulator
