// The files of manifests/ that travel inside the executable.
#pragma once

#include "harness/core/embedded.h"

namespace assay::cluster {

/// Sorted by name, which is a path below manifests/, e.g. `base/job.yaml`.
const std::vector<EmbeddedFile>& manifests();

}  // namespace assay::cluster
