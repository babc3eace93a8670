// The version of this executable.
#pragma once

#include <string>

namespace assay {

/// `MAJOR.MINOR.PATCH`; documents have it as `software.assay`.
std::string version();

}  // namespace assay
