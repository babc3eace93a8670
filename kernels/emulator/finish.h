// What a thread and a block must have finished when they end.
#pragma once

#include "kernels/emulator/threads.h"

namespace assay::emulator {

void finish_thread(Thread& thread);
void finish_block(Block& block);

}  // namespace assay::emulator
