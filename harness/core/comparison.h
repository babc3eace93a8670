// The comparison document as C++: two sets of results, case by case.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/marks.h"
#include "harness/core/result.h"

namespace assay {

/// Of B against A. `unclear`: the interval neither lies within the margin nor wholly outside it.
enum class ComparisonVerdict { same, better, worse, unclear, not_comparable };

/// What a case costs on each side, in the currency of the prices that were given.
struct ComparedCost {
  std::string unit;  // what is bought: `1e15 FLOP`, `1e12 B`, `1 run`
  double a = 0, b = 0;
  double ratio = 0;  // B's over A's
};

/// `ratio` is B's time over A's, so more than 1 means that B is slower; of figures without a time
/// it is A's rate over B's. Its interval is absent where nothing says how far runs differ.
struct ComparedCase {
  std::string case_id;
  Series series = Series::cold;
  Scope scope;                 // without members where the two sides measured different ones
  std::optional<int> devices;  // of copies between such members: how many copy at once
  std::optional<double> a_s, b_s;
  std::optional<double> ratio, ci_low, ci_high;
  std::optional<int> a_passes, b_passes;  // of all documents of a side, over all members
  std::optional<ComparedCost> cost;
  ComparisonVerdict verdict = ComparisonVerdict::not_comparable;
  std::string reason_code;  // of unclear and not_comparable, else empty
  std::string reason;
};

/// The geometric mean of the ratios of the cases that both sides have.
struct ComparedMean {
  std::string what;  // `gemm.bf16`, `all`
  int cases = 0;
  double ratio = 0;
  std::optional<double> ci_low, ci_high;
  std::optional<double> cost_ratio;
};

struct ComparedDocument {
  std::string file, run, sha256;
};

struct ComparedSide {
  std::string name;  // as it was given
  std::vector<ComparedDocument> documents;
  std::vector<std::string> nodes;
  std::map<std::string, int> devices;           // how many of each name
  std::map<std::string, std::string> software;  // values that differ are joined by commas
  std::optional<double> price_per_device_hour;
  bool simulated = false;   // some document is of hardware that nobody measured
  std::vector<Mark> marks;  // what else is to be known of its documents, and that
};

/// A fact in which the two sides differ and which does not stop their comparison.
struct Difference {
  std::string what, a, b;
};

struct Comparison {
  ComparedSide a, b;
  double margin = 0.01;               // a ratio within 1 / (1 + margin) and 1 + margin is the same
  double level = 0.99;                // of the intervals
  std::map<std::string, int> counts;  // by verdict name
  std::vector<Difference> differences;
  std::vector<ComparedMean> means;
  std::vector<ComparedCase> cases;
};

Json to_json(const Comparison& comparison);
std::span<const Word<ComparisonVerdict>> words_of(ComparisonVerdict);
const char* name(ComparisonVerdict verdict);

}  // namespace assay
