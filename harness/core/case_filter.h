// Which cases a run is asked for by --filter: those whose id has a match of a regular expression.
#pragma once

#include <regex>
#include <string>

#include "harness/core/shape.h"

namespace assay {

class CaseIdFilter {
 public:
  /// ECMAScript syntax; empty takes every case. Throws Error when it is not a regular expression.
  explicit CaseIdFilter(const std::string& expression);

  bool takes(const CaseId& id) const;

 private:
  std::regex pattern_;
};

}  // namespace assay
