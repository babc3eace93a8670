// The page without its data, as it travels inside the executable.
#pragma once

#include <vector>

#include "harness/core/embedded.h"

namespace assay {

/// One file, `page.html`.
const std::vector<EmbeddedFile>& embedded_page();

}  // namespace assay
