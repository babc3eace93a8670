// The outputs of other tools that tests read; the fuzzer begins with the same.
#pragma once

#include <string>

#include "harness/core/document.h"
#include "harness/reported/source.h"

namespace assay::reported {

inline Source source_of(const std::string& file) {
  return {file, file, read_text(ASSAY_SOURCE_DIR "/tests/fuzz/corpus/import/" + file), "",
          std::nullopt};
}

}  // namespace assay::reported
