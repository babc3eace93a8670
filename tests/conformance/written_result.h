// A document as a run on eight GPUs writes it: every derived figure follows from the others.
#pragma once

#include <string>

#include "harness/core/profile.h"
#include "harness/core/result.h"

namespace assay::test {

/// Every case of the profile for cuda on every device, at 85 % of the speed of light of an H200,
/// with values, order statistics, rates and fractions as a run derives them.
Result written_gpu_result(const Profile& profile, int devices);

/// Of four ranks, the nodes a to d, whose slowest is the second: a collective of one size in two
/// variants.
Result written_four_ranks();

/// What refuse_contradictions says of it as node.json; empty when it is sound.
std::string contradiction_in(const Result& result);

}  // namespace assay::test
