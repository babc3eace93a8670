// Workloads that no device has alone.
#pragma once

#include <string_view>

namespace assay {

/// Whether a workload is measured between ranks and not on one device: a collective, or a pair.
bool spans_ranks(std::string_view workload);

/// Whether a workload is measured between the devices of one node: copies from one to another.
bool spans_devices(std::string_view workload);

}  // namespace assay
