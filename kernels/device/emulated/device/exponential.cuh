// ex2.approx: emulated, as far off as the manual allows.
#pragma once

#include "kernels/emulator/exponential.h"

namespace assay::device {

inline float exp2_approx(float x) { return emulator::exp2_approx(x); }

}  // namespace assay::device
