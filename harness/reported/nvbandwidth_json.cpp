// Reads what nvbandwidth writes with -j.
#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/reported/nvbandwidth_output.h"

namespace assay::reported {

namespace {

void take_matrix(const Source& source, const Json& test, NvbandwidthTest& into) {
  for (const Json* row : elements_at(test, "bandwidth_matrix")) {
    NvbandwidthRow values;
    values.label = std::to_string(into.rows.size());
    if (!row->is_array()) break;
    for (const Json& cell : *row) {
      const std::string text = cell.is_string() ? cell.get<std::string>() : cell.dump();
      const auto value = number_of(text);
      if (text != "N/A" && (!value || *value < 0 || *value > 1e8))
        throw Error(fmt::format("{}: {}/bandwidth_matrix: {} where a figure or N/A was expected",
                                source.where, into.place, in_quotes(text)));
      values.values.push_back(text == "N/A" ? std::nullopt : value);
    }
    if (into.rows.empty()) {
      for (std::size_t i = 0; i < values.values.size(); ++i)
        into.columns.push_back(std::to_string(i));
    } else if (values.values.size() != into.columns.size()) {
      throw Error(fmt::format("{}: {}/bandwidth_matrix: rows of different lengths", source.where,
                              into.place));
    }
    into.rows.push_back(std::move(values));
  }
}

}  // namespace

NvbandwidthOutput nvbandwidth_json(const Source& source, const Json& json) {
  const Json* root = find(json, "nvbandwidth");
  if (root == nullptr || !root->is_object())
    throw Error(fmt::format("{}: this JSON has no \"nvbandwidth\" (nvbandwidth -j)", source.where));
  NvbandwidthOutput output;
  output.version = text_at(*root, "version");
  output.driver = text_at(*root, "Driver Version");
  output.cuda = text_at(*root, "CUDA Runtime Version");
  NvbandwidthRun& run = output.runs.front();
  run.node = text_at(*root, "Hostname");
  for (const char* key : {"GPU Device list", "GPU Device info"}) {
    for (const Json* device : elements_at(*root, key)) {
      if (device->is_string())
        take_nvbandwidth_device(device->get<std::string>(), run.node, run.devices);
    }
  }
  for (const Json* one : elements_at(*root, "testcases")) {
    NvbandwidthTest test;
    test.place = fmt::format("/nvbandwidth/testcases/{}", output.tests.size());
    test.name = text_at(*one, "name");
    if (test.name.empty())
      throw Error(fmt::format("{}: {}: a test without a name", source.where, test.place));
    test.description = text_at(*one, "bandwidth_description");
    const std::string status = text_at(*one, "status");
    test.is_waived = status == "Waived";
    take_matrix(source, *one, test);
    if (test.is_waived) test.problem = "waived by nvbandwidth";
    if (test.rows.empty() && test.problem.empty()) {
      const std::string error = text_at(*one, "error");
      test.problem = error.empty() ? "status " + printable(status, 60) : error;
    }
    output.tests.push_back(std::move(test));
  }
  const std::string error = text_at(*root, "error");
  if (output.tests.empty() && !error.empty())
    throw Error(
        fmt::format("{}: nvbandwidth ended in an error: {}", source.where, printable(error, 200)));
  return output;
}

}  // namespace assay::reported
