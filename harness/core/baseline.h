// A baseline as C++: what a SKU should reach, each row with its provenance.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// The shape of a row that a search over shapes found: the best of them, never one of them.
inline constexpr const char* kBestOfSearch = "best_of_search";

/// Case, series, scope, fabric, ranks (in the case) and nodes are its key.
struct BaselineRow {
  CaseId id;          // implementation may be `*`: any implementation of the shape
  std::string shape;  // kBestOfSearch, which is then the case's shape too, or empty
  Series series = Series::cold;
  std::string scope_level;
  std::string fabric;         // fabric_class() of the transport; empty: a device alone, or any
  std::optional<int> nodes;   // that the ranks were on
  std::string metric;         // a key of Measurement::metrics
  double value = 0;           // SI
  std::optional<double> mad;  // of the devices' values
  std::optional<std::int64_t> n;
  std::optional<double> fail_below, warn_below;  // fractions of value; the profile's if absent
  std::string input_pattern;                     // empty: the source does not say
  std::string tier;                              // measured_here | vendor | third_party | derived
  std::string source, date, expires;
  Json versions = Json::object();

  bool is_best_of_search() const { return shape == kBestOfSearch; }
};

struct Baseline {
  std::string name;
  std::string sku;
  std::vector<std::string> pci_ids;  // `10de:2335`; empty for a host
  bool simulated = false;            // made from simulated documents: judges no others
  std::vector<BaselineRow> rows;
};

Json to_json(const Baseline& baseline);

/// A file or a folder of files; throws Error naming the file, the row and what is wrong.
std::vector<Baseline> load_baselines(const std::string& path);
Baseline baseline_from_text(const std::string& text, const std::string& where);
/// The baselines compiled into the executable (results-schema/baselines/).
std::vector<Baseline> builtin_baselines();

}  // namespace assay
