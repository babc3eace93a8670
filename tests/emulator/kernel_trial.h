// The kernels that go through every mode and lose every call in turn: one enrolment each, and one
// word in the CMakeLists.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/emulator/emulator.h"

namespace assay::emulator {

/// A call that may be deleted without anyone noticing, and why that is no fault of the test's.
struct NotFunctional {
  std::string_view instruction;
  std::string_view reason;
};

struct KernelTrial {
  std::string name;
  Trial trial;  ///< On the smallest shape that goes round the kernel's ring twice.
  std::vector<NotFunctional> not_functional;
  std::uint64_t seeds =
      10;  ///< Of each mode; fewer where the kernel's other trials have their own.
};

/// A namespace-scope object of this type in the unit that holds the trial enrols it.
struct KernelEnrolment {
  explicit KernelEnrolment(KernelTrial kernel);
};

const KernelTrial& enrolled_kernel(std::string_view name);

}  // namespace assay::emulator
