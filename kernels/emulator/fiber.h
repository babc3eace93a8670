// Fibers: a stack for every thread of the resident blocks, and the switch between two.
#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstddef>

namespace assay::emulator {

/// One region of address space with a stack and a guard page for every slot, made once a process.
class Stacks {
 public:
  static Stacks& instance();
  /// The top of stack `number`, ready for a new fiber.
  void* top(std::size_t number);
  /// Its lowest address above the guard.
  const char* bottom(std::size_t number) const { return base_ + number * kStackBytes + kPageBytes; }
  bool contains(const void* address) const {
    const auto* byte = static_cast<const char*>(address);
    return byte >= base_ && byte < base_ + kStackBytes * kMaxStacks;
  }
  static constexpr std::size_t kStackBytes = 128 * 1024;  // of which the lowest page is the guard
  static constexpr std::size_t kMaxStacks = 4096;
  static constexpr std::size_t kPageBytes = 4096;

 private:
  Stacks();
  char* base_;
  std::size_t prepared_ = 0;
};

using FiberContext = boost::context::detail::fcontext_t;
using FiberTransfer = boost::context::detail::transfer_t;

inline FiberContext make_fiber(std::size_t stack, void (*entry)(FiberTransfer)) {
  return boost::context::detail::make_fcontext(Stacks::instance().top(stack),
                                               Stacks::kStackBytes - Stacks::kPageBytes, entry);
}

/// Runs a fiber, on stack `stack`, until it leaves; returns where it is to go on.
FiberContext enter_fiber(FiberContext fiber, std::size_t stack);
/// First on a new fiber, with what its entry was given.
void begin_fiber(const FiberTransfer& transfer);
/// From a fiber back to whoever entered it, until it is entered again.
void leave_fiber();

}  // namespace assay::emulator
