// Makes cases of the matrices of nvbandwidth, one a cell.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/regular_expression.h"
#include "harness/reported/document.h"
#include "harness/reported/import.h"
#include "harness/reported/nvbandwidth_output.h"

namespace assay::reported {

namespace {

/// `host_to_device_bidirectional_memcpy_ce`: what Assay calls host_to_device, by the implementation
/// nvbandwidth_bidirectional_ce. A test of another kind is a workload by its own name.
CaseId case_of(const NvbandwidthTest& test, const std::optional<std::int64_t>& bytes) {
  std::string name = word_from(test.name);
  std::string prefix = "nvbandwidth_";
  if (name.starts_with("multinode_")) {
    name.erase(0, 10);
    prefix += "multinode_";
  }
  CaseId id{name, "f32", prefix.substr(0, prefix.size() - 1), {}};
  for (const char* direction : {"host_to_device", "device_to_host", "device_to_device"}) {
    const std::string start = std::string(direction) + '_';
    if (!name.starts_with(start)) continue;
    std::string way = name.substr(start.size());
    if (const std::size_t at = way.find("memcpy_"); at != std::string::npos) way.erase(at, 7);
    id.workload = direction;
    id.implementation = prefix + way;
  }
  if (bytes) {
    id.shape.add("bytes", *bytes);
  } else {
    id.shape.add("unstated", std::nullopt);  // the size of the buffers
  }
  return id;
}

struct Unit {
  const char* name;
  bool is_time;
  double size;  // in seconds, or bytes a second
};

constexpr Unit kUnits[] = {{"KB/s", false, 1e3},
                           {"kB/s", false, 1e3},
                           {"MB/s", false, 1e6},
                           {"GB/s", false, 1e9},
                           {"TB/s", false, 1e12},
                           {"KiB/s", false, 1024.},
                           {"MiB/s", false, 1024. * 1024},
                           {"GiB/s", false, 1024. * 1024 * 1024},
                           {"TiB/s", false, 1024. * 1024 * 1024 * 1024},
                           {"ns", true, 1e-9},
                           {"us", true, 1e-6},
                           {"ms", true, 1e-3},
                           {"s", true, 1}};

/// The unit in parentheses at the end of what a matrix is of. Versions that write none mean GB/s
/// and ns.
Unit unit_of(const Source& source, const NvbandwidthTest& test) {
  static const RegularExpression kLast("\\(([^()]*)\\)\\s*$");
  const auto part = kLast.groups_in(test.description);
  if (part.empty() || part[1] == "row" || part[1] == "column") {
    const bool is_time = test.description.find("latency") != std::string::npos;
    return is_time ? Unit{"ns", true, 1e-9} : Unit{"GB/s", false, 1e9};
  }
  for (const Unit& unit : kUnits) {
    if (part[1] == unit.name) return unit;
  }
  throw Error(fmt::format("{}: {}: the matrix is in {}, which is no unit that Assay knows",
                          source.where, test.place, in_quotes(part[1])));
}

class NvbandwidthImporter {
 public:
  NvbandwidthImporter(const Source& source, const NvbandwidthOutput& output, Result& result)
      : source_(source), output_(output), result_(result) {
    for (const NvbandwidthRun& run : output.runs) {
      members_.emplace_back();
      for (const NvbandwidthDevice& device : run.devices) {
        const std::string node = name_from(device.node.empty() ? run.node : device.node);
        members_.back().push_back(device_of(result_, node, device.index, device.name, device.bus));
      }
    }
    if (result_.nodes.empty()) node_of(result_, name_from(output.runs.front().node));
  }

  void take(const NvbandwidthTest& test) {
    const CaseId id = case_of(test, output_.runs[test.run].buffer_bytes);
    if (!test.problem.empty()) return add_problem(test, id);
    const Unit unit = unit_of(source_, test);
    for (std::size_t row = 0; row < test.rows.size(); ++row) {
      for (std::size_t column = 0; column < test.columns.size(); ++column) {
        const auto value = test.rows[row].values[column];
        if (!value || *value <= 0) continue;  // a device and itself
        Measurement figure = figure_from(
            result_, id, scope_of(test, row, column),
            fmt::format("{}, row {} column {}", test.place, printable(test.rows[row].label, 60),
                        printable(test.columns[column], 60)));
        if (unit.is_time) {
          figure.metrics["time_s"] = *value * unit.size;
        } else {
          set_rate(figure, "bytes_per_s", *value * unit.size);
        }
        if (figure.metrics.empty()) continue;
        require_first(figure, test);
        result_.measurements.push_back(std::move(figure));
      }
    }
  }

 private:
  /// One figure a case and device: which of two counts, no output says.
  void require_first(const Measurement& figure, const NvbandwidthTest& test) {
    const auto [known, is_new] =
        places_.emplace(std::pair(figure.id.str(), figure.scope.members), test.place);
    if (is_new) return;
    throw Error(fmt::format("{}: {}: {} of {} stands there already ({}): import one run at a time",
                            source_.where, test.place, figure.id.str(),
                            figure.scope.members.front(), known->second));
  }

  void add_problem(const NvbandwidthTest& test, const CaseId& id) {
    Scope scope{result_.nodes.size() == 1 ? "node" : "cluster", {}};
    for (const NodeFacts& node : result_.nodes) scope.members.push_back(node.name);
    Measurement none = figure_from(result_, id, scope, test.place);
    none.status = test.is_waived ? MeasurementStatus::not_applicable : MeasurementStatus::error;
    none.reason = fmt::format("{} ({})", printable(test.problem, 500), test.place);
    if (test.problem.find("Invalid value when checking the pattern") != std::string::npos) {
      none.status = MeasurementStatus::failed_verification;
      none.reason = fmt::format("nvbandwidth found other bytes than were copied: {}", none.reason);
      none.verification.emplace();
    }
    result_.measurements.push_back(std::move(none));
  }

  /// The device of a row or a column; a matrix of a pair of devices has their rows alone.
  std::string member(const NvbandwidthTest& test, const std::string& label, std::size_t index) {
    const auto number = number_of(label);
    const bool is_index = number && *number >= 0 && *number < 1e4;
    const std::size_t device = is_index ? static_cast<std::size_t>(*number) : index;
    const std::vector<std::string>& members = members_[test.run];
    if (device < members.size()) return members[device];
    const std::string node = name_from(output_.runs[test.run].node);
    return device_of(result_, node, static_cast<int>(device), "", "");
  }

  Scope scope_of(const NvbandwidthTest& test, std::size_t row, std::size_t column) {
    const std::string target = member(test, test.columns[column], column);
    // The one row of these is of all peers together.
    const bool is_of_all =
        test.name.starts_with("all_to_one") || test.name.starts_with("one_to_all");
    const bool has_pairs = test.description.find("GPU(row)") != std::string::npos && !is_of_all;
    if (!has_pairs) return {"device", {target}};
    const std::string other = member(test, test.rows[row].label, row);
    // In `GPU(row) <- GPU(column)` the column is the source.
    const bool is_from_column = test.description.find("<-") != std::string::npos &&
                                test.description.find("<->") == std::string::npos;
    const auto node = [](const std::string& device) { return device.substr(0, device.rfind('/')); };
    const char* level = node(target) == node(other) ? "node" : "cluster";
    if (is_from_column) return {level, {target, other}};
    return {level, {other, target}};
  }

  const Source& source_;
  const NvbandwidthOutput& output_;
  Result& result_;
  std::vector<std::vector<std::string>> members_;  // by run
  /// Of the figures so far, by case and devices.
  std::map<std::pair<std::string, std::vector<std::string>>, std::string> places_;
};

}  // namespace

Result import_nvbandwidth(const Source& source) {
  const auto json = json_in(source);
  const NvbandwidthOutput output =
      json ? nvbandwidth_json(source, *json) : nvbandwidth_text(source);
  Result result = document_from(source, "nvbandwidth", "cuda");
  result.imported->version = output.version;
  if (!output.driver.empty()) result.software["driver"] = output.driver;
  if (!output.cuda.empty()) result.software["cuda"] = output.cuda;
  const auto lacks = [&](auto has) {
    return std::any_of(output.runs.begin(), output.runs.end(), std::not_fn(has));
  };
  if (lacks([](const NvbandwidthRun& run) { return run.buffer_bytes.has_value(); }))
    result.imported->unsaid.push_back("the size of the buffers");
  if (lacks([](const NvbandwidthRun& run) { return !run.node.empty(); }))
    result.imported->unsaid.push_back("the name of the host");
  NvbandwidthImporter importer(source, output, result);
  for (const NvbandwidthTest& test : output.tests) importer.take(test);
  finish(source, result, "",
         "no test of nvbandwidth: a line \"Running NAME.\" and its matrix, or the JSON of "
         "nvbandwidth -j");
  return result;
}

}  // namespace assay::reported
