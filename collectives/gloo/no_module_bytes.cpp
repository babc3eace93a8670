// Stands in for the module's bytes in a build without Gloo.
#include <span>

namespace assay {

std::span<const char> gloo_module_bytes() { return {}; }

}  // namespace assay
