// The comparison document to JSON.
#include "harness/core/comparison_fields.h"

namespace assay {

Json to_json(const Comparison& comparison) {
  Json json = written(comparison);
  require_finite(json, "comparison document");
  return json;
}

std::span<const Word<ComparisonVerdict>> words_of(ComparisonVerdict) {
  using Outcome = ComparisonVerdict;
  static constexpr Word<Outcome> kWords[] = {{Outcome::same, "same"},
                                             {Outcome::better, "better"},
                                             {Outcome::worse, "worse"},
                                             {Outcome::unclear, "unclear"},
                                             {Outcome::not_comparable, "not_comparable"}};
  return kWords;
}

const char* name(ComparisonVerdict verdict) { return word_of(verdict); }

}  // namespace assay
