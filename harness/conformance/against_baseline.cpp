// A measurement against the baseline row that was found for it.
#include "harness/conformance/against_baseline.h"

#include <fmt/format.h>

#include "harness/conformance/quantity.h"

namespace assay {

namespace {

Rate rate_in(const FoundRow& found) {
  return {found.row->metric, found.measurement->metrics.at(found.row->metric)};
}

RateFraction fraction_of(const FoundRow& found) {
  return with_interval(rate_in(found).value / found.row->value, *found.measurement);
}

Json with_figures(Json entry, const FoundRow& found, const RateLimit& limit) {
  const BaselineRow& row = *found.row;
  const RateFraction fraction = fraction_of(found);
  entry["case"] = found.measurement->id.str();
  entry["series"] = name(found.measurement->series);
  entry[row.metric] = rate_in(found).value;
  entry["baseline"] = row.value;
  entry["baseline_fraction"] = fraction.at_median;
  add_interval(fraction, *found.measurement, entry);
  entry["fail_below"] = limit.fail_below;
  entry["warn_below"] = limit.warn_below;
  entry["tier"] = row.tier;
  entry["source"] = row.source;
  entry["expired"] = found.expired;
  if (!found.only_warns.empty()) entry["only_warns"] = found.only_warns;
  return entry;
}

}  // namespace

std::string text_against(const FoundRow& found) {
  std::string text =
      fmt::format("{} {} = {} of the baseline's {} ({})", found.measurement->id.str(),
                  in_words(rate_in(found)), percent(fraction_of(found).at_median),
                  in_words({found.row->metric, found.row->value}), found.baseline->name);
  if (!found.only_warns.empty()) text += "; " + found.only_warns;
  return text;
}

double judge_against(const FoundRow& found, const RateLimit& standard,
                     const std::function<Subject()>& subject, const std::function<Json()>& entry,
                     Findings& findings) {
  const BaselineRow& row = *found.row;
  RateLimit limit{row.fail_below.value_or(standard.fail_below),
                  row.warn_below.value_or(standard.warn_below)};
  const RateFraction fraction = fraction_of(found);
  findings.figure("cases", [&] { return with_figures(entry(), found, limit); });
  if (!found.only_warns.empty()) limit.fail_below = 0;
  if (!found.expired && against(fraction, limit) == Verdict::pass) {
    findings.pass();
    return fraction.at_median;
  }
  const std::string text = text_against(found);
  if (!report_below(text, fraction, limit, subject(), findings))
    findings.warn("baseline_expired",
                  fmt::format("{}, but the row expired on {}", text, row.expires), subject());
  return fraction.at_median;
}

}  // namespace assay
