// The list of enrolled kernels.
#include "tests/emulator/kernel_trial.h"

#include <utility>

namespace assay::emulator {

namespace {

std::vector<KernelTrial>& kernels() {
  static std::vector<KernelTrial> enrolled;
  return enrolled;
}

}  // namespace

KernelEnrolment::KernelEnrolment(KernelTrial kernel) { kernels().push_back(std::move(kernel)); }

const KernelTrial& enrolled_kernel(std::string_view name) {
  for (const KernelTrial& kernel : kernels()) {
    if (kernel.name == name) return kernel;
  }
  throw Error("no kernel enrolled itself as " + std::string(name));
}

}  // namespace assay::emulator
