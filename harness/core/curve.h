// The curve of times over sizes that a measurement between ranks is a point of.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// ` in the node of GPU-1`, empty for a cluster: two racks of as many ranks have the same cases,
/// which are not to be taken for each other.
std::string in_scope(const Scope& scope);

/// The median time in seconds by size in bytes.
using Curve = std::map<double, double>;

/// By name: a collective, dtype, implementation, series and scope.
std::map<std::string, Curve> curves_of(const std::vector<Measurement>& measurements);

}  // namespace assay
