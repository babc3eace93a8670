// Chooses the cells: the ratio as the other side's time against A's, with its interval and its
// reason.
#include "harness/cli/compared_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "harness/cli/quantity.h"
#include "harness/core/plain_text.h"

namespace assay::cli {

namespace {

constexpr ComparisonVerdict kOrder[] = {ComparisonVerdict::worse, ComparisonVerdict::better,
                                        ComparisonVerdict::unclear, ComparisonVerdict::same,
                                        ComparisonVerdict::not_comparable};

std::vector<const ComparedCase*> in_order(const Comparison& comparison) {
  std::vector<const ComparedCase*> ordered;
  for (const ComparisonVerdict verdict : kOrder) {
    for (const ComparedCase& one : comparison.cases)
      if (one.verdict == verdict) ordered.push_back(&one);
  }
  return ordered;
}

/// 1.052 as `+5.2 %`.
std::string change(double ratio) { return fmt::format("{:+.1f} %", (ratio - 1) * 100); }

std::string interval(const std::optional<double>& low, const std::optional<double>& high) {
  if (!low || !high) return "";
  return fmt::format("{:+.1f} to {:+.1f} %", (*low - 1) * 100, (*high - 1) * 100);
}

std::string verdict_of(const ComparedCase& one) {
  std::string text = name(one.verdict);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

/// The device, or what the scope is.
std::string place_of(const ComparedCase& one) {
  const std::size_t devices = one.devices.value_or(0);
  if (one.scope.members.empty() && devices == 0) return one.scope.level;
  if (one.scope.members.empty() || one.scope.members.size() > 2)
    return fmt::format("{} of {}", one.scope.level, std::max(devices, one.scope.members.size()));
  std::string text;
  for (const std::string& member : one.scope.members)
    text += (text.empty() ? "" : " - ") + plain_line(member);
  return text;
}

bool has_cost(const Comparison& comparison) {
  return comparison.a.price_per_device_hour && comparison.b.price_per_device_hour;
}

std::vector<std::string> row_of(const ComparedCase& one) {
  return {one.case_id,
          name(one.series),
          place_of(one),
          one.a_s ? quantity(*one.a_s, "s") : "",
          one.b_s ? quantity(*one.b_s, "s") : "",
          one.ratio ? change(*one.ratio) : "",
          interval(one.ci_low, one.ci_high),
          verdict_of(one),
          plain_line(one.reason)};
}

/// One case of A and what each other side has of it; a side that lacks it has nothing.
struct CaseOfSides {
  std::vector<const ComparedCase*> others;  // one a comparison
  std::size_t worst = std::size(kOrder);    // the first in kOrder of the others' verdicts
  const ComparedCase& any() const {
    return **std::find_if(others.begin(), others.end(), [](const auto* one) { return one; });
  }
};

std::vector<CaseOfSides> cases_of_sides(const std::vector<Comparison>& comparisons) {
  std::vector<CaseOfSides> cases;
  using Key = std::tuple<std::string, Series, std::string, std::vector<std::string>, int>;
  std::map<Key, std::size_t> places;
  for (std::size_t side = 0; side < comparisons.size(); ++side) {
    for (const ComparedCase& one : comparisons[side].cases) {
      const auto [place, is_new] = places.emplace(
          Key(one.case_id, one.series, one.scope.level, one.scope.members, one.devices.value_or(0)),
          cases.size());
      if (is_new) cases.push_back({std::vector<const ComparedCase*>(comparisons.size())});
      CaseOfSides& of = cases[place->second];
      of.others[side] = &one;
      const auto* found = std::find(std::begin(kOrder), std::end(kOrder), one.verdict);
      of.worst = std::min<std::size_t>(of.worst, found - std::begin(kOrder));
    }
  }
  std::stable_sort(cases.begin(), cases.end(),
                   [](const auto& x, const auto& y) { return x.worst < y.worst; });
  return cases;
}

/// A's row of a case: the name and A's time.
std::vector<std::string> first_row(const CaseOfSides& of) {
  const ComparedCase& any = of.any();
  std::string time;
  for (const ComparedCase* one : of.others)
    if (one != nullptr && time.empty() && one->a_s) time = quantity(*one->a_s, "s");
  return {any.case_id, name(any.series), place_of(any), "A", time, "", "", "", ""};
}

std::vector<std::string> other_row(const ComparedCase& one, std::size_t side) {
  return {"",
          "",
          "",
          side_letter(side),
          one.b_s ? quantity(*one.b_s, "s") : "",
          one.ratio ? change(*one.ratio) : "",
          interval(one.ci_low, one.ci_high),
          verdict_of(one),
          plain_line(one.reason)};
}

Rows rows_of_sides(const std::vector<Comparison>& comparisons) {
  Rows rows = {
      {"case", "series", "where", "side", "time", "against A", "interval", "verdict", "why"}};
  for (const CaseOfSides& of : cases_of_sides(comparisons)) {
    rows.push_back(first_row(of));
    for (std::size_t side = 0; side < of.others.size(); ++side)
      if (of.others[side] != nullptr) rows.push_back(other_row(*of.others[side], side));
  }
  return rows;
}

void add_costs(const CaseOfSides& of, Rows& rows) {
  bool has_first = false;
  for (std::size_t side = 0; side < of.others.size(); ++side) {
    const ComparedCase* one = of.others[side];
    if (one == nullptr || !one->cost) continue;
    const ComparedCost& cost = *one->cost;
    if (!has_first)
      rows.push_back({one->case_id, name(one->series), place_of(*one), "A",
                      fmt::format("{:.3g} / {}", cost.a, cost.unit), ""});
    has_first = true;
    rows.push_back({"", "", "", side_letter(side), fmt::format("{:.3g} / {}", cost.b, cost.unit),
                    change(cost.ratio)});
  }
}

}  // namespace

std::string side_letter(std::size_t place) { return {static_cast<char>('B' + place)}; }

Rows case_rows(const std::vector<Comparison>& comparisons) {
  if (comparisons.size() > 1) return rows_of_sides(comparisons);
  Rows rows = {{"case", "series", "where", "A", "B", "B's time", "interval", "verdict", "why"}};
  for (const ComparedCase* one : in_order(comparisons.front())) rows.push_back(row_of(*one));
  return rows;
}

Rows cost_rows(const std::vector<Comparison>& comparisons) {
  Rows rows = {{"case", "series", "where", "side", "cost", "against A"}};
  for (const CaseOfSides& of : cases_of_sides(comparisons)) add_costs(of, rows);
  return rows.size() > 1 ? rows : Rows();
}

Rows mean_rows(const std::vector<Comparison>& comparisons) {
  Rows rows = {{"geometric mean", "cases", "side", "against A", "interval"}};
  const bool with_cost = has_cost(comparisons.front());
  if (with_cost) rows.front().push_back("cost");
  for (std::size_t side = 0; side < comparisons.size(); ++side) {
    for (const ComparedMean& mean : comparisons[side].means) {
      rows.push_back({mean.what, std::to_string(mean.cases), side_letter(side), change(mean.ratio),
                      interval(mean.ci_low, mean.ci_high)});
      if (with_cost) rows.back().push_back(mean.cost_ratio ? change(*mean.cost_ratio) : "");
    }
  }
  return rows.size() > 1 ? rows : Rows();
}

std::string counts_in_words(const Comparison& comparison) {
  std::string text;
  for (const ComparisonVerdict verdict : kOrder) {
    const auto found = comparison.counts.find(name(verdict));
    const int count = found == comparison.counts.end() ? 0 : found->second;
    std::string word = name(verdict);
    std::replace(word.begin(), word.end(), '_', ' ');
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
  }
  return text;
}

}  // namespace assay::cli
