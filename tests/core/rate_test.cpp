// Which metric is a measurement's rate, and which measurement has one.
#include "harness/core/rate.h"

#include <doctest/doctest.h>

#include <limits>

namespace assay {

namespace {

Measurement measured(const char* id, std::map<std::string, double> metrics) {
  Measurement one;
  one.id = CaseId::parse(id);
  one.status = MeasurementStatus::measured;
  one.verification.emplace().status = Verification::Status::exact;
  one.metrics = std::move(metrics);
  return one;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a rate is of what was measured and verified and a reported one of what was reported") {
    Measurement one = measured("gemm.f32.x/m1_n1_k1", {{"flop_per_s", 3.0}});
    for (const auto status : {MeasurementStatus::measured, MeasurementStatus::failed_verification,
                              MeasurementStatus::reported, MeasurementStatus::error,
                              MeasurementStatus::not_applicable}) {
      one.status = status;
      CHECK(rate_of(one).has_value() == (status == MeasurementStatus::measured));
      CHECK(reported_rate_of(one).has_value() == (status == MeasurementStatus::reported));
    }
    one.status = MeasurementStatus::measured;
    one.verification->status = Verification::Status::failed;
    CHECK_FALSE(rate_of(one));
    one.verification.reset();
    CHECK_FALSE(rate_of(one));
    one.status = MeasurementStatus::reported;
    CHECK(reported_rate_of(one)->value == 3);
  }

  TEST_CASE("of several metrics the first of the order is the rate and of memory its bytes") {
    const std::map<std::string, double> all = {
        {"bus_bandwidth_bytes_per_s", 2}, {"bytes_per_s", 1}, {"flop_per_s", 3}, {"time_s", 9}};
    const auto rate = [](const char* id, std::map<std::string, double> metrics) {
      return rate_of(measured(id, std::move(metrics)))->metric;
    };
    CHECK(rate("gemm.f32.x/m1_n1_k1", all) == "flop_per_s");
    CHECK(rate("memory_triad.f32.x/bytes12", {{"bytes_per_s", 1}, {"flop_per_s", 3}}) ==
          "bytes_per_s");
    CHECK(rate("memory_triad.f32.x/bytes12", all) == "bus_bandwidth_bytes_per_s");
    CHECK(rate("all_reduce.f32.x/bytes8", {{"bus_bandwidth_bytes_per_s", 2}, {"bytes_per_s", 1}}) ==
          "bus_bandwidth_bytes_per_s");
    CHECK(rate("pair.f32.x/bytes8", {{"bytes_per_s", 1}, {"rank_spread", 7}}) == "bytes_per_s");
    CHECK_FALSE(rate_of(measured("gemm.f32.x/m1_n1_k1", {{"time_s", 9}})));
    CHECK_FALSE(rate_of(measured("memory_read.f32.x/bytes12", {{"flop_per_s", 3}})));
  }

  TEST_CASE("a rate is a positive number") {
    for (const double none : {0.0, -1.0, std::numeric_limits<double>::infinity(),
                              std::numeric_limits<double>::quiet_NaN()})
      CHECK_FALSE(rate_of(measured("gemm.f32.x/m1_n1_k1", {{"flop_per_s", none}})));
    CHECK(rate_of(measured("gemm.f32.x/m1_n1_k1", {{"flop_per_s", 1e-300}}))->value == 1e-300);
  }
}

}  // namespace assay
