// "Not yet run on hardware" follows from result documents: a measured and verified case of a real
// GPU takes it away, and nothing else does.
#include "harness/core/hardware_record.h"

#include <doctest/doctest.h>

#include <functional>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "tests/core/full_result.h"

namespace assay {
namespace {

const CaseId kPlanted = CaseId::parse("gemm.bf16.sm90/m8192_n8192_k8192");

/// A committed result of one case, changed by `change`.
bool recorded(
    const std::function<void(Result&)>& change = [](Result&) {},
    const CaseId& asked = CaseId::parse("gemm.bf16.sm90/m64_n64_k64")) {
  Result result = test::full_result();
  result.simulated = false;
  Measurement& measurement = result.measurements.at(0);
  measurement.id = kPlanted;
  measurement.group = kPlanted.group();
  change(result);
  const std::string text = to_json(result).dump();
  return HardwareRecord({{"reference/some_gpu/2026-12-01-gemm.json", text}}).has(asked);
}

TEST_SUITE("unit") {
  TEST_CASE("an implementation has run on hardware once a reference result holds any shape of it") {
    CHECK(recorded());
    CHECK_FALSE(HardwareRecord({}).has(kPlanted));
    for (const char* other : {"gemm.f16.sm90/m64_n64_k64", "gemm.bf16.sm80/m64_n64_k64",
                              "gemm.bf16.sm90_sdc/m64", "attention_forward.bf16.sm90/b1"}) {
      CHECK_FALSE(recorded([](Result&) {}, CaseId::parse(other)));
    }
  }

  TEST_CASE("a result that is simulated or of the host or failed says nothing of hardware") {
    CHECK_FALSE(recorded([](Result& result) { result.simulated = true; }));
    CHECK_FALSE(recorded([](Result& result) {
      result.run.backend = "host";
      result.simulated = true;
    }));
    CHECK_FALSE(recorded([](Result& result) {
      Measurement& measurement = result.measurements[0];
      measurement.status = MeasurementStatus::failed_verification;
      measurement.reason = "element (0, 0)";
      measurement.samples.reset();
      measurement.speed_of_light_fraction.reset();
      measurement.metrics.clear();
      measurement.ranks.clear();
      measurement.verification = Verification{};
    }));
  }

  TEST_CASE("a reference result that is not valid is refused by its name") {
    const std::vector<EmbeddedFile> broken = {{"reference/some_gpu/broken.json", "{}"}};
    CHECK_THROWS_WITH_AS(HardwareRecord{broken}, doctest::Contains("some_gpu/broken.json"), Error);
  }

  TEST_CASE("what the host runs has run on its hardware and a GPU kernel as its results say") {
    CHECK(run_on_hardware("host", CaseId::parse("gemm.f32.blocked/m1")));
    CHECK_FALSE(run_on_hardware("cuda", CaseId::parse("gemm.f32.no_such_kernel/m1")));
    CHECK(run_on_hardware("cuda", kPlanted) ==
          HardwareRecord(embedded_folder("reference")).has(kPlanted));
  }
}

}  // namespace
}  // namespace assay
