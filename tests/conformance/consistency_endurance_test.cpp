// What a long series says that it keeps of its rate is held to the values that are kept of it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "harness/core/pass_interval.h"
#include "harness/core/profile.h"
#include "harness/core/statistics.h"
#include "tests/conformance/written_result.h"

namespace assay::test {

namespace {

constexpr double kFast_s = 1e-3, kSlow_s = 2e-3;

/// A product's series in passes of equal lengths, with what is derived of it.
Result node_with(const std::vector<double>& values, int passes = 1) {
  Result result = written_gpu_result(load_profile("node"), 1);
  Measurement& one = result.measurements.front();
  Samples& samples = *one.samples;
  samples.count = static_cast<std::int64_t>(values.size());
  samples.values_s = values;
  samples.pass.clear();
  samples.pass_medians_s.clear();
  const auto length = static_cast<std::ptrdiff_t>(values.size()) / passes;
  for (int pass = 0; pass < passes && passes > 1; ++pass) {
    const auto begin = values.begin() + pass * length;
    samples.pass.insert(samples.pass.end(), static_cast<std::size_t>(length), pass);
    samples.pass_medians_s.push_back(median({begin, begin + length}));
  }
  samples.median_s = median(values);
  samples.p5_s = quantile(values, 0.05);
  samples.p95_s = p95(values);
  samples.p99_s.reset();
  const Interval interval =
      interval_between_passes(samples.pass_medians_s, median_interval(values));
  samples.ci_low_s = interval.low;
  samples.ci_high_s = interval.high;
  samples.ci_level = interval.level;
  const double faster_by = one.metrics.at("flop") / samples.median_s / one.metrics["flop_per_s"];
  for (const char* rate : {"flop_per_s", "bytes_per_s"}) one.metrics[rate] *= faster_by;
  *one.speed_of_light_fraction *= faster_by;
  return result;
}

/// What is said of a series that states these times of its first tenth and its last third.
std::string said_of(Result result, double peak_s, double sustained_s) {
  std::map<std::string, double>& metrics = result.measurements.front().metrics;
  for (const auto& [amount, unit] :
       {std::pair{"flop", "flop_per_s"}, std::pair{"moved_bytes", "bytes_per_s"}}) {
    metrics[std::string("peak_") + unit] = metrics.at(amount) / peak_s;
    metrics[std::string("sustained_") + unit] = metrics.at(amount) / sustained_s;
  }
  return contradiction_in(result);
}

/// Fast, then slow from the middle on.
std::vector<double> slowing(std::size_t count) {
  std::vector<double> values(count, kFast_s);
  std::fill(values.begin() + static_cast<std::ptrdiff_t>(count / 2), values.end(), kSlow_s);
  return values;
}

bool refuses(const std::string& message, const std::string& metric) {
  return message.find("/measurements/0/metrics/" + metric + " is ") != std::string::npos;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a series that slows sustains no more than its last values give") {
    for (const std::size_t count : {10u, 100u}) {
      CAPTURE(count);
      const Result result = node_with(slowing(count));
      REQUIRE(contradiction_in(result) == "");
      CHECK(said_of(result, kFast_s, kSlow_s) == "");
      CHECK(said_of(result, kFast_s, kSlow_s * 1.2) == "");
      CHECK(refuses(said_of(result, kFast_s, kSlow_s * 0.999), "sustained_flop_per_s"));
      CHECK(said_of(result, kFast_s, kFast_s).find("but the last of values_s give ") !=
            std::string::npos);
    }
  }

  TEST_CASE("the peak of a series is what its first values give") {
    for (const std::size_t count : {10u, 100u}) {
      CAPTURE(count);
      const Result result = node_with(slowing(count));
      CHECK(said_of(result, kFast_s * 0.9, kSlow_s) == "");
      CHECK(refuses(said_of(result, kFast_s * 1.001, kSlow_s), "peak_flop_per_s"));
      CHECK(said_of(result, kSlow_s, kSlow_s).find("but the first of values_s give ") !=
            std::string::npos);
    }
    // Samples that were discarded are not among the values, and a first sample may be slow.
    Result result = node_with(slowing(100));
    result.measurements.front().samples->discarded = 1;
    result.measurements.front().samples->discard_reasons["thermal"] = 1;
    CHECK(said_of(result, kSlow_s, kSlow_s) == "");
    std::vector<double> values = slowing(10);
    values.front() = kSlow_s;
    CHECK(said_of(node_with(values), kSlow_s, kSlow_s) == "");
    values = slowing(100);
    values.front() = kSlow_s;
    CHECK(refuses(said_of(node_with(values), kSlow_s, kSlow_s), "peak_flop_per_s"));
  }

  TEST_CASE("the first four and the last two fifths of a few values are held to what is stated") {
    struct Row {
      std::size_t slow;  // this value, among fast ones
      bool is_peak_slow;
    };
    for (const Row& row : {Row{0, true}, Row{3, true}, Row{4, false}, Row{9, false}}) {
      CAPTURE(row.slow);
      std::vector<double> values(10, kFast_s);
      values[row.slow] = kSlow_s;
      const std::string said = said_of(node_with(values), kSlow_s, kFast_s);
      CHECK(refuses(said, "peak_flop_per_s") != row.is_peak_slow);
      CHECK((said == "") == row.is_peak_slow);
    }
    struct Fast {
      std::size_t at;  // this value, among slow ones
      bool is_sustained;
    };
    for (const Fast& row : {Fast{0, false}, Fast{5, false}, Fast{6, true}, Fast{9, true}}) {
      CAPTURE(row.at);
      std::vector<double> values(10, kSlow_s);
      values[row.at] = kFast_s;
      const std::string said = said_of(node_with(values), kFast_s, kFast_s);
      CHECK(refuses(said, "sustained_flop_per_s") != row.is_sustained);
      CHECK((said == "") == row.is_sustained);
    }
  }

  TEST_CASE(
      "what a rounding of texts explains of a stated peak or of what is sustained is accepted") {
    const Result result = node_with(std::vector<double>(10, kFast_s));
    const double rate = result.measurements.front().metrics.at("flop") / kFast_s;
    const double above_one = 1 + 1e-6;
    const auto said = [&](const char* metric, double stated) {
      Result changed = result;
      changed.measurements.front().metrics[metric] = stated;
      return contradiction_in(changed);
    };
    // The numbers whose products are the values' rate: there may be none or a few of them.
    double least = std::nextafter(rate / above_one, 0);
    while (least * above_one < rate) least = std::nextafter(least, rate);
    REQUIRE(least * above_one == rate);
    CHECK(said("peak_flop_per_s", least) == "");
    CHECK(refuses(said("peak_flop_per_s", std::nextafter(least, 0)), "peak_flop_per_s"));
    CHECK(said("sustained_flop_per_s", rate * above_one) == "");
    CHECK(refuses(said("sustained_flop_per_s", std::nextafter(rate * above_one, 2 * rate)),
                  "sustained_flop_per_s"));
  }

  TEST_CASE("only the last pass of a series says what it sustains") {
    std::vector<double> values(20, kFast_s);
    const std::vector<double> last = slowing(20);
    values.insert(values.end(), last.begin(), last.end());
    REQUIRE(contradiction_in(node_with(values, 2)) == "");
    CHECK(refuses(said_of(node_with(values, 2), kFast_s, kFast_s), "sustained_flop_per_s"));
    std::reverse(values.begin(), values.end());
    CHECK(said_of(node_with(values, 2), kFast_s, kFast_s) == "");
  }
}

}  // namespace assay::test
