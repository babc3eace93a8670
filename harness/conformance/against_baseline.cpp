// A measurement against the baseline row that was found for it.
#include "harness/conformance/against_baseline.h"

#include <fmt/format.h>

#include "harness/conformance/quantity.h"

namespace assay {

AgainstBaseline judge_against(const FoundRow& found, const RateLimit& standard,
                              const Subject& subject, Json entry, Findings& findings) {
  const BaselineRow& row = *found.row;
  RateLimit limit{row.fail_below.value_or(standard.fail_below),
                  row.warn_below.value_or(standard.warn_below)};
  const Rate rate{row.metric, found.measurement->metrics.at(row.metric)};
  const RateFraction fraction = with_interval(rate.value / row.value, *found.measurement);
  entry["case"] = found.measurement->id.str();
  entry["series"] = name(found.measurement->series);
  entry[rate.metric] = rate.value;
  entry["baseline"] = row.value;
  entry["baseline_fraction"] = fraction.at_median;
  entry["favourable_fraction"] = fraction.favourable;
  entry["fail_below"] = limit.fail_below;
  entry["warn_below"] = limit.warn_below;
  entry["tier"] = row.tier;
  entry["source"] = row.source;
  entry["expired"] = found.expired;
  if (!found.only_warns.empty()) entry["only_warns"] = found.only_warns;
  findings.figure("cases", std::move(entry));
  std::string text = fmt::format(
      "{} {} = {} of the baseline's {} ({})", found.measurement->id.str(), in_words(rate),
      percent(fraction.at_median), in_words({row.metric, row.value}), found.baseline->name);
  if (!found.only_warns.empty()) {
    text += "; " + found.only_warns;
    limit.fail_below = 0;
  }
  if (report_below(text, fraction, limit, subject, findings)) return {fraction.at_median, text};
  if (found.expired)
    findings.warn("baseline_expired",
                  fmt::format("{}, but the row expired on {}", text, row.expires), subject);
  else
    findings.pass();
  return {fraction.at_median, text};
}

}  // namespace assay
