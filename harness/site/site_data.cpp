// Lays runs out in rows; what many of them share stands once.
#include "harness/site/site_data.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "harness/core/words.h"
#include "harness/site/changes.h"

namespace assay {

namespace {

constexpr double kLevel = 0.99;  // of an interval between runs, as of `assay compare`
constexpr std::size_t kShownRequirements = 4;

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

/// Values that stand once, and their places.
class Interned {
 public:
  std::size_t place(const Json& value) {
    const auto [found, is_new] = places_.try_emplace(value.dump(), values_.size());
    if (is_new) values_.push_back(value);
    return found->second;
  }
  Json take() { return std::move(values_); }

 private:
  Json values_ = Json::array();
  std::map<std::string, std::size_t> places_;
};

Json conditions_of(const compare::Hindrances& hindrances) {
  Json conditions = Json::array();
  for (const compare::Condition& one : hindrances.conditions)
    conditions.push_back({one.code, one.what, one.value, one.differs});
  return conditions;
}

Json case_data(const CaseFigures& figures) {
  Json json = {{"case", figures.key.case_id},
               {"series", name(figures.key.series)},
               {"level", figures.key.level}};
  if (figures.key.devices > 0) json["devices"] = figures.key.devices;
  if (!figures.metric.empty()) json["metric"] = figures.metric;
  return json;
}

/// In the order of `kFigureFields`.
Json figure_row(const CaseFigures& figures, std::size_t place, std::size_t conditions) {
  const compare::CaseSummary& summary = figures.summary;
  Json row = {place, number(summary.time_s), number(figures.rate)};
  if (summary.mean && figures.rate) {
    const double half = compare::half_width(*summary.mean, kLevel);
    row.push_back(*figures.rate * std::exp(-half));
    row.push_back(*figures.rate * std::exp(half));
  } else {
    row.push_back(nullptr);
    row.push_back(nullptr);
  }
  row.push_back(number(summary.bytes_per_s));
  row.push_back(summary.passes);
  row.push_back(summary.mean ? Json(summary.mean->mean) : Json(nullptr));
  row.push_back(summary.mean ? Json(summary.mean->variance) : Json(nullptr));
  row.push_back(summary.mean ? Json(summary.mean->freedom) : Json(nullptr));
  row.push_back(conditions);
  row.push_back(summary.hindrances.not_measured);
  row.push_back(summary.hindrances.contention);
  return row;
}

constexpr const char* kFigureFields[] = {
    "case", "time_s",   "rate",    "rate_low",   "rate_high",    "bytes_per_s", "passes",
    "mean", "variance", "freedom", "conditions", "not_measured", "contention"};

Json verdict_data(const RunSummary& run) {
  if (!run.verdict) return {{"not_judged", run.not_judged}};
  Json wrong = Json::array();
  int left_out = 0;
  for (const RequirementVerdict& one : run.verdict->requirements) {
    if (one.verdict == Verdict::pass || is_not_applicable(one)) continue;
    if (wrong.size() < kShownRequirements) {
      wrong.push_back(one.id);
    } else {
      ++left_out;
    }
  }
  Json json = {{"verdict", name(run.verdict->verdict)}, {"wrong", wrong}};
  if (left_out > 0) json["more_wrong"] = left_out;
  return json;
}

Json run_data(const RunSummary& run) {
  Json json = {{"name", run.name},       {"id", run.id},
               {"page", run.page},       {"machine", run.machine},
               {"started", run.started}, {"finished", run.finished},
               {"profile", run.profile}, {"backend", run.backend},
               {"status", run.status},   {"simulated", run.simulated},
               {"skus", run.skus},       {"clouds", run.clouds},
               {"fabrics", run.fabrics}, {"nodes", run.nodes.size()},
               {"devices", run.devices}, {"margin", run.margin}};
  if (!run.due.empty()) json["due"] = run.due;
  for (const Mark& mark : run.marks) json["marks"].push_back(mark.sentence);
  json.update(verdict_data(run));
  return json;
}

/// Figures that belong together in time. Runs of other devices or another profile begin another
/// history.
using HistoryKey = std::tuple<std::string, std::string, std::set<std::string>, bool, std::size_t>;
struct History {
  std::vector<std::size_t> runs;
  std::vector<double> logs;  // of the time, or of its inverse's rate
  double margin = 0;
};

void add_to_histories(const RunSummary& run, std::size_t index, const CaseFigures& figures,
                      std::size_t place, std::map<HistoryKey, History>& histories) {
  const auto time_s = figures.summary.time_s;
  if (!figures.summary.hindrances.not_measured.empty() || (!time_s && !figures.rate)) return;
  History& history = histories[{run.machine, run.profile, run.skus, run.simulated, place}];
  history.runs.push_back(index);
  history.logs.push_back(time_s ? std::log(*time_s) : -std::log(*figures.rate));
  history.margin = std::max(history.margin, run.margin);
}

Json histories_data(const std::map<HistoryKey, History>& histories) {
  Json json = Json::array();
  for (const auto& [key, history] : histories) {
    const auto& [machine, profile, skus, simulated, place] = key;
    Json changes = Json::array();
    for (const Change& change : changes_of(history.logs, history.margin))
      changes.push_back({{"run", history.runs[change.first]},
                         {"before", history.runs[change.first - 1]},
                         {"ratio", change.ratio},
                         {"ci_low", change.low},
                         {"ci_high", change.high}});
    json.push_back({{"machine", machine},
                    {"profile", profile},
                    {"skus", skus},
                    {"case", place},
                    {"runs", history.runs},
                    {"changes", changes}});
  }
  return json;
}

}  // namespace

Json site_data(const std::string& assay_version, std::vector<RunSummary> runs,
               const std::vector<Unreadable>& unreadable) {
  std::sort(runs.begin(), runs.end(), [](const RunSummary& a, const RunSummary& b) {
    return std::tie(a.started, a.name) < std::tie(b.started, b.name);
  });
  Interned cases, conditions;
  std::map<HistoryKey, History> histories;
  Json rows = Json::array();
  for (std::size_t index = 0; index < runs.size(); ++index) {
    Json row = run_data(runs[index]);
    Json figures = Json::array();
    for (const CaseFigures& one : runs[index].cases) {
      const std::size_t place = cases.place(case_data(one));
      figures.push_back(
          figure_row(one, place, conditions.place(conditions_of(one.summary.hindrances))));
      add_to_histories(runs[index], index, one, place, histories);
    }
    row["figures"] = std::move(figures);
    rows.push_back(std::move(row));
  }
  Json problems = Json::array();
  for (const Unreadable& one : unreadable)
    problems.push_back({{"file", one.file}, {"reason", one.reason}});
  return {{"page", "site"},
          {"assay", assay_version},
          {"level", kLevel},
          {"figure_fields", kFigureFields},
          {"cases", cases.take()},
          {"conditions", conditions.take()},
          {"runs", std::move(rows)},
          {"histories", histories_data(histories)},
          {"unreadable", std::move(problems)}};
}

}  // namespace assay
