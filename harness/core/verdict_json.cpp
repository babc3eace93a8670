// The verdict document to JSON and back.
#include "harness/core/verdict_fields.h"

namespace assay {

Json to_json(const VerdictDocument& document) {
  Json json = written(document);
  require_finite(json, "verdict document");
  return json;
}

VerdictDocument verdict_from_json(const Json& document) {
  VerdictDocument verdict;
  read_value(document, verdict, Place());
  return verdict;
}

}  // namespace assay
