// Reads the file that nccl-tests writes with -J.
#include <fmt/format.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/reported/document.h"
#include "harness/reported/nccl_output.h"

namespace assay::reported {

namespace {

NcclTime side_of(const Source& source, const Json& row, const char* key, const std::string& place) {
  const Json& side = *find(row, key);
  NcclTime time;
  const auto require = [&](std::optional<double> value, const char* what) {
    if (value && *value >= 0 && *value < 1e18) return *value;
    throw Error(fmt::format("{}: {}/{}: no usable {}", source.where, place, key, what));
  };
  time.is_of_host = find(side, "cpu_time") != nullptr;
  const char* time_key = time.is_of_host ? "cpu_time" : "time";
  time.time_s = require(number_at(side, time_key), time_key) * 1e-6;
  time.algorithm_bytes_per_s = require(number_at(side, "alg_bw"), "alg_bw") * 1e9;
  time.bus_bytes_per_s = require(number_at(side, "bus_bw"), "bus_bw") * 1e9;
  if (const auto wrong = number_at(side, "nwrong")) time.wrong = wrong_elements(*wrong);
  return time;
}

void take_devices(const Source& source, const Json& config, NcclTable& table) {
  for (const Json* device : elements_at(config, "devices")) {
    const auto rank = number_at(*device, "rank");
    const auto index = number_at(*device, "device");
    const std::string node = text_at(*device, "hostname");
    if (!rank || !index || *rank < 0 || *rank > 1e6 || *index < 0 || *index > 1e4 || node.empty())
      throw Error(fmt::format("{}: /config/devices/{}: needs rank, hostname and device",
                              source.where, table.ranks.size()));
    if (number_at(*device, "group").value_or(0) != 0)
      throw Error(
          fmt::format("{}: /config/devices: the ranks are in several groups, whose figures "
                      "one row mixes: run nccl-tests without NCCL_TESTS_SPLIT",
                      source.where));
    const std::string bus = text_at(*device, "device_hex");
    table.ranks[static_cast<int>(*rank)] = {name_from(node), text_at(*device, "device_info"),
                                            bus.starts_with("0x") ? "" : bus,
                                            static_cast<int>(*index)};
  }
}

/// The number that an option has in a command, as `-u 1`, `-u1`, `--unalign 1` or `--unalign=1`; 0:
/// it is not there.
double option_in(const std::vector<std::string>& command, const std::string& letter,
                 const std::string& name) {
  for (std::size_t i = 1; i < command.size(); ++i) {
    const std::string& word = command[i];
    if ((word == letter || word == name) && i + 1 < command.size())
      return number_of(command[i + 1]).value_or(0);
    if (word.starts_with(name + "=")) return number_of(word.substr(name.size() + 1)).value_or(0);
    if (word.starts_with(letter) && !word.starts_with("--"))
      return number_of(word.substr(letter.size())).value_or(0);
  }
  return 0;
}

/// Of the ranks of a process the file names the first alone. The others are on the same host, on
/// the devices that follow; what these are called is not said.
void add_ranks_of_processes(const Json& config, NcclTable& table) {
  const double per_process =
      number_at(config, "nthreads").value_or(1) * number_at(config, "ngpus").value_or(1);
  if (per_process < 2 || per_process > 1024) return;
  const int count = static_cast<int>(per_process);
  const std::map<int, NcclRank> firsts = table.ranks;
  for (const auto& [rank, place] : firsts)
    if (rank % count != 0) return;
  for (const auto& [rank, place] : firsts) {
    for (int i = 1; i < count; ++i) table.ranks[rank + i] = {place.node, "", "", place.device + i};
  }
  table.ranks_per_process = count;
}

}  // namespace

NcclOutput nccl_json(const Source& source, const Json& json) {
  if (find(json, "results") == nullptr) {
    throw Error(fmt::format("{}: this JSON has no \"results\" of nccl-tests (-J)", source.where));
  }
  NcclOutput output;
  output.nccl_version = nccl_version_from(text_at(json, "nccl_version"));
  output.started = text_at(json, "start_time");
  for (const Json* word : elements_at(json, "args")) {
    if (word->is_string()) output.command.push_back(word->get<std::string>());
  }
  NcclTable table;
  for (std::size_t i = 0; i < output.command.size() && table.program.empty(); ++i) {
    table.program = nccl_program_in(output.command[i]);
    table.program_place = fmt::format("/args/{}", i);
  }
  if (const Json* config = find(json, "config")) {
    table.is_graph = number_at(*config, "graph").value_or(0) > 0;
    table.manner = nccl_manner(number_at(*config, "aggregated_iterations").value_or(1),
                               option_in(output.command, "-u", "--unalign"),
                               text_at(*config, "blocking_collectives") == "true");
    take_devices(source, *config, table);
    add_ranks_of_processes(*config, table);
  }
  // The kernels of nccl-tests itself, of which there are several for a collective.
  if (const double kernel = option_in(output.command, "-D", "--device_implementation"); kernel > 0)
    table.manner += fmt::format("_device{:.0f}", std::min(kernel, 1e3));
  table.has_end = find(json, "end_time") != nullptr;
  if (const Json* wrong = find(json, "out_of_bounds"))
    table.found_wrong =
        static_cast<int>(std::clamp(number_at(*wrong, "count").value_or(0), 0.0, 1e9));
  for (const Json* one : elements_at(json, "results")) {
    NcclRow row;
    row.place = fmt::format("/results/{}", table.rows.size());
    const auto bytes = number_at(*one, "size");
    if (!bytes || *bytes < 0 || *bytes > 1e18)
      throw Error(fmt::format("{}: {}: no usable size", source.where, row.place));
    row.bytes = static_cast<std::int64_t>(*bytes);
    row.type = text_at(*one, "type");
    row.redop = text_at(*one, "redop");
    row.root = text_at(*one, "root");
    row.root.erase(0, row.root.find_first_not_of(' '));
    const auto has = [&](const char* key) {
      return find(*one, key) != nullptr && find(*one, key)->is_object();
    };
    if (has("out_of_place")) row.out_of_place = side_of(source, *one, "out_of_place", row.place);
    if (has("in_place")) row.in_place = side_of(source, *one, "in_place", row.place);
    table.rows.push_back(std::move(row));
  }
  output.tables.push_back(std::move(table));
  return output;
}

}  // namespace assay::reported
