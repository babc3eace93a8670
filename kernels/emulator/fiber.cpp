// The stacks of the fibers. A fiber that found a fault is abandoned, never unwound.
#include "kernels/emulator/fiber.h"

#include <sys/mman.h>

#include <new>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace assay::emulator {

namespace {

FiberContext entered_from = nullptr;

// The address sanitizer wants to be told which stack is in use.
#if defined(__SANITIZE_ADDRESS__)
const void* main_stack = nullptr;
std::size_t main_stack_bytes = 0;

void start_switch(const void* bottom, std::size_t bytes) {
  __sanitizer_start_switch_fiber(nullptr, bottom, bytes);
}
void finish_switch(const void** bottom, std::size_t* bytes) {
  __sanitizer_finish_switch_fiber(nullptr, bottom, bytes);
}
#else
constexpr const void* main_stack = nullptr;
constexpr std::size_t main_stack_bytes = 0;

void start_switch(const void*, std::size_t) {}
void finish_switch(const void* const*, const std::size_t*) {}
#endif

}  // namespace

FiberContext enter_fiber(FiberContext fiber, std::size_t stack) {
  const char* bottom = Stacks::instance().bottom(stack);
  start_switch(bottom, Stacks::kStackBytes - Stacks::kPageBytes);
  const FiberContext left = boost::context::detail::jump_fcontext(fiber, nullptr).fctx;
  finish_switch(nullptr, nullptr);
  return left;
}

void begin_fiber(const FiberTransfer& transfer) {
  finish_switch(&main_stack, &main_stack_bytes);
  entered_from = transfer.fctx;
}

void leave_fiber() {
  start_switch(main_stack, main_stack_bytes);
  entered_from = boost::context::detail::jump_fcontext(entered_from, nullptr).fctx;
  finish_switch(&main_stack, &main_stack_bytes);
}

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
