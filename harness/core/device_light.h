// The speed of light of a measurement that one device of a document made.
#pragma once

#include <optional>

#include "harness/core/result.h"
#include "harness/core/work.h"

namespace assay {

/// The device that a case of a device alone was timed on: the first member of its scope. Null for
/// what spans several, and where the document does not describe it.
const DeviceFacts* timed_device(const Result& result, const Measurement& measurement);

/// What the measurement says that one iteration does, across the device's PCIe link where it is a
/// copy to or from the host.
Work work_of(const Measurement& measurement, const DeviceFacts& device);

/// From the figures of the document alone.
std::optional<LightFraction> fraction_of_light(const Measurement& measurement,
                                               const DeviceFacts& device);

/// The bound of a host's memory is a measured one. It is raised to what a workload on memory
/// reached, and every fraction is of the bound that the document ends with. Nothing for GPUs.
void settle_host_bound(Result& result);

}  // namespace assay
