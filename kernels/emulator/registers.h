// setmaxnreg: registers move through the block's pool.
#pragma once

#include "kernels/emulator/site.h"

namespace assay::emulator {

void registers_decrease(int count, const Site& site);
void registers_increase(int count, const Site& site);

}  // namespace assay::emulator
