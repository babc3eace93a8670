// Checks that the figures of a document agree: every derived value is computed again.
#pragma once

#include <string>

#include "harness/core/result.h"

namespace assay {

/// Recomputes what follows from other figures of the document: order statistics from the values,
/// rates from shape and median, fractions of the speed of light from the device's facts and, where
/// the document was made with this executable's tables, those facts from the tables. Throws Error,
/// one line `where: field is X, but Y`, at the first that differs by more than rounding.
void refuse_contradictions(const Result& result, const std::string& where);

/// Where a GPU's speed of light is not what this executable's tables give for its part, or for its
/// compute capability if they do not have the part, in one line; empty where it is.
std::string departure_from_tables(const DeviceFacts& device);

}  // namespace assay
