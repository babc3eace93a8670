// Counts of discards as fractions.
#include "harness/conformance/discards.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/conformance/telemetry.h"
#include "harness/core/discard_reason.h"

namespace assay {

/// Where every sample was discarded, `samples` describes them all the same (a result document has
/// no empty series), so the telemetry's own figure counts too.
double discarded_fraction(const Measurement& measurement) {
  const Samples& samples = *measurement.samples;
  const double taken = static_cast<double>(samples.count + samples.discarded);
  const double counted = taken > 0 ? static_cast<double>(samples.discarded) / taken : 0;
  const Json* recorded = telemetry_of(measurement, "discarded_fraction");
  const bool is_recorded = recorded != nullptr && recorded->is_number();
  return is_recorded ? std::max(counted, recorded->get<double>()) : counted;
}

double contended_fraction(const Measurement& measurement) {
  const Samples& samples = *measurement.samples;
  std::int64_t contended = 0, all = 0;
  for (const auto& [reason, count] : samples.discard_reasons) {
    all += count;
    if (discard_reason::is_contention(reason)) contended += count;
  }
  if (all == 0) return 0;
  return discarded_fraction(measurement) * static_cast<double>(contended) /
         static_cast<double>(all);
}

std::string discard_reasons_text(const Samples& samples) {
  std::vector<std::string> reasons;
  for (const auto& [reason, count] : samples.discard_reasons)
    reasons.push_back(fmt::format("{} {}", reason, count));
  return fmt::format("{}", fmt::join(reasons, ", "));
}

}  // namespace assay
