// setmaxnreg: emulated.
#pragma once

#include <source_location>

#include "kernels/emulator/registers.h"

namespace assay::device {

template <int kRegisters>
void registers_decrease(std::source_location at = std::source_location::current()) {
  static_assert(kRegisters >= 24 && kRegisters <= 256 && kRegisters % 8 == 0);
  emulator::registers_decrease(kRegisters, {"setmaxnreg.dec", at});
}

template <int kRegisters>
void registers_increase(std::source_location at = std::source_location::current()) {
  static_assert(kRegisters >= 24 && kRegisters <= 256 && kRegisters % 8 == 0);
  emulator::registers_increase(kRegisters, {"setmaxnreg.inc", at});
}

}  // namespace assay::device
