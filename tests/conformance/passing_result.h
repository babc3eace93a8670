// Documents that pass, made from a profile's own cases, for tests to break one thing at a time.
#pragma once

#include <string>
#include <vector>

#include "harness/conformance/requirement.h"

namespace assay::test {

/// A document with a good measurement of every case of the profile for `backend`, on every device.
/// Devices are eight-NVLink GPUs (or one host) with every fact known and healthy.
Result passing_result(const Profile& profile, const std::string& backend, int devices,
                      const std::string& node = "node-a");

/// One cuda profile with a case of each kind and no requirement yet.
Profile small_profile();
ProfileRequirement requirement(const std::string& kind, Json parameters = Json::object(),
                               Level level = Level::must);

/// Judges one document by small_profile() with this one requirement; returns its verdict.
RequirementVerdict judged(const Result& result, const ProfileRequirement& asked);
RequirementVerdict judged(const Evidence& evidence, const std::string& id);

/// The measurements of the first document without which it does not fail: none, in a good profile.
std::vector<std::string> dispensable_measurements(Evidence evidence);

/// The measurement of a case (`gemm.bf16.cublaslt/...`) on a device of the document.
Measurement& measurement_of(Result& result, const std::string& case_id, int device);
/// Makes a measurement slower by a factor: its times, rates and fraction.
void slow_down(Measurement& measurement, double factor);

/// A row for small_profile()'s bf16 GEMM on the passing result's SKU, at the rate that it reaches.
Baseline passing_baseline();

}  // namespace assay::test
