// Set by the build.
#include "harness/core/version.h"

namespace assay {

std::string version() { return ASSAY_VERSION; }

}  // namespace assay
