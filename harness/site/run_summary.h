// One run as a site shows it: where and when it was, and its figures case by case.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/compare/case_summary.h"
#include "harness/core/marks.h"
#include "harness/core/verdict.h"
#include "harness/site/run_folders.h"

namespace assay {

struct CaseFigures {
  compare::CaseKey key;
  std::string metric;          ///< Of `rate`; empty where the case has none.
  std::optional<double> rate;  ///< The geometric mean of all devices.
  compare::CaseSummary summary;
};

struct RunSummary {
  std::string name, id;
  std::string page;     ///< Its report, as a link from the site's page.
  std::string machine;  ///< The cluster, else the nodes: whose history it belongs to.
  std::string started, finished, profile, backend, status;
  std::string due;  ///< The day on which it is to be measured again; empty: it holds nothing.
  bool simulated = false;   ///< No hardware was measured for some document.
  std::vector<Mark> marks;  ///< What else is to be known of its documents, and that.
  std::set<std::string> skus, clouds, fabrics, nodes;
  int devices = 0;
  double margin = 0.01;  ///< Of its profile.
  std::optional<VerdictDocument> verdict;
  std::string not_judged;  ///< Why it has no verdict.
  std::vector<CaseFigures> cases;
};

/// What the documents of a run say; the page, the margin and the verdict are the caller's.
RunSummary run_summary(const RunFiles& files, const compare::SideInput& run);

}  // namespace assay
