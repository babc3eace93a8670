// Makes cases of the rows of nccl-tests, in Assay's conventions.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/number_of.h"
#include "harness/core/statistics.h"
#include "harness/reported/document.h"
#include "harness/reported/import.h"
#include "harness/reported/nccl_output.h"

namespace assay::reported {

namespace {

std::string letters_of(std::string_view name) {
  std::string letters;
  for (const char c : name)
    if (c != '_') letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return letters;
}

/// Those that Assay has no case for, too.
bool is_program_of_nccl_tests(const std::string& name) {
  static const std::set<std::string> kOthers = {"alltoallv", "gather", "hypercube", "scatter"};
  return kOthers.contains(name) || collective_called(name) != nullptr;
}

std::string dtype_of(const std::string& type) {
  static const std::map<std::string, std::string> kTypes = {
      {"float", "f32"},         {"half", "f16"},         {"bfloat16", "bf16"},
      {"int8", "int8"},         {"f8e4m3", "fp8_e4m3"},  {"f8e5m2", "fp8_e5m2"},
      {"fp8_e4m3", "fp8_e4m3"}, {"fp8_e5m2", "fp8_e5m2"}};
  const auto found = kTypes.find(type);
  return found == kTypes.end() ? std::string() : found->second;
}

const CollectiveFacts& collective_named(const Source& source, const std::string& wanted) {
  if (const CollectiveFacts* collective = collective_called(wanted)) return *collective;
  std::string known;
  for (const CollectiveFacts& one : collective_facts())
    known += (known.empty() ? "" : ", ") + std::string(one.workload);
  throw Error(fmt::format("{}: Assay has no case for the collective {}: it has {}", source.where,
                          in_quotes(wanted), known));
}

/// What a user says fills in what the output does not say. The name of a program that is none of
/// nccl-tests says nothing.
const CollectiveFacts& collective_of(const Source& source, const NcclTable& table) {
  if (table.program.empty() && source.collective.empty()) {
    throw Error(
        fmt::format("{}: the output does not say which collective it is of: give "
                    "--collective, e.g. --collective all_reduce",
                    source.where));
  }
  if (source.collective.empty()) return collective_named(source, table.program);
  const CollectiveFacts& asked = collective_named(source, source.collective);
  if (is_program_of_nccl_tests(table.program) && collective_called(table.program) != &asked) {
    throw Error(
        fmt::format("{}: {}: the output is of {}_perf, not of the --collective {}: leave "
                    "out --collective",
                    source.where, table.program_place, table.program, source.collective));
  }
  return asked;
}

/// How many ranks there were at least.
int least_ranks(const NcclTable& table) {
  const int listed = static_cast<int>(table.ranks.size());
  const int last = table.ranks.empty() ? 0 : table.ranks.rbegin()->first + 1;
  const int each = table.ranks_per_process;
  return (std::max(listed, last) + each - 1) / each * each;
}

/// Lines of ranks that somebody cut out of what was pasted.
bool lacks_ranks(const NcclTable& table) {
  return !table.ranks.empty() && least_ranks(table) > static_cast<int>(table.ranks.size());
}

int ranks_of(const Source& source, const NcclTable& table) {
  const int said = static_cast<int>(table.ranks.size());
  if (lacks_ranks(table)) {
    const int least = least_ranks(table);
    if (source.ranks && *source.ranks >= least) return *source.ranks;
    throw Error(
        fmt::format("{}: the output lists {} of at least {}: say how many there were with "
                    "--ranks",
                    source.where, assay::number_of(table.ranks.size(), "rank"), least));
  }
  if (said > 0 && source.ranks && *source.ranks != said) {
    throw Error(fmt::format("{}: the output has {}, not the {} of --ranks", source.where,
                            assay::number_of(table.ranks.size(), "rank"), *source.ranks));
  }
  if (table.rank_count) {
    if (source.ranks && *source.ranks != *table.rank_count)
      throw Error(fmt::format(
          "{}: {}: the output has {}, not the {} of --ranks", source.where, table.program_place,
          assay::number_of(static_cast<std::size_t>(*table.rank_count), "rank"), *source.ranks));
    return *table.rank_count;
  }
  if (said == 0 && !source.ranks) {
    throw Error(
        fmt::format("{}: the output has no lines \"Rank 0 ... on HOST device ...\": say "
                    "how many ranks there were with --ranks",
                    source.where));
  }
  return source.ranks.value_or(said);
}

/// The rows of one table that are of one case: more than one by -N, or where sizes were rounded.
struct RepeatedRow {
  CaseId id;
  std::vector<const NcclRow*> rows;
  std::vector<const NcclTime*> times;  // of the case's side of each row
};

class NcclImporter {
 public:
  NcclImporter(const Source& source, Result& result) : source_(source), result_(result) {}

  void take(NcclTable table) {
    collective_ = &collective_of(source_, table);
    ranks_ = ranks_of(source_, table);
    if (lacks_ranks(table)) table.ranks.clear();
    result_.run.world_size = std::max(result_.run.world_size, ranks_);
    take_places(table);
    for (const NcclRow& row : table.rows) take_row(table, row);
    const auto is_wrong = [](const NcclRow& row) { return !wrong_in(row).empty(); };
    if (table.found_wrong > 0 && std::none_of(table.rows.begin(), table.rows.end(), is_wrong))
      left_out_[std::string("rows that are not here") + kFoundWrong] += table.found_wrong;
    for (const RepeatedRow& repeated : repeated_) add(table, repeated);
    repeated_.clear();
    index_.clear();
    if (!table.has_end && !table.rows.empty()) result_.status = RunStatus::interrupted;
  }

  void end() const {
    auto& left_out = result_.imported->left_out;
    for (const auto& [what, rows] : left_out_)
      left_out.push_back(fmt::format("{}: {}", what, rows));
  }

 private:
  void take_places(const NcclTable& table) {
    std::map<std::string, int> on_node;
    for (const auto& [rank, place] : table.ranks) ++on_node[place.node];
    scope_ = {on_node.size() > 1 ? "cluster" : "node", {}};
    for (const auto& [rank, place] : table.ranks) {
      const std::string device =
          device_of(result_, place.node, place.device, place.device_name, place.bus);
      scope_.members.push_back(on_node[place.node] == 1 ? place.node : device);
    }
    if (table.ranks.empty()) {
      scope_.level = "cluster";
      result_.imported->unsaid.push_back("which hosts and devices took part");
    }
  }

  double factor() const { return bus_factor_of(collective_->workload, ranks_).value(); }

  void take_row(const NcclTable& table, const NcclRow& row) {
    const std::string dtype = dtype_of(row.type);
    if (row.bytes == 0) return leave_out("rows of no bytes");
    const std::string& root = table.rows.front().root;
    if (row.root != root) {
      return leave_out(fmt::format("rows of root {}, where the first is of root {}{}",
                                   printable(row.root, 20), printable(root, 20), wrong_in(row)));
    }
    if (dtype.empty()) return leave_out("rows of type " + printable(row.type, 20) + wrong_in(row));
    if (collective_->adds && !row.redop.empty() && row.redop != "sum") {
      return leave_out("rows of redop " + printable(row.redop, 20) + wrong_in(row));
    }
    CaseId id{std::string(collective_->workload), dtype, "nccl" + table.manner, {}};
    id.shape.add("bytes", row.bytes);
    id.shape.add("ranks", ranks_);
    if (row.out_of_place) keep(row, id, *row.out_of_place);
    id.implementation += "_in_place";
    if (row.in_place) keep(row, id, *row.in_place);
  }

  static constexpr const char* kFoundWrong = ", of which nccl-tests found answers wrong";

  /// A row without a case must not take a wrong answer with it.
  static std::string wrong_in(const NcclRow& row) {
    for (const auto& side : {row.out_of_place, row.in_place})
      if (side && !side->wrong.value_or("").empty()) return kFoundWrong;
    return "";
  }

  void leave_out(const std::string& what) { ++left_out_[what]; }

  void keep(const NcclRow& row, const CaseId& id, const NcclTime& time) {
    if (time.is_of_host && time.algorithm_bytes_per_s <= 0)
      return leave_out("figures that are only the host's time, of --report_cputime");
    if (time.time_s <= 0 || time.time_s > 86400) {
      throw Error(fmt::format("{}: {}: a time of {} s for {}", source_.where, row.place,
                              time.time_s, id.str()));
    }
    require_agreement(row, time);
    const auto [known, is_new] = index_.emplace(id.str(), repeated_.size());
    if (is_new) repeated_.push_back({id, {}, {}});
    repeated_[known->second].rows.push_back(&row);
    repeated_[known->second].times.push_back(&time);
  }

  void add(const NcclTable& table, const RepeatedRow& repeated) {
    const NcclRow& first = *repeated.rows.front();
    const auto [known, is_new] =
        places_.emplace(std::pair(repeated.id.str(), scope_.members), first.place);
    if (!is_new) {
      throw Error(fmt::format("{}: {}: {} stands there already ({}): import one run at a time",
                              source_.where, first.place, repeated.id.str(), known->second));
    }
    const std::size_t count = repeated.rows.size();
    Measurement measurement = figure_from(
        result_, repeated.id, scope_,
        count == 1 ? first.place
                   : fmt::format("the median of {} rows, the first: {}", count, first.place));
    if (table.is_graph) measurement.series = Series::graph;
    if (const std::string wrong = wrong_in(repeated); !wrong.empty()) {
      measurement.status = MeasurementStatus::failed_verification;
      measurement.reason = "nccl-tests found " + wrong;
      measurement.verification.emplace();
    } else {
      take_figures(repeated, measurement);
    }
    result_.measurements.push_back(std::move(measurement));
  }

  void take_figures(const RepeatedRow& repeated, Measurement& measurement) const {
    const auto median_of = [&](double NcclTime::*value) {
      std::vector<double> values;
      for (const NcclTime* time : repeated.times) values.push_back(time->*value);
      return median(values);
    };
    const double time_s = median_of(&NcclTime::time_s);
    const bool is_of_host = repeated.times.front()->is_of_host;
    const double rate = is_of_host ? median_of(&NcclTime::algorithm_bytes_per_s)
                                   : static_cast<double>(repeated.rows.front()->bytes) / time_s;
    if (!is_of_host) measurement.metrics["time_s"] = time_s;
    set_rate(measurement, "bytes_per_s", rate);
    if (ranks_ > 1) set_rate(measurement, "bus_bandwidth_bytes_per_s", rate * factor());
    if (std::all_of(repeated.times.begin(), repeated.times.end(),
                    [](const NcclTime* time) { return time->wrong.has_value(); }))
      measurement.metrics["wrong_elements"] = 0;
    if (repeated.times.size() > 1)
      measurement.metrics["repetitions"] = static_cast<double>(repeated.times.size());
  }

  /// What a check found first, and where; empty: nothing.
  static std::string wrong_in(const RepeatedRow& repeated) {
    for (std::size_t i = 0; i < repeated.times.size(); ++i) {
      const std::string wrong = repeated.times[i]->wrong.value_or("");
      if (!wrong.empty()) return fmt::format("{} ({})", wrong, repeated.rows[i]->place);
    }
    return {};
  }

  /// The rates follow from the size and the time. They are compared where two decimals tell more
  /// than rounding does.
  void require_agreement(const NcclRow& row, const NcclTime& time) const {
    if (time.algorithm_bytes_per_s < 2e9) return;
    const double rate =
        time.is_of_host ? time.algorithm_bytes_per_s : static_cast<double>(row.bytes) / time.time_s;
    const double tolerance = 0.02 + time.time_step_s / 2 / time.time_s;
    const auto is_algbw = [&](double expected) {
      return std::abs(time.algorithm_bytes_per_s / expected - 1) <= tolerance;
    };
    // Until 2021 algbw was busbw where a rank keeps its own part.
    const bool is_old = collective_->part_crossings == 1 && ranks_ > 1 &&
                        is_algbw(rate * factor()) &&
                        std::abs(time.bus_bytes_per_s / time.algorithm_bytes_per_s - 1) < 0.01;
    if (is_old) return;
    if (!is_algbw(rate)) {
      throw Error(
          fmt::format("{}: {}: size / time is {:.2f} GB/s where algbw is {:.2f}: a figure "
                      "is damaged",
                      source_.where, row.place, rate * 1e-9, time.algorithm_bytes_per_s * 1e-9));
    }
    const double seen = time.bus_bytes_per_s / time.algorithm_bytes_per_s;
    if (std::abs(seen - factor()) > 0.02) {
      throw Error(
          fmt::format("{}: {}: busbw is {:.2f} of algbw, but of {} over {} ranks it is "
                      "{:.2f}: another --collective or another --ranks?",
                      source_.where, row.place, seen, collective_->workload, ranks_, factor()));
    }
  }

  const Source& source_;
  Result& result_;
  const CollectiveFacts* collective_ = nullptr;
  int ranks_ = 1;
  Scope scope_;
  std::vector<RepeatedRow> repeated_;         // of the table that is taken
  std::map<std::string, std::size_t> index_;  // in repeated_, by case
  /// Of the cases so far, by who took part.
  std::map<std::pair<std::string, std::vector<std::string>>, std::string> places_;
  std::map<std::string, int> left_out_;  // what, how many
};

NcclOutput output_of(const Source& source) {
  if (auto records = rccl_records(source)) return std::move(*records);
  const auto json = json_in(source);
  return json ? nccl_json(source, *json) : nccl_text(source);
}

}  // namespace

const CollectiveFacts* collective_called(std::string_view name) {
  const auto all = collective_facts();
  const auto found = std::find_if(all.begin(), all.end(), [&](const CollectiveFacts& one) {
    return letters_of(one.workload) == letters_of(name);
  });
  return found == all.end() ? nullptr : &*found;
}

Result import_nccl_tests(const Source& source) {
  const NcclOutput output = output_of(source);
  Result result = document_from(source, "nccl-tests", "cuda");
  result.imported->version = (output.is_rccl ? "rccl-tests " : "") + output.version;
  result.imported->unsaid.push_back(
      "the algorithm and the transport; a time is the mean of its iterations over all ranks");
  result.run.command = output.command;
  // RCCL has the calls of NCCL, and so its cases: a comparison sees another version of one library.
  if (output.is_rccl) {
    const bool is_known = !output.nccl_version.empty();
    result.software["nccl"] = is_known ? "RCCL " + output.nccl_version : "RCCL";
  } else if (!output.nccl_version.empty()) {
    result.software["nccl"] = output.nccl_version;
  }
  if (output.tables.empty()) {
    throw Error(
        fmt::format("{}: no table of nccl-tests (a heading with size, count, type, time) "
                    "and no JSON of -J",
                    source.where));
  }
  NcclImporter importer(source, result);
  for (const NcclTable& table : output.tables) importer.take(table);
  importer.end();
  finish(source, result, output.started, "the table has no figures");
  return result;
}

}  // namespace assay::reported
