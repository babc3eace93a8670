// What a name of a Kubernetes object may be, before a cluster is asked for it.
#pragma once

#include <string>

namespace assay::cli {

/// Throws Error, with what is allowed, where `value` of --`flag` can be the name of no such object:
/// a namespace has 63 characters and no dot, what is also a label 63, all else 253.
void refuse_no_name(const std::string& flag, const std::string& value);

}  // namespace assay::cli
