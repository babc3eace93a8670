// Which of a communicator's connections an operation used.
#pragma once

#include <string>
#include <vector>

#include "collectives/nccl/graph_report.h"

namespace assay::nccl {

/// The connections that `algorithm` (see transport_seen.h) uses: those of its own index, on its own
/// rings or trees as far as these are reported. Empty, not known: every connection.
std::vector<const Connection*> used_connections(const Report& report, const std::string& algorithm);

/// Why the report is not all of it: torn, or a hop without a connection; empty: it is.
std::string why_incomplete(const Report& report, const std::string& algorithm);

}  // namespace assay::nccl
