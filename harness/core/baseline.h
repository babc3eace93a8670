// A baseline as C++: what a SKU should reach, each row with its provenance.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay {

struct BaselineRow {
  std::string case_id;  // implementation may be `*`: any implementation of the shape
  Series series = Series::cold;
  std::string scope_level;
  std::string metric;  // a key of Measurement::metrics
  double value = 0;    // SI
  std::optional<double> mad;
  std::optional<std::int64_t> n;
  std::optional<double> fail_below, warn_below;  // fractions of value; the profile's if absent
  std::string input_pattern;
  std::string tier;  // measured_here | vendor | third_party | derived
  std::string source, date, expires;
  Json versions = Json::object();
};

struct Baseline {
  std::string name;
  std::string sku;
  std::vector<std::string> pci_ids;  // `10de:2335`; empty for a host
  std::vector<BaselineRow> rows;
};

/// A file or a folder of files; throws Error naming the file, the row and what is wrong.
std::vector<Baseline> load_baselines(const std::string& path);
Baseline baseline_from_text(const std::string& text, const std::string& where);
/// The baselines compiled into the executable (results-schema/baselines/).
std::vector<Baseline> builtin_baselines();

}  // namespace assay
