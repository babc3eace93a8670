// What a report shows, from documents and what was judged of them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/core/verdict.h"
#include "harness/report/report_data.h"

namespace assay::cli {

/// A verdict, or why there is none.
struct Judgement {
  std::optional<VerdictDocument> verdict;
  std::string not_judged;
};

/// `files` are the documents' paths; `site` is a link to the page of a site that this one
/// belongs to, or empty.
ReportInput report_input(const std::vector<std::filesystem::path>& files,
                         std::vector<Result> results, Judgement judgement,
                         const std::string& site = "");

}  // namespace assay::cli
