// Baselines: what a SKU should reach, from files or from those compiled in.
#include "harness/core/baseline.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "harness/core/baseline_fields.h"
#include "harness/core/baseline_json.h"
#include "harness/core/document.h"
#include "harness/core/document_schema.h"
#include "harness/core/embedded.h"
#include "harness/core/json_files.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

std::string identity(const BaselineRow& row) {
  return fmt::format("{} {} {} {} {} {} {}", row.id.str(), name(row.series), row.scope_level,
                     row.fabric, row.nodes.value_or(0), row.metric, row.input_pattern);
}

}  // namespace

void require_sound(const BaselineRow& row) {
  if (row.is_best_of_search() != (row.id.shape == Shape::parse(kBestOfSearch))) {
    throw Error(fmt::format("case {}: a row of a search has the shape {} in its case and as shape",
                            row.id.str(), kBestOfSearch));
  }
  if (row.fail_below && row.warn_below && *row.fail_below > *row.warn_below) {
    throw Error(fmt::format("fail_below {} is above warn_below {}: it would fail before it warns",
                            *row.fail_below, *row.warn_below));
  }
}

void require_sound(const Baseline& baseline) {
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < baseline.rows.size(); ++i) {
    const auto [first, fresh] = seen.emplace(identity(baseline.rows[i]), i);
    if (!fresh) throw Error(fmt::format("/rows/{}: says again what row {} says", i, first->second));
  }
}

Baseline baseline_from_json(const Json& document, const std::string& where) {
  return read_document<Baseline>(document, where);
}

Baseline baseline_from_text(const std::string& text, const std::string& where) {
  const Json document = parse_json(text, where);
  check_schema(document, DocumentKind::baseline, where);
  return baseline_from_json(document, where);
}

Json to_json(const Baseline& baseline) { return written(baseline); }

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
