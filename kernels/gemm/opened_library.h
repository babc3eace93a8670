// A vendor library's functions, opened once for the process under the newest name that has them.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>

#include "harness/measure/library.h"

namespace assay {

/// Functions takes a Library, and throws Error where that lacks one. `why_not` says what is missing
/// of every name where none gives them.
template <class Functions>
std::unique_ptr<const Functions> opened_library(std::initializer_list<const char*> sonames,
                                                std::string& why_not) {
  for (const char* soname : sonames) {
    std::string why;
    try {
      if (auto library = Library::find(soname, &why))
        return std::make_unique<const Functions>(std::move(*library));
    } catch (const Error& lacks_a_symbol) {
      why = lacks_a_symbol.what();
    }
    why_not += (why_not.empty() ? "" : "; ") + why;
  }
  return nullptr;
}

}  // namespace assay
