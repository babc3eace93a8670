// Which processes of a run left no document among those that are judged.
#pragma once

#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// A sentence for each run of several processes of which not all are here. A document that does not
/// say its rank is of all processes on its node, and one that was imported knows no ranks.
std::vector<std::string> missing_ranks(const std::vector<Result>& results);

}  // namespace assay
