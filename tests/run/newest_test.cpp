// What a later pass replaces in a document.
#include "harness/run/newest.h"

#include <doctest/doctest.h>

namespace assay::run {

namespace {

Measurement measurement(const std::string& id, const std::string& group, Series series,
                        const std::string& reason) {
  Measurement one;
  one.id = CaseId::parse(id);
  one.group = group;
  one.series = series;
  one.reason = reason;
  return one;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a later pass of a case takes the place of the one before and of nothing else") {
    const std::string id = "gemm.f32.blocked/m8_n8_k8";
    std::vector<Measurement> all;
    keep_newest(measurement(id, "on device 0", Series::cold, "first"), all);
    keep_newest(measurement(id, "on device 1", Series::cold, "another device"), all);
    keep_newest(measurement(id, "on device 0", Series::hot, "another series"), all);
    keep_newest(measurement("gemm.f32.openblas/m8_n8_k8", "on device 0", Series::cold, "other"),
                all);
    REQUIRE(all.size() == 4);
    keep_newest(measurement(id, "on device 0", Series::cold, "second"), all);
    REQUIRE(all.size() == 4);
    CHECK(all[0].reason == "second");
    CHECK(all[1].reason == "another device");
    CHECK(all[2].reason == "another series");
    CHECK(all[3].reason == "other");
  }
}

}  // namespace assay::run
