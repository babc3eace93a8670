// Baselines: what a SKU should reach, from files or from those compiled in.
#include "harness/core/baseline.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "harness/core/baseline_json.h"
#include "harness/core/document.h"
#include "harness/core/document_schema.h"
#include "harness/core/embedded.h"
#include "harness/core/json_files.h"
#include "harness/core/json_value.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

BaselineRow row_from_json(const Json& json) {
  BaselineRow row;
  json.at("case").get_to(row.case_id);
  CaseId::parse(row.case_id);
  row.series = series_from_name(json.value("series", "cold"));
  json.at("scope_level").get_to(row.scope_level);
  json.at("metric").get_to(row.metric);
  json.at("value").get_to(row.value);
  take(json, "mad", row.mad);
  take(json, "n", row.n);
  take(json, "fail_below", row.fail_below);
  take(json, "warn_below", row.warn_below);
  take(json, "input_pattern", row.input_pattern);
  json.at("tier").get_to(row.tier);
  json.at("source").get_to(row.source);
  json.at("date").get_to(row.date);
  take(json, "expires", row.expires);
  take(json, "versions", row.versions);
  if (row.fail_below && row.warn_below && *row.fail_below > *row.warn_below) {
    throw Error(fmt::format("fail_below {} is above warn_below {}: it would fail before it warns",
                            *row.fail_below, *row.warn_below));
  }
  return row;
}

std::string identity(const BaselineRow& row) {
  return fmt::format("{} {} {} {} {}", row.case_id, name(row.series), row.scope_level, row.metric,
                     row.input_pattern);
}

Baseline baseline_of(const Json& document) {
  Baseline baseline;
  document.at("name").get_to(baseline.name);
  document.at("sku").get_to(baseline.sku);
  take(document, "pci_ids", baseline.pci_ids);
  std::map<std::string, std::size_t> seen;
  const Json& rows = document.at("rows");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    try {
      baseline.rows.push_back(row_from_json(rows[i]));
      const auto [first, fresh] = seen.emplace(identity(baseline.rows.back()), i);
      if (!fresh) throw Error(fmt::format("says again what row {} says", first->second));
    } catch (const Error& problem) {
      throw Error(fmt::format("/rows/{}: {}", i, problem.what()));
    }
  }
  return baseline;
}

}  // namespace

Baseline baseline_from_json(const Json& document, const std::string& where) {
  try {
    return reading("baseline", [&] { return baseline_of(document); });
  } catch (const Error& problem) {
    throw Error(where + ": " + problem.what());
  }
}

Baseline baseline_from_text(const std::string& text, const std::string& where) {
  const Json document = parse_json(text, where);
  check_schema(document, DocumentKind::baseline, where);
  return baseline_from_json(document, where);
}

std::vector<Baseline> load_baselines(const std::string& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (!fs::exists(status)) throw Error(fmt::format("baseline {}: no such file or folder", path));
  if (!fs::is_directory(status)) return {baseline_from_text(read_text(path), path)};
  std::vector<Baseline> baselines;
  for (const fs::path& file : json_files(path)) {
    baselines.push_back(baseline_from_text(read_text(file), file.string()));
  }
  if (baselines.empty()) throw Error(fmt::format("baseline {}: the folder holds no *.json", path));
  return baselines;
}

std::vector<Baseline> builtin_baselines() {
  std::vector<Baseline> baselines;
  for (const EmbeddedFile& file : embedded_folder("baselines")) {
    baselines.push_back(baseline_from_text(std::string(file.text), std::string(file.name)));
  }
  return baselines;
}

}  // namespace assay
