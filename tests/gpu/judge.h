// Holds a GPU to the emulator's file, case by case, and says the outcome in lines and an exit code.
#pragma once

#include <functional>
#include <ostream>
#include <span>
#include <string>

#include "tests/gpu/ladder_variants.h"

namespace assay::gpu {

/// What a case did on a GPU. With a fault (a hang, a trap, a write outside) there is no outcome.
struct DeviceOutcome {
  Bytes c;
  std::string fault;
  bool lost = false;  ///< The device takes no further case.
};

using DeviceRun = std::function<DeviceOutcome(const LadderVariant&, const LadderCase&)>;

/// A line for each case. 0 when all agree; 1 when one does not, and the emulator is called wrong.
/// Throws Error when a case's kernel is unknown here, or a kernel lacks integer or random cases.
int judge(std::span<const LadderCase> cases, std::span<const LadderVariant> variants,
          const DeviceRun& run, std::ostream& out);

}  // namespace assay::gpu
