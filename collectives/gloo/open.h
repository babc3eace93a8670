// Opens the Gloo module that is embedded in the executable.
#pragma once

#include <memory>
#include <string>

#include "collectives/gloo/entry.h"

namespace assay {

/// Why Gloo cannot be used here (left out of this build, or libgloo is absent), or an empty text.
std::string why_no_gloo();

/// A connected communicator of every rank. Throws Error with exit code 3 if there is no Gloo, and
/// LostPeer when a rank does not connect within the deadline.
std::unique_ptr<Communicator> open_gloo(const GlooOptions& options);

}  // namespace assay
