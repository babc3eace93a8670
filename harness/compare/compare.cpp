// From the measurements of a case to its verdict; geometric means and costs.
#include "harness/compare/compare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "harness/compare/case_summary.h"
#include "harness/core/error.h"
#include "harness/core/number_of.h"
#include "harness/core/process_identity.h"
#include "harness/core/rate.h"
#include "harness/core/workload.h"

namespace assay::compare {

namespace {

constexpr double kLevel = 0.99;
/// An interval whose half is wider than this shows noise, not a difference.
constexpr double kMostHalfWidth = 0.05;
/// One that is wider than so many margins and shows no difference is noise too: of differences of
/// five margins it would miss more than one in ten.
constexpr double kMostMargins = 2.5;

/// The series of a case that are compared: of one device on both sides, or of all on each.
struct Pairing {
  CaseKey key;
  Groups a, b;
  std::vector<std::string> members;  // where both sides have the same
};

bool same_members(const ByMembers& a, const ByMembers& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [](const auto& x, const auto& y) { return x.first == y.first; });
}

/// Names alone make no machine the same: two clouds have a node-0, and two simulated nodes a UUID.
bool same_models(const ComparedSide& a, const ComparedSide& b) {
  return std::equal(a.devices.begin(), a.devices.end(), b.devices.begin(), b.devices.end(),
                    [](const auto& x, const auto& y) { return x.first == y.first; });
}

/// Device by device where both sides have the same devices, else all of a side together.
std::vector<Pairing> pairings_of(const CaseSides& sides, bool is_of_same_models) {
  std::vector<Pairing> pairings;
  if (!is_of_same_models || !same_members(sides.a, sides.b)) {
    pairings.push_back({sides.key, groups_of(sides.a), groups_of(sides.b), {}});
    return pairings;
  }
  for (const auto& [members, found] : sides.a) {
    pairings.push_back({sides.key, {}, {}, members});
    pairings.back().a.emplace_back();
    pairings.back().b.emplace_back();
    for (const Found& one : found) pairings.back().a.back().push_back(&one);
    for (const Found& one : sides.b.at(members)) pairings.back().b.back().push_back(&one);
  }
  return pairings;
}

void refuse(ComparedCase& one, const Obstacle& obstacle) {
  one.verdict = ComparisonVerdict::not_comparable;
  one.reason_code = obstacle.code;
  one.reason = obstacle.reason;
}

void leave_open(ComparedCase& one, const char* code, std::string reason) {
  one.verdict = ComparisonVerdict::unclear;
  one.reason_code = code;
  one.reason = std::move(reason);
}

/// Figures without a time, as of copies, are compared by their rate.
void take_ratio_alone(const CaseSummary& a, const CaseSummary& b, ComparedCase& one) {
  if (a.time_s && b.time_s) {
    one.ratio = *b.time_s / *a.time_s;
  } else if (a.bytes_per_s && b.bytes_per_s) {
    one.ratio = *a.bytes_per_s / *b.bytes_per_s;
  }
}

bool is_outside(const RatioInterval& interval, double margin) {
  return interval.low > 1 + margin || interval.high < 1 / (1 + margin);
}

bool is_noise(const RatioInterval& interval, double margin) {
  const double half = std::log(interval.high / interval.low) / 2;
  return half > std::log1p(kMostHalfWidth) ||
         (half > kMostMargins * std::log1p(margin) && !is_outside(interval, margin));
}

void judge(const RatioInterval& interval, double margin, ComparedCase& one) {
  one.ratio = interval.ratio;
  one.ci_low = interval.low;
  one.ci_high = interval.high;
  if (is_outside(interval, margin)) {
    one.verdict = interval.ratio > 1 ? ComparisonVerdict::worse : ComparisonVerdict::better;
  } else if (interval.low >= 1 / (1 + margin) && interval.high <= 1 + margin) {
    one.verdict = ComparisonVerdict::same;
  } else {
    leave_open(one, "wide_interval", "the interval is partly within the margin");
  }
}

/// What stands in no column of times.
std::string rates_in_words(const CaseSummary& a, const CaseSummary& b, const std::string& other) {
  if ((a.time_s && b.time_s) || !a.bytes_per_s || !b.bytes_per_s) return {};
  return fmt::format(": {:.2f} GB/s in A and {:.2f} GB/s in {}", *a.bytes_per_s * 1e-9,
                     *b.bytes_per_s * 1e-9, other);
}

std::string why_too_few_passes(const CaseSummary& a, const CaseSummary& b,
                               const std::string& other) {
  const bool in_both = !a.mean && !b.mean;
  std::set<std::string> profiles;
  for (const CaseSummary* side : {&a, &b})
    if (!side->mean) profiles.insert(side->profiles.begin(), side->profiles.end());
  return fmt::format(
      "one pass in {}: a run of profile {} measures this once, so there is no interval between "
      "passes; give {} several runs, as a folder of their documents",
      in_both ? "A and " + other : (a.mean ? other : "A"), fmt::join(profiles, ", "),
      in_both ? "each side" : (a.mean ? other : "A"));
}

void compare_summaries(const CaseSummary& a, const CaseSummary& b, const Options& options,
                       ComparedCase& one) {
  if (const auto obstacle =
          obstacle_of(a.hindrances, b.hindrances, options.across, options.other)) {
    refuse(one, *obstacle);
    return;
  }
  one.a_passes = a.passes;
  one.b_passes = b.passes;
  if (!a.mean || !b.mean) {
    take_ratio_alone(a, b, one);
    if (a.passes == 0 || b.passes == 0) {
      leave_open(one, "no_interval",
                 "another tool reported it, without samples" + rates_in_words(a, b, options.other));
    } else {
      leave_open(one, "too_few_passes", why_too_few_passes(a, b, options.other));
    }
    return;
  }
  one.a_s = std::exp(a.mean->mean);
  one.b_s = std::exp(b.mean->mean);
  const RatioInterval interval = ratio_interval(*a.mean, *b.mean, kLevel);
  if (is_noise(interval, options.margin)) {
    refuse(one, {"noise", fmt::format("runs differ too much: the ratio {:.3f} lies between {:.3f} "
                                      "and {:.3f}",
                                      interval.ratio, interval.low, interval.high)});
    return;
  }
  judge(interval, options.margin, one);
}

ComparedCase compared(const Pairing& pairing, const Options& options) {
  ComparedCase one;
  one.case_id = pairing.key.case_id;
  one.series = pairing.key.series;
  one.scope = {pairing.key.level, pairing.members};
  if (pairing.members.empty() && pairing.key.devices > 0) one.devices = pairing.key.devices;
  std::optional<CaseSummary> a, b;
  if (!pairing.a.empty()) one.a_s = (a = summarised(pairing.a))->time_s;
  if (!pairing.b.empty()) one.b_s = (b = summarised(pairing.b))->time_s;
  if (a && b) {
    compare_summaries(*a, *b, options, one);
  } else {
    refuse(one, {"missing", fmt::format("only {} measured it", a ? "A" : options.other)});
  }
  return one;
}

/// How many devices do the work of one execution. Where those of a node are measured at once, each
/// does its own.
double devices_of(const Groups& groups) {
  const Measurement& first = *groups.front().front()->measurement;
  if (span_of(first.id.workload) == Span::device) return 1;
  return static_cast<double>(std::max<std::size_t>(1, first.scope.members.size()));
}

/// The work of one execution, in the unit that is sold.
std::pair<std::string, double> work_of(const Measurement& one, double time_s) {
  std::optional<Rate> own = rate_of(one);
  if (!own) own = reported_rate_of(one);
  if (own && own->metric == "flop_per_s") return {"1e15 FLOP", own->value * time_s / 1e15};
  if (const auto rate = metric_of(one, "bytes_per_s")) return {"1e12 B", *rate * time_s / 1e12};
  return {"1 run", 1};
}

void add_cost(const Pairing& pairing, const SideInput& a, const SideInput& b, ComparedCase& one) {
  if (!one.ratio || !one.a_s || !one.b_s || !a.price_per_device_hour || !b.price_per_device_hour)
    return;
  const Measurement& first = *pairing.a.front().front()->measurement;
  const auto time_s = time_of(first);
  if (!time_s) return;
  const auto [unit, work] = work_of(first, *time_s);
  if (!(work > 0)) return;
  const auto price = [&](const SideInput& side, const Groups& groups, double seconds) {
    return *side.price_per_device_hour * devices_of(groups) * seconds / 3600 / work;
  };
  ComparedCost cost{unit, price(a, pairing.a, *one.a_s), price(b, pairing.b, *one.b_s), 0};
  cost.ratio = cost.b / cost.a;
  if (std::isfinite(cost.ratio) && cost.a > 0 && cost.b > 0) one.cost = cost;
}

/// The intervals of a mean are the means of the intervals: wider than of independent cases,
/// because what moves one case of a run may move all.
class Mean {
 public:
  void add(const ComparedCase& one) {
    ++cases_;
    ratio_ += std::log(*one.ratio);
    if (one.ci_low && one.ci_high) {
      ++intervals_;
      low_ += std::log(*one.ci_low);
      high_ += std::log(*one.ci_high);
    }
    if (one.cost) {
      ++costs_;
      cost_ += std::log(one.cost->ratio);
    }
  }
  ComparedMean result(const std::string& what) const {
    ComparedMean mean{what, cases_, std::exp(ratio_ / cases_), {}, {}, {}};
    if (intervals_ == cases_) {
      mean.ci_low = std::exp(low_ / cases_);
      mean.ci_high = std::exp(high_ / cases_);
    }
    if (costs_ == cases_) mean.cost_ratio = std::exp(cost_ / cases_);
    return mean;
  }

 private:
  int cases_ = 0, intervals_ = 0, costs_ = 0;
  double ratio_ = 0, low_ = 0, high_ = 0, cost_ = 0;
};

std::vector<ComparedMean> means_of(const std::vector<ComparedCase>& cases) {
  std::map<std::string, Mean> means;
  Mean all;
  for (const ComparedCase& one : cases) {
    if (!one.ratio) continue;
    const CaseId id = CaseId::parse(one.case_id);
    means[id.workload + '.' + id.dtype].add(one);
    all.add(one);
  }
  std::vector<ComparedMean> results;
  for (const auto& [what, mean] : means) results.push_back(mean.result(what));
  if (results.size() > 1) results.push_back(all.result("all"));
  return results;
}

std::string listed(const std::map<std::string, int>& devices) {
  std::string text;
  for (const auto& [name, number] : devices)
    text += fmt::format("{}{} x {}", text.empty() ? "" : ", ", number, name);
  return text;
}

std::vector<Difference> differences_of(const ComparedSide& a, const ComparedSide& b) {
  std::vector<Difference> differences;
  const auto add = [&](const std::string& what, const std::string& in_a, const std::string& in_b) {
    if (in_a != in_b) differences.push_back({what, in_a, in_b});
  };
  add("devices", listed(a.devices), listed(b.devices));
  add("number of nodes", std::to_string(a.nodes.size()), std::to_string(b.nodes.size()));
  std::set<std::string> keys;
  for (const ComparedSide* side : {&a, &b})
    for (const auto& [key, value] : side->software) keys.insert(key);
  for (const std::string& key : keys) {
    const auto value = [&](const ComparedSide& side) {
      const auto found = side.software.find(key);
      return found == side.software.end() ? std::string() : found->second;
    };
    add(key, value(a), value(b));
  }
  return differences;
}

/// Passes that are read twice narrow an interval.
void refuse_copies(const SideInput& side) {
  DistinctDocuments documents;
  try {
    for (const NamedResult& one : side.documents) documents.add(one.file, one.result);
  } catch (const Error& copy) {
    throw Error(fmt::format("{}: {}", side.name, copy.what()));
  }
}

/// What both sides hold cannot differ; what is of one process and differs was changed.
void mark_shared(const SideInput& of_a, const ComparedSide& a, const SideInput& of_b,
                 ComparedSide& b) {
  std::set<std::string> contents, processes;
  for (const ComparedDocument& one : a.documents) contents.insert(one.sha256);
  for (const NamedResult& one : of_a.documents) processes.insert(process_of(one.result));
  int shared = 0, changed = 0;
  for (std::size_t i = 0; i < b.documents.size(); ++i) {
    const std::string process = process_of(of_b.documents[i].result);
    if (contents.contains(b.documents[i].sha256))
      ++shared;
    else if (!process.empty() && processes.contains(process))
      ++changed;
  }
  const std::string of_all = "of its " + number_of(b.documents.size(), "document");
  if (shared > 0)
    b.marks.push_back(
        {"shared", fmt::format("{} {} {} A's, too: nothing of {} can differ.", shared, of_all,
                               shared == 1 ? "is" : "are", shared == 1 ? "it" : "them")});
  if (changed > 0)
    b.marks.push_back(
        {"shared", fmt::format("{} {} {} what a process of A's runs wrote, too, but with other "
                               "content: a difference is of the documents, not of two runs.",
                               changed, of_all, changed == 1 ? "is" : "are")});
}

}  // namespace

Comparison compare(const SideInput& a, const SideInput& b, const Options& options) {
  refuse_copies(a);
  refuse_copies(b);
  Comparison comparison;
  comparison.a = described(a);
  comparison.b = described(b);
  mark_shared(a, comparison.a, b, comparison.b);
  comparison.margin = options.margin;
  comparison.level = kLevel;
  comparison.differences = differences_of(comparison.a, comparison.b);
  for (const auto& word : words_of(ComparisonVerdict())) comparison.counts[word.text] = 0;
  const bool is_of_same_models = same_models(comparison.a, comparison.b);
  for (const CaseSides& sides : cases_of(a, b)) {
    for (const Pairing& pairing : pairings_of(sides, is_of_same_models)) {
      ComparedCase one = compared(pairing, options);
      if (one.verdict != ComparisonVerdict::not_comparable) add_cost(pairing, a, b, one);
      ++comparison.counts[name(one.verdict)];
      comparison.cases.push_back(std::move(one));
    }
  }
  comparison.means = means_of(comparison.cases);
  return comparison;
}

}  // namespace assay::compare
