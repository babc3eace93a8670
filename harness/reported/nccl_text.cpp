// Reads the table of nccl-tests: the columns are those that its heading names.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/message.h"
#include "harness/core/regular_expression.h"
#include "harness/reported/document.h"
#include "harness/reported/nccl_output.h"

namespace assay::reported {

namespace {

/// The table's columns: what stands once, then the same figures for each side.
struct Heading {
  std::vector<std::string> columns;
  std::size_t shared = 0;    // columns before the first side
  std::size_t per_side = 0;  // columns of a side
  std::size_t sides = 0;
  std::size_t after = 0;  // words after the last side: an algorithm, a time
};

std::optional<Heading> heading_in(const std::string& text) {
  std::vector<std::string> words = words_in(text);
  if (!words.empty() && words.front() == "#") words.erase(words.begin());
  if (words.size() < 7 || words[0] != "size" || words[1] != "count" || words[2] != "type") {
    return std::nullopt;
  }
  Heading heading;
  if (words.back() == "timestamp") {
    words.pop_back();
    heading.after = 2;  // a date and a time
  }
  if (words.size() > 3 && words[words.size() - 3] == "algo") {  // of rccl-tests, with -A
    words.resize(words.size() - 3);
    heading.after += 3;
  }
  const auto is_time = [](const std::string& word) { return word == "time" || word == "cputime"; };
  const auto first = std::find_if(words.begin(), words.end(), is_time);
  if (first == words.end()) return std::nullopt;
  heading.sides = static_cast<std::size_t>(std::count_if(first, words.end(), is_time));
  heading.shared = static_cast<std::size_t>(first - words.begin());
  heading.per_side = static_cast<std::size_t>(words.end() - first) / heading.sides;
  heading.columns = std::move(words);
  return heading;
}

class NcclReader {
 public:
  explicit NcclReader(const Source& source) : source_(source) {}

  NcclOutput read() {
    for (const Line& line : lines_of(source_)) take(line);
    return std::move(output_);
  }

 private:
  void take(const Line& line) {
    if (const auto heading = heading_in(line.text)) return begin_table(*heading);
    if (is_row(line.text)) return take_row(line);
    if (take_rank(line)) return;
    take_fact(line);
  }

  /// The heading stands once a table; the facts before it are the table's.
  void begin_table(const Heading& heading) {
    heading_ = heading;
    NcclTable table;
    table.program = program_;
    table.program_place = program_place_;
    table.ranks = ranks_;
    table.ranks_per_process = ranks_per_process_;
    table.is_graph = is_graph_;
    table.manner = nccl_manner(aggregated_, unaligned_, is_blocking_);
    output_.tables.push_back(std::move(table));
    program_.clear();
    ranks_.clear();
  }

  static std::string place_of(const Line& line) { return fmt::format("line {}", line.number); }

  static bool is_row(const std::string& text) {
    static const RegularExpression kRow("^\\s*\\d+\\s+\\d+\\s+[a-z][a-z0-9_]*\\s+\\S");
    return kRow.is_found_in(text);
  }

  bool take_rank(const Line& line) {
    static const RegularExpression kRank(
        "^\\s*#?\\s*Rank\\s+(\\d{1,7})\\s+(?:Group\\s+(\\d{1,7})\\s+)?Pid\\s+\\d+\\s+on\\s+(\\S+)"
        "\\s+device\\s+(\\d{1,5})\\s+\\[([0-9a-fA-Fx:.]+)\\]\\s*(.*?)\\s*$");
    const auto part = kRank.groups_in(line.text);
    if (part.empty()) return false;
    if (!part[2].empty() && std::stoi(part[2]) != 0) {
      refuse(source_, line.number,
             "the ranks are in several groups, whose figures one row mixes: run nccl-tests without "
             "NCCL_TESTS_SPLIT");
    }
    const int rank = std::stoi(part[1]);
    if (ranks_.contains(rank)) {
      refuse(source_, line.number,
             fmt::format("rank {} stands there twice: each process ran alone (build nccl-tests "
                         "with MPI=1), or a second run begins here: import one at a time",
                         rank));
    }
    ranks_[rank] = {name_from(part[3]), part[6], part[5].starts_with("0x") ? "" : part[5],
                    std::stoi(part[4])};
    return true;
  }

  void take_fact(const Line& line) {
    const std::string& text = line.text;
    static const RegularExpression kVersion("nccl-tests version (\\S+)");
    static const RegularExpression kRcclVersion("rccl-tests:? [vV]ersion (\\S+)");
    static const RegularExpression kLibrary("[NR]CCL version (?:: )?(\\d+\\.\\d+[0-9.]*)");
    static const RegularExpression kCode("[nr]ccl-library=(\\d+)");
    static const RegularExpression kThreads("nThread (\\d{1,4}) nGpus (\\d{1,4}) ");
    static const RegularExpression kAggregated("agg iters: (\\d{1,9})");
    static const RegularExpression kUnaligned("unalign: (\\d{1,9})");
    static const RegularExpression kGraph("graph: ([1-9]\\d*)");
    static const RegularExpression kEnd("(Out of bounds values|Avg bus bandwidth)\\s*:");
    static const RegularExpression kWrong("Out of bounds values\\s*:\\s*(\\d{1,9})\\s");
    const auto keep = [&](const RegularExpression& what, std::string& where) {
      const auto part = what.groups_in(text);
      if (!part.empty() && where.empty()) where = part[1];
    };
    keep(kVersion, output_.version);
    keep(kRcclVersion, output_.version);
    output_.is_rccl = output_.is_rccl || kRcclVersion.is_found_in(text);
    keep(kLibrary, output_.nccl_version);
    std::string code;
    keep(kCode, code);
    if (output_.nccl_version.empty()) output_.nccl_version = nccl_version_from(code);
    if (const auto part = kThreads.groups_in(text); !part.empty()) {
      is_graph_ = kGraph.is_found_in(text);
      aggregated_ = setting_in(text, kAggregated);
      unaligned_ = setting_in(text, kUnaligned);
      is_blocking_ = false;
      ranks_per_process_ = std::max(1, std::stoi(part[1]) * std::stoi(part[2]));
    }
    if (text.find("Blocking Enabled") != std::string::npos) is_blocking_ = true;
    if (text.find("in-place") != std::string::npos)  // above the heading
      has_only_in_place_ = text.find("out-of-place") == std::string::npos;
    if (!output_.tables.empty() && kEnd.is_found_in(text)) {
      NcclTable& table = output_.tables.back();
      table.has_end = true;
      if (const auto part = kWrong.groups_in(text); !part.empty())
        table.found_wrong = std::stoi(part[1]);
    }
    const bool concludes = text.find("concluded") != std::string::npos;
    if (const std::string program = nccl_program_in(text); !program.empty() && !concludes) {
      program_ = program;
      program_place_ = place_of(line);
    }
  }

  static double setting_in(const std::string& text, const RegularExpression& setting) {
    const auto part = setting.groups_in(text);
    return part.empty() ? 0 : number_of(part[1]).value_or(0);
  }

  void take_row(const Line& line) {
    if (output_.tables.empty()) {
      refuse(source_, line.number,
             "figures without the heading (size, count, type, ...) that says what they are: paste "
             "the whole output");
    }
    std::vector<std::string> words = words_in(line.text);
    // Until 2021 the redop of a collective without one was blank.
    if (heading_.columns[3] == "redop" && words.size() > 3 && number_of(words[3]))
      words.insert(words.begin() + 3, "");
    const std::size_t figures = heading_.shared + heading_.per_side * heading_.sides;
    if (words.size() != figures + heading_.after && words.size() != figures) {
      refuse(source_, line.number,
             fmt::format("{} columns where the heading has {}: the line is cut or damaged",
                         words.size(), figures));
    }
    NcclRow row;
    row.line = line.number;
    row.place = place_of(line);
    row.bytes = static_cast<std::int64_t>(figure(line, words, 0));
    row.type = words[2];
    for (std::size_t i = 3; i < heading_.shared; ++i) {
      if (heading_.columns[i] == "redop") row.redop = words[i];
      if (heading_.columns[i] == "root") row.root = words[i];
    }
    const NcclTime first = side(line, words, heading_.shared);
    (heading_.sides == 1 && has_only_in_place_ ? row.in_place : row.out_of_place) = first;
    if (heading_.sides > 1) row.in_place = side(line, words, heading_.shared + heading_.per_side);
    output_.tables.back().rows.push_back(std::move(row));
  }

  NcclTime side(const Line& line, const std::vector<std::string>& words, std::size_t begin) const {
    NcclTime time;
    for (std::size_t i = begin; i < begin + heading_.per_side; ++i) {
      const std::string& column = heading_.columns[i];
      if (column == "time" || column == "cputime") {
        time.is_of_host = column == "cputime";
        time.time_s = figure(line, words, i) * 1e-6;
        time.time_step_s = last_digit_of(words[i]) * 1e-6;
      }
      if (column == "algbw") time.algorithm_bytes_per_s = figure(line, words, i) * 1e9;
      if (column == "busbw") time.bus_bytes_per_s = figure(line, words, i) * 1e9;
      if ((column == "#wrong" || column == "error") && words[i] != "N/A") {
        time.wrong =
            column == "error" ? deviation(line, words, i) : wrong_elements(figure(line, words, i));
      }
    }
    return time;
  }

  /// Until 2022 the last column was by how much an answer is off, with these as its tolerances.
  std::string deviation(const Line& line, const std::vector<std::string>& words,
                        std::size_t i) const {
    static const std::map<std::string, double> kTolerances = {
        {"half", 1e-2}, {"bfloat16", 1e-2}, {"float", 1e-5}, {"double", 1e-12}};
    const std::string word = word_from(words[i]);
    if (word != "inf" && word != "nan") {
      const auto tolerance = kTolerances.find(words[2]);
      if (figure(line, words, i) <= (tolerance == kTolerances.end() ? 0 : tolerance->second))
        return {};
    }
    return fmt::format("an answer that is off by {}", words[i]);
  }

  /// `0.05` has steps of 0.01.
  static double last_digit_of(const std::string& number) {
    const std::size_t point = number.find('.');
    return point == std::string::npos
               ? 1
               : std::pow(10, -static_cast<double>(number.size() - point - 1));
  }

  double figure(const Line& line, const std::vector<std::string>& words, std::size_t i) const {
    const auto value = number_of(words[i]);
    if (!value || *value < 0 || *value > 1e18) {
      refuse(source_, line.number,
             fmt::format("{} where a figure of the column {} was expected", in_quotes(words[i]),
                         heading_.columns[i]));
    }
    return *value;
  }

  const Source& source_;
  NcclOutput output_;
  Heading heading_;
  std::string program_, program_place_;
  std::map<int, NcclRank> ranks_;
  int ranks_per_process_ = 1;
  double aggregated_ = 0, unaligned_ = 0;
  bool is_blocking_ = false, has_only_in_place_ = false;
  bool is_graph_ = false;
};

}  // namespace

NcclOutput nccl_text(const Source& source) { return NcclReader(source).read(); }

std::string wrong_elements(double number) {
  return number > 0 ? fmt::format("{:.0f} wrong elements", number) : std::string();
}

std::string nccl_manner(double aggregated, double unaligned, bool is_blocking) {
  std::string manner;
  if (aggregated > 1) manner += fmt::format("_aggregated{:.0f}", aggregated);
  if (unaligned > 0) manner += fmt::format("_unaligned{:.0f}", unaligned);
  if (is_blocking) manner += "_blocking";
  return manner;
}

std::string nccl_version_from(const std::string& code) {
  const auto number = number_of(code);
  if (!number || *number < 10000 || *number > 1e7) return {};
  const int value = static_cast<int>(*number);
  return fmt::format("{}.{}.{}", value / 10000, value / 100 % 100, value % 100);
}

std::string nccl_program_in(const std::string& text) {
  static const RegularExpression kProgram("([a-z_]+)_perf(?:_mpi)?(?:[^a-z_]|$)");
  const auto part = kProgram.groups_in(text);
  return part.empty() ? std::string() : part[1];
}

}  // namespace assay::reported
