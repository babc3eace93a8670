// Reads the file that rccl-tests writes with -Z json or -Z csv: one record a side of a row.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/reported/nccl_output.h"

namespace assay::reported {

namespace {

struct Record {
  std::string place;
  Json fields;
};

std::vector<std::string> csv_cells_in(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == ',') {
      cells.emplace_back();
    } else if (c != '"') {
      cells.back() += c;
    }
  }
  return cells;
}

/// The heading of the CSV has other names than the JSON, and lacks the number of nodes where the
/// rows have it.
std::vector<std::string> csv_names_in(const std::string& heading) {
  static const std::map<std::string, std::string> kNames = {
      {"collective", "name"}, {"gpusperrank", "gpusPerRank"},
      {"inplace", "inPlace"}, {"algbw", "algBw"},
      {"busbw", "busBw"},     {"#wrong", "wrong"}};
  std::vector<std::string> names = csv_cells_in(heading);
  for (std::string& name : names)
    if (const auto known = kNames.find(name); known != kNames.end()) name = known->second;
  return names;
}

Json csv_fields_of(const Source& source, const Line& line, std::vector<std::string> names) {
  const std::vector<std::string> cells = csv_cells_in(line.text);
  const auto ranks = std::find(names.begin(), names.end(), "ranks");
  if (cells.size() == names.size() + 1 && ranks != names.end()) names.insert(ranks, "nodes");
  if (cells.size() != names.size())
    refuse(source, line.number,
           fmt::format("{} cells where the heading has {}: the line is cut or damaged",
                       cells.size(), names.size()));
  Json fields = Json::object();
  for (std::size_t i = 0; i < names.size(); ++i) fields[names[i]] = cells[i];
  return fields;
}

std::vector<Record> records_in(const Source& source) {
  std::vector<Record> records;
  std::vector<std::string> names;  // of a CSV
  for (Line& line : lines_of(source)) {
    const std::string place = fmt::format("line {}", line.number);
    if (line.text.find("collective,") != std::string::npos &&
        line.text.find(",inplace,") != std::string::npos) {
      names = csv_names_in(line.text);
    } else if (!names.empty()) {
      if (!words_in(line.text).empty())
        records.push_back({place, csv_fields_of(source, line, names)});
    } else if (line.text.starts_with('{') && line.text.find("\"busBw\"") != std::string::npos) {
      const std::size_t end = line.text.rfind('}');
      records.push_back({place, parse_json(line.text.substr(0, end + 1),
                                           fmt::format("{}: {}", source.where, place))});
    }
  }
  return records;
}

double number_in(const Source& source, const Record& record, const char* key) {
  const auto value = number_at(record.fields, key);
  if (value && *value >= 0 && *value < 1e18) return *value;
  throw Error(fmt::format("{}: {}: no usable {}", source.where, record.place, key));
}

/// The program of a collective's name: `AllReduce` has all_reduce.
std::string program_of(const std::string& name) {
  const CollectiveFacts* known = collective_called(name);
  return known == nullptr ? name : std::string(known->workload);
}

/// Of a build without MPI the devices of its one process are all.
int ranks_in(const Source& source, const Record& record) {
  const bool has_ranks = find(record.fields, "ranks") != nullptr;
  const double ranks =
      has_ranks ? number_in(source, record, "ranks") * number_in(source, record, "gpusPerRank")
                : number_in(source, record, "gpus");
  if (ranks < 1 || ranks > 1e6)
    throw Error(fmt::format("{}: {}: {} ranks", source.where, record.place, ranks));
  return static_cast<int>(ranks);
}

NcclRow row_of(const Source& source, const Record& record) {
  NcclRow row;
  row.place = record.place;
  row.bytes = static_cast<std::int64_t>(number_in(source, record, "size"));
  row.type = text_at(record.fields, "type");
  row.redop = text_at(record.fields, "redop");
  NcclTime time;
  time.time_s = number_in(source, record, "time") * 1e-6;
  time.algorithm_bytes_per_s = number_in(source, record, "algBw") * 1e9;
  time.bus_bytes_per_s = number_in(source, record, "busBw") * 1e9;
  const char* wrong = find(record.fields, "wrong") != nullptr ? "wrong" : "#wrong";
  if (const auto elements = number_at(record.fields, wrong)) time.wrong = wrong_elements(*elements);
  (number_in(source, record, "inPlace") > 0 ? row.in_place : row.out_of_place) = time;
  return row;
}

}  // namespace

std::optional<NcclOutput> rccl_records(const Source& source) {
  const std::vector<Record> records = records_in(source);
  if (records.empty()) return std::nullopt;
  NcclOutput output;
  output.is_rccl = true;
  for (const Record& record : records) {
    const std::string program = program_of(text_at(record.fields, "name"));
    const int ranks = ranks_in(source, record);
    if (output.tables.empty() || output.tables.back().program != program ||
        output.tables.back().rank_count != ranks) {
      NcclTable table;
      table.program = program;
      table.program_place = record.place;
      table.rank_count = ranks;
      table.has_end = true;  // the file is written at the end
      output.tables.push_back(std::move(table));
    }
    output.tables.back().rows.push_back(row_of(source, record));
  }
  return output;
}

}  // namespace assay::reported
