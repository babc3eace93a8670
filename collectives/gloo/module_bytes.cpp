// Where the module's bytes lie in this executable.
#include <span>

extern "C" const char assay_gloo_module_begin[];
extern "C" const char assay_gloo_module_end[];

namespace assay {

std::span<const char> gloo_module_bytes() {
  return {assay_gloo_module_begin, assay_gloo_module_end};
}

}  // namespace assay
