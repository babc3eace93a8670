// Names devices as the verdict does, and puts failures first.
#include "harness/cli/report_input.h"

#include <utility>

#include "harness/conformance/devices.h"
#include "harness/conformance/render/rows.h"
#include "harness/core/version.h"

namespace assay::cli {

ReportInput report_input(const std::vector<std::filesystem::path>& files,
                         std::vector<Result> results, Judgement judgement,
                         const std::string& site) {
  ReportInput input;
  input.assay_version = version();
  for (const auto& file : files) input.files.push_back(file.filename().string());
  input.results = std::move(results);
  input.verdict = std::move(judgement.verdict);
  input.not_judged = std::move(judgement.not_judged);
  input.site = site;
  if (input.verdict) {
    input.meaning = meaning(input.verdict->verdict);
    std::vector<RequirementVerdict> ordered;
    for (const RequirementVerdict* one : failures_first(*input.verdict)) ordered.push_back(*one);
    input.verdict->requirements = std::move(ordered);
  }
  for (const Result& result : input.results)
    for (const DeviceRef& device : devices_of(result))
      input.device_subjects.push_back(subject_of(device).name);
  return input;
}

}  // namespace assay::cli
