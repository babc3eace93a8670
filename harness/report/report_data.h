// What a report shows, as one JSON value: the documents, the verdict, and every derived figure, so
// that the page computes none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/core/verdict.h"

namespace assay {

struct ReportInput {
  std::string assay_version;
  std::vector<std::string> files;  ///< By document, as it is to be named on the page.
  std::vector<Result> results;
  std::optional<VerdictDocument> verdict;
  std::string meaning;     ///< Of the whole verdict, in half a sentence.
  std::string not_judged;  ///< Why there is no verdict.
  std::string site;        ///< A link to the page of all runs; empty: there is none.
  /// How the verdict names each device, in the order of the documents, their nodes and devices.
  std::vector<std::string> device_subjects;
};

/// web/src/data.ts describes it. Throws Error when `files` or `device_subjects` are not as many as
/// what they name.
Json report_data(const ReportInput& input);

}  // namespace assay
