// Times one GPU's part of a sample of many devices, between two events of its stream.
#pragma once

#include <cuda_runtime_api.h>

#include <memory>

#include "harness/core/result.h"
#include "harness/measure/instrument.h"

namespace assay {

/// A graph series replays what prepare() captured; the others enqueue their launches. There is no
/// gate, because work that waits for other devices may need the host to continue while it is
/// queued.
std::unique_ptr<BatchClock> make_cuda_batch_clock(cudaStream_t stream, Series series);

}  // namespace assay
