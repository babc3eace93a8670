// JSON with everything outside of ASCII escaped.
#include "harness/core/json_text.h"

namespace assay {

std::string json_text(const Json& value) {
  // A name that some driver or host reports in no encoding of ours must not cost the document.
  return value.dump(2, ' ', true, Json::error_handler_t::replace) + '\n';
}

}  // namespace assay
