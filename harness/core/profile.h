// A profile as C++: which cases to run, how to sample them, and what to require of the results.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/core/verdict.h"

namespace assay {

/// When the sampler stops, and what it discards; a profile overrides any of it. The samples and
/// times are of a series over all its passes.
struct SamplingRule {
  std::int64_t min_samples = 10;
  double min_time_s = 0.5;
  double max_time_s = 15;
  double rel_stdev = 0.005;
  /// How often every group is visited, spread over the run.
  int passes = 1;
  /// The widest interval of a median, over that median, with which noise counts as stable.
  double max_relative_interval = 0.05;
  /// The share of the processors, and of a sample's time, above which others contend for them. 1:
  /// others may use the machine, and nothing is discarded for it.
  double contention_limit = 0.05;
};

/// One line of `cases`: the cross product of its dtypes and shapes, each one group.
struct ProfileCases {
  std::string workload;
  std::string backend;  // host | cuda
  std::vector<std::string> dtypes;
  std::vector<std::string> implementations;  // empty: all that the catalogue has
  std::vector<Shape> shapes;
  std::vector<Series> series;  // see series_or_cold()
  /// `device`: each alone. `node`: all devices of a node at once, where there are several.
  std::string scope = "device";
  std::optional<SamplingRule> sampling = {};  // in place of the profile's
  /// `8.9`: asked of no device below it. Empty: of every device.
  std::string min_compute_capability = {};
  /// `9.0`: asked of devices that have one of these alone. Empty: of every device.
  std::vector<std::string> compute_capabilities = {};

  /// The series to measure; cold if the line names none.
  std::vector<Series> series_or_cold() const {
    return series.empty() ? std::vector<Series>{Series::cold} : series;
  }
};

/// One requirement as the profile asks for it; `parameters` belong to the requirement named by
/// `kind` (a file of harness/conformance/requirements/), `id` distinguishes two uses of one kind.
struct ProfileRequirement {
  std::string id;
  std::string kind;
  Level level = Level::must;
  std::string why;                     // one sentence: why it matters
  Json applies_when = Json::object();  // e.g. {"backend": "cuda", "min_devices": 2}
  Json parameters = Json::object();
};

/// How runs of the profile are compared with each other.
struct ComparisonRule {
  /// A ratio closer to 1 than this is the same.
  double margin = 0.01;
};

struct Profile {
  std::string name;
  std::string description;
  std::map<std::string, double> duration_s;  // by backend: about how long a run takes
  std::string sha256;                        // of the file's bytes
  std::vector<std::string> backends;         // the backends it is for
  SamplingRule sampling;
  std::vector<ProfileCases> cases;
  std::vector<ProfileRequirement> requirements;
  ComparisonRule comparison = {};
};

/// A built-in name (`quick`, `node`) or a file's path; throws Error naming what is wrong.
Profile load_profile(const std::string& name_or_path);
Profile profile_from_text(const std::string& text, const std::string& where);
std::vector<std::string> builtin_profile_names();
/// Those of them that are made for the developers of kernels: a folder of their own.
std::vector<std::string> developer_profile_names();

}  // namespace assay
