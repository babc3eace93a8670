// Begins and ends an imported document.
#include "harness/reported/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/gpu_model.h"
#include "harness/core/message.h"
#include "harness/core/regular_expression.h"

namespace assay::reported {

namespace {

constexpr std::time_t kLastSecond = 253402300799;  // of the year 9999
constexpr std::size_t kMostFigures = 1000000, kMostChecks = 100000, kMostWords = 1000;
constexpr std::size_t kMostText = 4096;
constexpr std::pair<double, double> kRates = {1e3, 1e17};  // what the schema takes for a rate

/// As documents write a time; empty for what is none.
std::string utc_from(const std::string& time) {
  static const RegularExpression kTime(
      "^(\\d{4})-(\\d\\d)-(\\d\\d)[T ](\\d\\d):(\\d\\d):(\\d\\d)(?:\\.\\d+)?"
      "(?:Z|([+-])(\\d\\d):?(\\d\\d))?$");
  const auto part = kTime.groups_in(time);
  if (part.empty()) return {};
  const auto number = [&](std::size_t i) { return std::stoi(part[i]); };
  std::tm utc{};
  utc.tm_year = number(1) - 1900;
  utc.tm_mon = number(2) - 1;
  utc.tm_mday = number(3);
  utc.tm_hour = number(4);
  utc.tm_min = number(5);
  utc.tm_sec = number(6);
  std::time_t seconds = timegm(&utc);
  if (!part[7].empty()) {
    const int offset_s = number(8) * 3600 + number(9) * 60;
    seconds += part[7] == "+" ? -offset_s : offset_s;
  }
  if (seconds < 0 || seconds > kLastSecond || gmtime_r(&seconds, &utc) == nullptr) return {};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace

Result document_from(const Source& source, const std::string& tool, const std::string& backend) {
  Result result;
  ImportedFacts imported;
  imported.tool = tool;
  imported.file = source.file;
  imported.sha256 = sha256_hex(source.text);
  imported.unsaid = {"whether the answers are right by a check of Assay's",
                     "the samples behind a figure, and so its interval",
                     "the UUIDs, clocks, power and temperature of the devices"};
  result.status = RunStatus::complete;
  result.run.id = "imported-" + imported.sha256.substr(0, 12);
  result.run.profile_name = "imported";
  result.run.profile_sha256 = sha256_hex("");  // no profile chose the cases
  result.run.backend = backend;
  result.run.started = result.run.finished = utc_now();
  result.imported = std::move(imported);
  return result;
}

Measurement figure_from(const Result& result, const CaseId& id, const Scope& scope,
                        const std::string& place) {
  Measurement measurement;
  measurement.id = id;
  measurement.group = id.group();
  measurement.series = Series::hot;  // none of these tools rotates its buffers or flushes caches
  measurement.scope = scope;
  measurement.input_pattern = "unstated";
  measurement.started = result.run.started;
  measurement.status = MeasurementStatus::reported;
  measurement.reason =
      fmt::format("reported by {} ({}), not verified by Assay", result.imported->tool, place);
  return measurement;
}

NodeFacts& node_of(Result& result, const std::string& name) {
  for (NodeFacts& node : result.nodes)
    if (node.name == name) return node;
  NodeFacts node;
  node.name = name;
  result.nodes.push_back(std::move(node));
  return result.nodes.back();
}

std::string device_of(Result& result, const std::string& node_name, int index,
                      const std::string& name, const std::string& bus) {
  NodeFacts& node = node_of(result, node_name);
  std::string member = fmt::format("{}/device{}", node_name, index);
  const bool is_known =
      std::any_of(node.devices.begin(), node.devices.end(),
                  [&](const DeviceFacts& device) { return device.index == index; });
  if (is_known) return member;
  DeviceFacts device;
  device.index = index;
  device.name = name_from(name);
  for (const GpuModel& model : gpu_models())
    if (device.name == model.product) device.sku = model.name;
  device.uuid = member;
  if (!bus.empty()) device.pci_bus_id = name_from(bus);
  node.devices.push_back(std::move(device));
  return member;
}

std::string name_from(const std::string& text) {
  const std::string name = printable(text, 200);
  return name.find_first_not_of(" ?") == std::string::npos ? "unstated" : name;
}

void set_rate(Measurement& measurement, const char* metric, double per_s) {
  if (per_s >= kRates.first && per_s <= kRates.second) measurement.metrics[metric] = per_s;
}

void finish(const Source& source, Result& result, const std::string& time,
            const std::string& expected) {
  ImportedFacts& imported = *result.imported;
  if (result.measurements.empty() && imported.checks.empty() && result.error.empty()) {
    throw Error(fmt::format(
        "{}: {}{}", source.where, expected,
        imported.left_out.empty() ? "" : " (left out: " + imported.left_out.front() + ")"));
  }
  if (result.measurements.size() > kMostFigures || imported.checks.size() > kMostChecks ||
      imported.left_out.size() > kMostWords) {
    throw Error(
        fmt::format("{}: more figures than a document holds ({})", source.where, kMostFigures));
  }
  imported.version = imported.version.empty() ? "" : name_from(imported.version);
  for (auto& [key, value] : result.software) value = printable(value, kMostText);
  if (result.run.command.size() > kMostWords) result.run.command.resize(kMostWords);
  for (std::string& word : result.run.command) word = printable(word, kMostText);
  const std::string utc = utc_from(time);
  if (utc.empty()) {
    imported.unsaid.push_back("when it was measured: the times are those of the import");
    return;
  }
  result.run.started = result.run.finished = utc;
  for (Measurement& measurement : result.measurements) measurement.started = utc;
}

}  // namespace assay::reported
