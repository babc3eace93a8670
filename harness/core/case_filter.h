// Which cases a run is asked for by --filter: those whose id has a match of a regular expression.
#pragma once

#include <string>

#include "harness/core/regular_expression.h"
#include "harness/core/shape.h"

namespace assay {

class CaseIdFilter {
 public:
  /// RE2 syntax; empty takes every case. Throws Error when it is not a regular expression.
  explicit CaseIdFilter(const std::string& expression);

  bool takes(const CaseId& id) const { return expression_.is_found_in(id.str()); }

 private:
  RegularExpression expression_;
};

}  // namespace assay
