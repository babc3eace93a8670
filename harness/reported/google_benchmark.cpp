// Makes cases of the JSON of Google Benchmark: one a benchmark, whatever its repetitions.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/regular_expression.h"
#include "harness/core/statistics.h"
#include "harness/reported/document.h"
#include "harness/reported/import.h"

namespace assay::reported {

namespace {

constexpr std::size_t kMostDimensions = 8, kMostKey = 16;

/// The repetitions of one benchmark, and the median that the tool itself made of them.
struct Repeated {
  std::string place;
  std::vector<const Json*> repetitions;
  const Json* median = nullptr;
};

double seconds_in(const std::string& unit) {
  if (unit == "ns" || unit.empty()) return 1e-9;
  if (unit == "us") return 1e-6;
  if (unit == "ms") return 1e-3;
  return unit == "s" ? 1 : 0;
}

/// Settings that Google Benchmark appends to a name; they are no dimension of the problem.
bool is_setting(const std::string& part) {
  static const RegularExpression kSetting(
      "^(?:real_time|process_time|manual_time|iterations:\\d+|repeats:\\d+|threads:1"
      "|min_time:.*|min_warmup_time:.*)$");
  return kSetting.is_found_in(part);
}

/// `BM_Copy<float>/4096/threads:2` as bm_copy_float.unstated.google_benchmark/a4096_threads2: a
/// dimension has the name that the benchmark gives it, else a, b, c by its place.
CaseId case_of(const std::string& name, std::set<std::string>& taken) {
  static const RegularExpression kDimension("^(?:([A-Za-z_]+):)?(\\d{1,18})$");
  std::vector<std::string> parts(1);
  for (const char c : name) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  CaseId id{"", "unstated", "google_benchmark", {}};
  std::string workload = parts.front();
  char letter = 'a';
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (is_setting(parts[i])) continue;
    const auto dimension = kDimension.groups_in(parts[i]);
    if (dimension.empty()) {
      workload += '_' + parts[i];
      continue;
    }
    if (id.shape.entries().size() == kMostDimensions) {
      workload += '_' + parts[i];
      continue;
    }
    std::string key;
    for (const char c : word_from(dimension[1])) {
      if (c >= 'a' && c <= 'z' && key.size() < kMostKey) key += c;
    }
    if (dimension[1].empty()) key = std::string(1, letter);
    if (letter < 'z') ++letter;
    while (id.shape.has(key) || key.empty()) key += 'x';
    id.shape.add(key, std::stoll(dimension[2]));
  }
  id.workload = word_from(workload);
  if (id.shape.entries().empty()) id.shape.add("unstated", std::nullopt);
  const CaseId plain = id;
  // Names that differ only in signs, such as A<B> and A_B, are different benchmarks.
  for (int variant = 2; !taken.insert(id.str()).second; ++variant) {
    id = plain;
    id.implementation += fmt::format("_{}", variant);
  }
  return id;
}

/// Google Benchmark writes NaN and Infinity, which are no JSON, for a counter without a value.
Source without_numberless(const Source& source) {
  static const RegularExpression kCounter(
      "^(\\s*\"(?:[^\"\\\\]|\\\\.)*\":\\s*)-?(?:NaN|Infinity)(,?\\s*)$");
  Source cleaned = source;
  cleaned.text.clear();
  std::istringstream lines(source.text);
  for (std::string line; std::getline(lines, line);) {
    const auto part = kCounter.groups_in(line);
    cleaned.text += (part.empty() ? line : part[1] + "null" + part[2]) + '\n';
  }
  return cleaned;
}

double time_of(const Source& source, const Json& entry, const std::string& place) {
  const double unit = seconds_in(text_at(entry, "time_unit"));
  const auto time = number_at(entry, "real_time");
  if (!time || unit == 0 || *time * unit <= 0 || *time * unit > 86400)
    throw Error(fmt::format("{}: {}: no usable real_time and time_unit", source.where, place));
  return *time * unit;
}

class BenchmarkImporter {
 public:
  BenchmarkImporter(const Source& source, const std::vector<const Json*>& entries, Result& result)
      : source_(source), result_(result) {
    for (const Json* entry : entries) names_.insert(text_at(*entry, "name"));
    for (const Json* entry : entries) take(*entry);
  }

  void end(const std::string& node) {
    for (const std::string& name : order_) add(name, all_.at(name), node);
    if (has_rate_of_cpu_time_)
      result_.imported->unsaid.push_back(
          "rates by the time that passed: a benchmark without real_time or manual_time in its name "
          "counts them by CPU time");
  }

 private:
  void take(const Json& entry) {
    const std::string place = fmt::format("/benchmarks/{}", count_++);
    std::string aggregate = text_at(entry, "aggregate_name");
    std::string name = text_at(entry, "run_name");
    if (name.empty()) std::tie(name, aggregate) = parts_of(entry);
    if (name.empty() || name.size() > 300)
      throw Error(fmt::format("{}: {}: no name, or one of over 300 letters", source_.where, place));
    const bool is_aggregate = !aggregate.empty() || text_at(entry, "run_type") == "aggregate";
    auto [found, is_new] = all_.try_emplace(name);
    if (is_new) {
      order_.push_back(name);
      found->second.place = place;
    }
    if (!is_aggregate) return found->second.repetitions.push_back(&entry);
    if (aggregate == "median") found->second.median = &entry;
  }

  /// Before 1.5 the name alone says of what an entry is an aggregate, and which.
  std::pair<std::string, std::string> parts_of(const Json& entry) const {
    static const RegularExpression kAggregate("^(.+)_(mean|median|stddev|BigO|RMS)$");
    const std::string name = text_at(entry, "name");
    const auto part = kAggregate.groups_in(name);
    if (part.empty()) return {name, ""};
    const bool is_fit = find(entry, "big_o") != nullptr || find(entry, "rms") != nullptr;
    const bool is_of_another = names_.contains(part[1]) || (names_.contains(part[1] + "_mean") &&
                                                            names_.contains(part[1] + "_stddev"));
    return is_fit || is_of_another ? std::pair(part[1], part[2]) : std::pair(name, std::string());
  }

  void add(const std::string& name, const Repeated& series, const std::string& node) {
    if (series.repetitions.empty() && series.median == nullptr) {
      result_.imported->left_out.push_back(
          fmt::format("{}: neither a repetition nor a median", in_quotes(name, 100)));
      return;
    }
    if (takes_no_time(series)) {
      result_.imported->left_out.push_back(fmt::format(
          "{}: a time of 0, as where a compiler left nothing to do", in_quotes(name, 100)));
      return;
    }
    Measurement figure =
        figure_from(result_, case_of(name, taken_), {"node", {node}}, series.place);
    figure.extensions["name"] = printable(name, 300);
    const Json* failed = repetition_with(series, "error_occurred");
    const Json* skipped = repetition_with(series, "skipped");
    if (failed != nullptr) {
      figure.status = MeasurementStatus::error;
      figure.reason = reason_in(*failed, "error_message", series);
    } else if (skipped != nullptr) {
      figure.status = MeasurementStatus::not_applicable;
      figure.reason = reason_in(*skipped, "skip_message", series);
    } else {
      take_figures(series, figure);
    }
    result_.measurements.push_back(std::move(figure));
  }

  static bool takes_no_time(const Repeated& series) {
    if (repetition_with(series, "error_occurred") != nullptr ||
        repetition_with(series, "skipped") != nullptr)
      return false;
    std::vector<const Json*> all = series.repetitions;
    if (series.median != nullptr) all.push_back(series.median);
    return std::any_of(all.begin(), all.end(), [](const Json* one) {
      return number_at(*one, "real_time").value_or(1) == 0;
    });
  }

  /// The first repetition that says so, else null.
  static const Json* repetition_with(const Repeated& series, const char* flag) {
    const auto found =
        std::find_if(series.repetitions.begin(), series.repetitions.end(), [&](const Json* one) {
          const Json* value = find(*one, flag);
          return value != nullptr && *value == true;
        });
    return found == series.repetitions.end() ? nullptr : *found;
  }

  static std::string reason_in(const Json& entry, const char* key, const Repeated& series) {
    const std::string text = printable(text_at(entry, key), 500);
    return fmt::format("{} ({})", text.empty() ? "no reason given" : text, series.place);
  }

  void take_figures(const Repeated& series, Measurement& figure) {
    std::vector<double> times;
    for (const Json* one : series.repetitions)
      times.push_back(time_of(source_, *one, series.place));
    const double time_s =
        series.median != nullptr ? time_of(source_, *series.median, series.place) : median(times);
    figure.metrics["time_s"] = time_s;
    if (!times.empty()) figure.metrics["repetitions"] = static_cast<double>(times.size());
    const Json& of = series.median != nullptr ? *series.median : *series.repetitions.front();
    // A repetition's own rate belongs to its own time.
    const double own_s = series.median != nullptr ? time_s : times.front();
    for (const auto& [key, metric] : {std::pair("bytes_per_second", "bytes_per_s"),
                                      std::pair("items_per_second", "items_per_s")}) {
      const auto rate = number_at(of, key);
      if (!rate) continue;
      set_rate(figure, metric, *rate * own_s / time_s);
      const std::string& name = figure.extensions["name"].get_ref<const std::string&>();
      if (name.find("/real_time") == std::string::npos &&
          name.find("/manual_time") == std::string::npos)
        has_rate_of_cpu_time_ = true;
    }
    add_counters(of, figure);
  }

  /// What a benchmark counts by a name of its own is kept as it is, without a unit.
  static void add_counters(const Json& entry, Measurement& figure) {
    static const std::set<std::string> kOwn = {"family_index",    "per_family_instance_index",
                                               "repetitions",     "repetition_index",
                                               "threads",         "iterations",
                                               "real_time",       "cpu_time",
                                               "bytes_per_second"};
    Json counters = Json::object();
    for (const auto& [key, value] : entry.items())
      if (value.is_number() && !kOwn.contains(key)) counters[printable(key, 100)] = value;
    if (!counters.empty()) figure.extensions["counters"] = std::move(counters);
  }

  const Source& source_;
  Result& result_;
  std::size_t count_ = 0;
  bool has_rate_of_cpu_time_ = false;
  std::map<std::string, Repeated> all_;
  std::vector<std::string> order_;
  std::set<std::string> taken_, names_;
};

}  // namespace

Result import_google_benchmark(const Source& source) {
  const auto json = json_in(without_numberless(source));
  if (!json || find(*json, "benchmarks") == nullptr)
    throw Error(
        fmt::format("{}: no JSON of Google Benchmark: run it with --benchmark_format=json "
                    "or --benchmark_out=FILE",
                    source.where));
  Result result = document_from(source, "google-benchmark", "host");
  result.imported->unsaid.push_back("dtypes: a name is all that says what a benchmark does");
  std::string node = "unstated", date;
  if (const Json* context = find(*json, "context")) {
    node = name_from(text_at(*context, "host_name"));
    date = text_at(*context, "date");
    result.imported->version = text_at(*context, "library_version");
    if (!text_at(*context, "executable").empty())
      result.run.command = {text_at(*context, "executable")};
    for (const char* key : {"library_build_type", "num_cpus", "mhz_per_cpu"}) {
      const std::string value = text_at(*context, key);
      if (!value.empty()) result.software[std::string("google_benchmark_") + key] = value;
    }
    const Json* scaling = find(*context, "cpu_scaling_enabled");
    if (scaling != nullptr && scaling->is_boolean() && scaling->get<bool>())
      result.software["cpu_scaling"] = "enabled: the figures are noisy";
  }
  node_of(result, node);
  BenchmarkImporter importer(source, elements_at(*json, "benchmarks"), result);
  importer.end(node);
  finish(source, result, date, "nothing in \"benchmarks\" has a time");
  return result;
}

}  // namespace assay::reported
