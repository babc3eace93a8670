// Fitted lines are held to the points that each is said to be of.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "harness/fabric/curve_fits.h"
#include "tests/conformance/written_result.h"

namespace assay::test {

namespace {

/// Four ranks of which one collective takes 2 ms of each of these sizes, and its fit: it waits for
/// 2 ms and for no byte.
Result four_ranks_with_fit(const std::vector<double>& sizes) {
  Result result = written_four_ranks();
  const Measurement first = result.measurements.front();
  result.measurements.clear();
  for (const double bytes : sizes) {
    Measurement one = first;
    const double larger_by = bytes / 1e6;
    one.id = CaseId::parse("all_reduce.f32.nccl/bytes" +
                           std::to_string(static_cast<std::int64_t>(bytes)) + "_ranks4");
    one.group = one.id.group();
    for (auto& [metric, value] : one.metrics)
      if (metric != "rank_spread") value *= larger_by;
    *one.speed_of_light_fraction *= larger_by;
    result.measurements.push_back(std::move(one));
  }
  result.fits = fits_of(result.measurements);
  REQUIRE(result.fits.size() == 1);
  Json& fit = result.fits[0];
  fit["latency_s"] = 2e-3;
  fit["s_per_byte"] = 0.0;
  fit["rms_residual"] = fit["max_residual"] = 0.0;
  return result;
}

struct Row {
  const char* what;
  Json changed;
  std::string refused;  // a part of the message; empty: accepted
};

void check_rows(const Result& sound, const std::vector<Row>& rows) {
  REQUIRE(contradiction_in(sound) == "");
  for (const Row& row : rows) {
    CAPTURE(std::string(row.what));
    Result result = sound;
    result.fits[0].update(row.changed);
    const std::string message = contradiction_in(result);
    CAPTURE(message);
    if (row.refused.empty())
      CHECK(message == "");
    else
      CHECK(message.find(row.refused) != std::string::npos);
  }
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("fitted lines have the residuals that their curves give") {
    const Result sound = four_ranks_with_fit({1e6, 2e6});
    check_rows(
        sound,
        {{"latency", {{"latency_s", 2.1e-3}}, "/fits/0/rms_residual is"},
         {"a slope", {{"s_per_byte", 1e-10}}, "/fits/0/rms_residual is"},
         {"a residual", {{"max_residual", 0.1}}, "/fits/0/max_residual is 0.1"},
         {"a curve", {{"curve", "all_reduce.f32.nccl/ranks8"}}, "of such a curve"},
         {"an end", {{"to_bytes", 3e6}}, "the curve has no such size"},
         {"the ends", {{"to_bytes", 0}}, "the curve has no such size"},
         {"a beginning", {{"from_bytes", 3e6}}, "from_bytes is 3000000, but the curve has"},
         {"no number", {{"latency_s", "none"}}, "latency_s is no number"},
         {"a line beside its points",
          {{"s_per_byte", 1e-10}, {"rms_residual", std::sqrt(0.00625)}, {"max_residual", 0.1}},
          ""},
         {"a line below its points",
          {{"latency_s", 1.5e-3}, {"rms_residual", 0.25}, {"max_residual", 0.25}},
          ""}});
    Result other = sound;
    other.fits[0].erase("curve");
    CHECK(contradiction_in(other) == "");
  }

  TEST_CASE("the residual of a line through its points is a rounding at most") {
    const double rounding = 1e-6, more = std::nextafter(rounding, 1);
    check_rows(four_ranks_with_fit({1e6, 2e6}),
               {{"the mean", {{"rms_residual", rounding}}, ""},
                {"more", {{"rms_residual", more}}, "/fits/0/rms_residual is 1e-06, but"},
                {"the largest", {{"max_residual", rounding}}, ""},
                {"more", {{"max_residual", more}}, "/fits/0/max_residual is 1e-06, but"}});
  }

  TEST_CASE("a line is of the points from its first size to its last and no others") {
    // The curve's ends are not what the lines are of.
    Result sound = four_ranks_with_fit({1e6, 2e6, 3e6, 4e6});
    for (const std::size_t end : {std::size_t{0}, std::size_t{3}}) {
      Samples& samples = *sound.measurements[end].samples;
      for (double* time : {&samples.median_s, &samples.p5_s, &samples.ci_low_s, &samples.ci_high_s})
        *time *= 2;
      for (double& value : samples.values_s) value *= 2;
      for (const char* rate : {"bytes_per_s", "bus_bandwidth_bytes_per_s"})
        sound.measurements[end].metrics[rate] /= 2;
      *sound.measurements[end].speed_of_light_fraction /= 2;
    }
    sound.fits[0].update({{"from_bytes", 2e6}, {"to_bytes", 3e6}});
    check_rows(sound,
               {{"one point", {{"to_bytes", 2e6}}, ""},
                {"the other point", {{"from_bytes", 3e6}}, ""},
                {"backwards",
                 {{"from_bytes", 3e6}, {"to_bytes", 2e6}},
                 "to_bytes is 2000000, but the line begins at 3000000"},
                {"one before", {{"from_bytes", 1e6}}, "rms_residual is 0, but"},
                {"one after", {{"to_bytes", 4e6}}, "rms_residual is 0, but"},
                {"one after with its residuals",
                 {{"to_bytes", 4e6}, {"rms_residual", std::sqrt(0.25 / 3)}, {"max_residual", 0.5}},
                 ""}});
  }
}

}  // namespace assay::test
