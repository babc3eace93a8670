// Times samples on a GPU with events around work that a gate holds until all of it is queued.
#pragma once

#include <cuda_runtime_api.h>

#include <memory>

#include "harness/core/result.h"
#include "harness/measure/timer.h"

namespace assay {

/// Cold and hot series enqueue their launches; a graph series replays what it captured once.
std::unique_ptr<Timer> make_cuda_timer(cudaStream_t stream, Series series);

}  // namespace assay
