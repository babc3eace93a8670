// What the page of a site shows, as one JSON value: the runs, their figures and their histories.
#pragma once

#include <string>
#include <vector>

#include "harness/site/run_summary.h"

namespace assay {

/// A document that cannot be shown.
struct Unreadable {
  std::string file, reason;
};

/// web/src/data.ts describes it (SitePage). The runs are in the order of time, whatever their order
/// here was.
Json site_data(const std::string& assay_version, std::vector<RunSummary> runs,
               const std::vector<Unreadable>& unreadable);

}  // namespace assay
