// Reads the committed results once.
#include "harness/core/hardware_record.h"

#include <fmt/format.h>

#include "harness/core/document.h"

namespace assay {

namespace {

std::string implementation_of(const CaseId& id) {
  return fmt::format("{}.{}.{}", id.workload, id.dtype, id.implementation);
}

Result result_of(const EmbeddedFile& file) {
  const std::string where(file.name);
  const Json document = parse_json(file.text, where);
  validate(document, DocumentKind::result, where);
  return result_from_json(document);
}

}  // namespace

HardwareRecord::HardwareRecord(const std::vector<EmbeddedFile>& results) {
  for (const EmbeddedFile& file : results) {
    const Result result = result_of(file);
    if (result.simulated || result.run.backend != "cuda") continue;
    for (const Measurement& one : result.measurements) {
      const bool verified = one.verification && one.verification->ok();
      if (one.status == MeasurementStatus::measured && verified) {
        implementations_.insert(implementation_of(one.id));
      }
    }
  }
}

bool HardwareRecord::has(const CaseId& id) const {
  return implementations_.contains(implementation_of(id));
}

bool run_on_hardware(std::string_view backend, const CaseId& id) {
  static const HardwareRecord committed(embedded_folder("reference"));
  return backend == "host" || committed.has(id);
}

}  // namespace assay
