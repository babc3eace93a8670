// The cases that --filter selects: those whose id contains a match of a regular expression.
#pragma once

#include <string>

#include "harness/core/regular_expression.h"
#include "harness/core/shape.h"

namespace assay {

class CaseIdFilter {
 public:
  /// RE2 syntax; an empty expression selects every case. Throws Error if it is not valid.
  explicit CaseIdFilter(const std::string& expression);

  bool takes(const CaseId& id) const { return expression_.is_found_in(id.str()); }

 private:
  RegularExpression expression_;
};

}  // namespace assay
